//! The graph itself.

/// For each row its `k` nearest others, nearest first, itself left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KnnGraph {
    k: usize,
    neighbours: Vec<u32>,
    distances: Vec<f32>,
}

impl KnnGraph {
    /// Takes what was found elsewhere.
    ///
    /// # Shapes
    /// `neighbours` and `distances`: `[rows, k]`, row-major, distances ascending within a row.
    ///
    /// # Panics
    /// When the two do not have the same number of whole rows.
    pub fn new(k: usize, neighbours: Vec<u32>, distances: Vec<f32>) -> Self {
        assert_eq!(neighbours.len(), distances.len(), "one distance a neighbour");
        assert!(if k == 0 { neighbours.is_empty() } else { neighbours.len().is_multiple_of(k) }, "rows of {k}");
        Self { k, neighbours, distances }
    }

    /// Neighbours a row.
    pub fn k(&self) -> usize {
        self.k
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.neighbours.len().checked_div(self.k).unwrap_or(0)
    }

    /// The neighbours of a row, nearest first.
    pub fn neighbours(&self, row: usize) -> &[u32] {
        &self.neighbours[row * self.k..(row + 1) * self.k]
    }

    /// The same neighbours, their distances changed in a way that keeps their order.
    pub(in crate::analysis) fn with_distances(mut self, change: impl Fn(f32) -> f32) -> Self {
        self.distances.iter_mut().for_each(|distance| *distance = change(*distance));
        self
    }

    /// How far each of them is, ascending.
    pub fn distances(&self, row: usize) -> &[f32] {
        &self.distances[row * self.k..(row + 1) * self.k]
    }
}
