//! The centred rows, a block at a time.

use rayon::prelude::*;

use crate::analysis::{Cancelled, rows};
use crate::domain::Matrix;

/// Numbers in a block: 4 MB as f32, so that a block and its products stay in the caches and a cancel is heard soon.
const BLOCK_NUMBERS: usize = 1 << 20;

/// A matrix seen as rows minus their mean.
pub struct Blocks<'a> {
    matrix: &'a Matrix,
    mean: Vec<f32>,
    rows_per_block: usize,
    /// The sum of squares of all centred numbers: total variance times the number of images.
    pub total_energy: f64,
}

impl<'a> Blocks<'a> {
    /// Measures the mean and the energy. `None` when cancelled.
    pub fn centred(matrix: &'a Matrix, cancelled: Cancelled<'_>) -> Option<Self> {
        let columns = matrix.columns();
        let rows_per_block = (BLOCK_NUMBERS / columns).clamp(1, 4096);
        let mut this = Self { matrix, mean: vec![0.0; columns], rows_per_block, total_energy: 0.0 };
        let mut sums = vec![0.0f64; columns];
        this.for_each(cancelled, |_, block| {
            for row in block.chunks_exact(columns) {
                sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += f64::from(*value));
            }
        })?;
        this.mean = sums.iter().map(|sum| (sum / matrix.rows() as f64) as f32).collect();
        let mut energy = 0.0;
        this.for_each(cancelled, |_, block| {
            energy += block.chunks_exact(columns).map(|row| f64::from(rows::dot_wide(row, row))).sum::<f64>();
        })?;
        this.total_energy = energy;
        Some(this)
    }

    /// Other rows, minus the mean of these.
    pub fn others<'b>(&self, matrix: &'b Matrix) -> Blocks<'b> {
        let (mean, rows_per_block) = (self.mean.clone(), self.rows_per_block);
        Blocks { matrix, mean, rows_per_block, total_energy: self.total_energy }
    }

    /// `[images, channels]`.
    pub fn shape(&self) -> [usize; 2] {
        [self.matrix.rows(), self.matrix.columns()]
    }

    /// Hands over every block with the number of its first row; `None` when cancelled on the way.
    ///
    /// # Shapes
    /// - block: `[rows, channels]`, row-major, centred
    pub fn for_each(&self, cancelled: Cancelled<'_>, mut work: impl FnMut(usize, &[f32])) -> Option<()> {
        let columns = self.matrix.columns();
        let mut wide = vec![0.0f32; self.rows_per_block.min(self.matrix.rows()) * columns];
        let half_blocks = self.matrix.values().chunks(self.rows_per_block * columns);
        for (block, narrow) in half_blocks.enumerate() {
            if cancelled() {
                return None;
            }
            let wide = &mut wide[..narrow.len()];
            wide.par_chunks_exact_mut(columns).zip(narrow.par_chunks_exact(columns)).with_min_len(64).for_each(
                |(wide, narrow)| {
                    rows::widen(narrow, wide);
                    for (value, mean) in wide.iter_mut().zip(&self.mean) {
                        *value = if value.is_finite() { *value - mean } else { 0.0 };
                    }
                },
            );
            work(block * self.rows_per_block, wide);
        }
        Some(())
    }
}
