//! The images most like a probe, by looking at every one of them.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use rayon::prelude::*;

use super::{Cancelled, rows};
use crate::domain::{ImageId, Metric, Neighbour, Vectors};

/// Rows that one task looks at between two questions whether to go on: about a millisecond of work.
const BLOCK_ROWS: usize = 1024;

/// The `k` images nearest to `probe`, nearest first, ties by id. Exact: every row is looked at.
///
/// `exclude` is left out (the probe's own image, usually). A row with a number that is not finite has no place in any
/// order and is left out as well. A cancelled search returns nothing.
///
/// Sums are taken in f32 over f16 rows. Ask [`NeighbourIndex`] instead when the same vectors are searched repeatedly.
///
/// # Shapes
/// - `vectors.matrix`: `[images, channels]`
/// - `probe`: `[channels]`
///
/// # Panics
/// When `probe` has another number of channels than `vectors`.
pub fn exact(
    vectors: &Vectors,
    probe: &[f32],
    metric: Metric,
    k: usize,
    exclude: Option<ImageId>,
    cancelled: Cancelled<'_>,
) -> Vec<Neighbour> {
    search(vectors, None, probe, metric, k, exclude, cancelled)
}

/// The row of `image` as a probe; `None` when it has no vector.
pub fn probe_of(vectors: &Vectors, image: ImageId) -> Option<Vec<f32>> {
    let row = vectors.matrix.row(vectors.row_of(image)?);
    let mut probe = vec![0.0; row.len()];
    rows::widen(row, &mut probe);
    Some(probe)
}

/// What can be known of vectors before any probe: the length of each. Halves the arithmetic of a cosine search.
#[derive(Clone, Debug, Default)]
pub struct NeighbourIndex {
    norms: Vec<f32>,
}

impl NeighbourIndex {
    /// Measures every row once.
    pub fn new(vectors: &Vectors) -> Self {
        let zeros = vec![0.0f32; vectors.matrix.columns()];
        let norms = (0..vectors.matrix.rows())
            .into_par_iter()
            .with_min_len(BLOCK_ROWS)
            .map(|row| rows::squared_distance(vectors.matrix.row(row), &zeros).sqrt())
            .collect();
        Self { norms }
    }

    /// As [`exact`]; `vectors` are those the index was made of.
    ///
    /// # Panics
    /// When `vectors` has another number of rows than the index, or `probe` another number of channels.
    pub fn exact(
        &self,
        vectors: &Vectors,
        probe: &[f32],
        metric: Metric,
        k: usize,
        exclude: Option<ImageId>,
        cancelled: Cancelled<'_>,
    ) -> Vec<Neighbour> {
        assert_eq!(self.norms.len(), vectors.matrix.rows(), "the index belongs to other vectors");
        search(vectors, Some(&self.norms), probe, metric, k, exclude, cancelled)
    }
}

fn search(
    vectors: &Vectors,
    norms: Option<&[f32]>,
    probe: &[f32],
    metric: Metric,
    k: usize,
    exclude: Option<ImageId>,
    cancelled: Cancelled<'_>,
) -> Vec<Neighbour> {
    let row_count = vectors.matrix.rows();
    if row_count == 0 || k == 0 {
        return Vec::new();
    }
    assert_eq!(
        probe.len(),
        vectors.matrix.columns(),
        "the probe has {} channels, the vectors have {}",
        probe.len(),
        vectors.matrix.columns()
    );
    assert_eq!(row_count, vectors.ids.len(), "one id a row");
    let probe_norm = rows::dot_wide(probe, probe).sqrt();
    let zeros = vec![0.0f32; probe.len()];
    let score = |row: usize| {
        let values = vectors.matrix.row(row);
        match metric {
            Metric::Euclidean => rows::squared_distance(values, probe).sqrt(),
            Metric::Cosine => {
                let norm = norms.map_or_else(|| rows::squared_distance(values, &zeros).sqrt(), |norms| norms[row]);
                let lengths = norm * probe_norm;
                // A vector of zeros has no direction and is like nothing.
                if lengths == 0.0 { 0.0 } else { rows::dot(values, probe) / lengths }
            }
        }
    };
    let look_at_block = |mut nearest: Nearest, block: usize| {
        if cancelled() {
            return nearest;
        }
        let first = block * BLOCK_ROWS;
        for row in first..(first + BLOCK_ROWS).min(row_count) {
            let image = vectors.ids[row];
            if Some(image) == exclude {
                continue;
            }
            nearest.offer(Neighbour { image, score: score(row) });
        }
        nearest
    };
    let nearest = (0..row_count.div_ceil(BLOCK_ROWS))
        .into_par_iter()
        .fold(|| Nearest::new(k, metric), look_at_block)
        .reduce(|| Nearest::new(k, metric), Nearest::merge);
    if cancelled() { Vec::new() } else { nearest.into_sorted() }
}

/// The best `k` so far; the worst of them lies on top, ready to be replaced.
struct Nearest {
    k: usize,
    metric: Metric,
    heap: BinaryHeap<Candidate>,
}

/// A neighbour ordered by farness: the greatest is the one to give up first.
#[derive(PartialEq)]
struct Candidate {
    farness: f32,
    neighbour: Neighbour,
}

impl Nearest {
    fn new(k: usize, metric: Metric) -> Self {
        Self { k, metric, heap: BinaryHeap::new() }
    }

    fn offer(&mut self, neighbour: Neighbour) {
        if !neighbour.score.is_finite() {
            return;
        }
        let farness = if self.metric.larger_is_nearer() { -neighbour.score } else { neighbour.score };
        self.push(Candidate { farness, neighbour });
    }

    fn push(&mut self, candidate: Candidate) {
        if self.heap.len() < self.k {
            self.heap.push(candidate);
        } else if let Some(mut worst) = self.heap.peek_mut()
            && candidate < *worst
        {
            *worst = candidate;
        }
    }

    fn merge(mut self, other: Self) -> Self {
        for candidate in other.heap {
            self.push(candidate);
        }
        self
    }

    fn into_sorted(self) -> Vec<Neighbour> {
        self.heap.into_sorted_vec().into_iter().map(|candidate| candidate.neighbour).collect()
    }
}

impl Eq for Candidate {}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        self.farness.total_cmp(&other.farness).then(self.neighbour.image.cmp(&other.neighbour.image))
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
