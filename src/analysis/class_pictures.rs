//! Which images are nearest to a vector over many layers: a class vector, or what was calculated from several
//! ([`class_vectors`](super::class_vectors)). Layer by layer, so that no more than one is in memory.

use rayon::prelude::*;

use super::{Cancelled, rows};
use crate::domain::{ImageId, Neighbour, Vectors};

/// Rows between two questions whether to go on.
const BLOCK_ROWS: usize = 1024;

/// The cosine of each image with a vector over several layers, while the layers come in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PictureScores {
    /// Ascending.
    ids: Vec<ImageId>,
    dots: Vec<f64>,
    squares: Vec<f64>,
    probe_squares: f64,
    /// Whether each layer of each image is brought to length 1, as those of class vectors are.
    normalise: bool,
}

impl PictureScores {
    /// Of no layer yet.
    pub fn new(ids: Vec<ImageId>, normalise: bool) -> Self {
        let zeros = vec![0.0; ids.len()];
        Self { dots: zeros.clone(), squares: zeros, ids, probe_squares: 0.0, normalise }
    }

    /// Takes in a layer: the vectors of its images, and that part of the probe. Numbers that are not finite are absent, which is
    /// 0, as in class vectors. `None` when cancelled.
    ///
    /// # Shapes
    /// - `vectors.matrix`: `[images, channels]`
    /// - `probe`: `[channels]`
    ///
    /// # Panics
    /// When the probe has another number of channels.
    pub fn add(&mut self, vectors: &Vectors, probe: &[f32], cancelled: Cancelled<'_>) -> Option<()> {
        assert!(vectors.ids.is_empty() || probe.len() == vectors.matrix.columns(), "one value a channel");
        self.probe_squares += probe.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>();
        let normalise = self.normalise;
        let of_image = |id: &ImageId, wide: &mut Vec<f32>| -> (f64, f64) {
            let Some(row) = vectors.row_of(*id) else { return (0.0, 0.0) };
            rows::widen(vectors.matrix.row(row), wide);
            wide.iter_mut().filter(|value| !value.is_finite()).for_each(|value| *value = 0.0);
            let square = wide.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>();
            let dot: f64 = wide.iter().zip(probe).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
            match normalise && square > 0.0 {
                true => (dot / square.sqrt(), 1.0),
                false => (dot, square),
            }
        };
        let blocks = self.ids.par_chunks(BLOCK_ROWS);
        let sums = self.dots.par_chunks_mut(BLOCK_ROWS).zip(self.squares.par_chunks_mut(BLOCK_ROWS));
        blocks.zip(sums).try_for_each(|(ids, (dots, squares))| {
            let mut wide = vec![0.0f32; probe.len()];
            for (id, (dot, square)) in ids.iter().zip(dots.iter_mut().zip(squares)) {
                let (more_dot, more_square) = of_image(id, &mut wide);
                *dot += more_dot;
                *square += more_square;
            }
            (!cancelled()).then_some(())
        })
    }

    /// The `k` nearest of those that are wanted, nearest first, ties by id; none to a probe of zeros.
    pub fn nearest(&self, k: usize, is_wanted: impl Fn(ImageId) -> bool) -> Vec<Neighbour> {
        if self.probe_squares == 0.0 {
            return Vec::new();
        }
        let sums = self.dots.iter().zip(&self.squares);
        let mut found: Vec<Neighbour> = self
            .ids
            .iter()
            .zip(sums)
            .filter(|(id, (_, square))| **square > 0.0 && is_wanted(**id))
            .map(|(id, (dot, square))| {
                let cosine = dot / (square * self.probe_squares).sqrt();
                Neighbour { image: *id, score: cosine.clamp(-1.0, 1.0) }
            })
            .collect();
        let by_score = |a: &Neighbour, b: &Neighbour| b.score.total_cmp(&a.score).then(a.image.cmp(&b.image));
        if found.len() > k && k > 0 {
            found.select_nth_unstable_by(k - 1, by_score);
        }
        found.truncate(k);
        found.sort_by(by_score);
        found
    }
}
