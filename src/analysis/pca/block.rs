//! The rows around their mean, a block at a time.

use rayon::prelude::*;

use crate::analysis::reach::power_of;
use crate::analysis::{Cancelled, rows};
use crate::domain::{Matrix, NumbersRef};

/// Numbers in a block: 1 MB as f32, so that a block and its products stay in the caches, even a small collection
/// gives each thread one, and a cancel is heard soon.
const BLOCK_NUMBERS: usize = 1 << 18;

/// A matrix seen as rows minus a mean, in reach of single precision. Numbers that are not finite count as 0.
pub struct Blocks<'a> {
    matrix: &'a Matrix,
    /// What numbers are multiplied by first: a power of two.
    power: f32,
    /// Of the numbers as they are then.
    mean: Vec<f32>,
    rows_per_block: usize,
}

impl<'a> Blocks<'a> {
    /// # Panics
    /// When the mean is not one number a channel.
    pub fn around(matrix: &'a Matrix, power: f32, mean: Vec<f32>) -> Self {
        assert_eq!(matrix.columns(), mean.len(), "vectors of one layer");
        Self { matrix, power, mean, rows_per_block: (BLOCK_NUMBERS / matrix.columns()).clamp(1, 4096) }
    }

    /// Measures the mean, and the sum of squares of all that differs from it: total variance times the number of
    /// images. `None` when cancelled.
    pub fn centred(matrix: &'a Matrix, cancelled: Cancelled<'_>) -> Option<(Self, f64)> {
        let (columns, power) = (matrix.columns(), power_of(matrix));
        let raw = Self::around(matrix, power, vec![0.0; columns]);
        let mut sums = vec![0.0f64; columns];
        raw.for_each(cancelled, |_, block, part| sums_of(block, columns, part), |part| add(&mut sums, part))?;
        let mean = sums.iter().map(|sum| (sum / matrix.rows() as f64) as f32).collect();
        let this = Self::around(matrix, power, mean);
        let mut energy = 0.0;
        let square = |row: &[f32]| f64::from(rows::dot_wide(row, row));
        let squares = |_, block: &[f32], sum: &mut f64| *sum = block.chunks_exact(columns).map(square).sum();
        this.for_each(cancelled, squares, |part| energy += part)?;
        Some((this, energy))
    }

    /// `[images, channels]`.
    pub fn shape(&self) -> [usize; 2] {
        [self.matrix.rows(), self.matrix.columns()]
    }

    /// What numbers are multiplied by, and what the rows are seen around then.
    pub fn into_power_and_mean(self) -> (f32, Vec<f32>) {
        (self.power, self.mean)
    }

    /// Makes something of every block, which comes with the number of its first row, as many at a time as there are
    /// threads; what was made is taken in the order of the rows, so that sums do not depend on the threads. `None` when
    /// cancelled on the way.
    ///
    /// What is made is made anew of what was before, so that no memory is taken and given back for each block.
    ///
    /// # Shapes
    /// - block: `[rows, channels]`, row-major, centred
    pub fn for_each<T: Default + Send>(
        &self,
        cancelled: Cancelled<'_>,
        make: impl Fn(usize, &[f32], &mut T) + Sync,
        mut take: impl FnMut(&T),
    ) -> Option<()> {
        let columns = self.matrix.columns();
        let blocks: Vec<_> = self.matrix.values().chunks((self.rows_per_block * columns).max(1)).enumerate().collect();
        let threads = rayon::current_num_threads().min(blocks.len());
        let mut places: Vec<(Vec<f32>, T)> = (0..threads).map(|_| Default::default()).collect();
        for wave in blocks.chunks(threads.max(1)) {
            if cancelled() {
                return None;
            }
            wave.par_iter().zip(&mut places).for_each(|((block, narrow), (wide, made))| {
                self.widen(*narrow, wide);
                make(block * self.rows_per_block, wide, made);
            });
            places[..wave.len()].iter().for_each(|(_, made)| take(made));
        }
        Some(())
    }

    /// Writes rows as they are seen.
    fn widen(&self, narrow: NumbersRef<'_>, wide: &mut Vec<f32>) {
        wide.resize(narrow.len(), 0.0);
        rows::widen(narrow, wide);
        for row in wide.chunks_exact_mut(self.mean.len()) {
            for (value, mean) in row.iter_mut().zip(&self.mean) {
                *value = if value.is_finite() { *value * self.power } else { 0.0 } - mean;
            }
        }
    }
}

/// The sum of each column.
pub fn sums_of(block: &[f32], columns: usize, sums: &mut Vec<f64>) {
    sums.clear();
    sums.resize(columns, 0.0);
    for row in block.chunks_exact(columns) {
        sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += f64::from(*value));
    }
}

/// Adds a part to a whole.
pub fn add(whole: &mut [f64], part: &[f64]) {
    whole.iter_mut().zip(part).for_each(|(whole, part)| *whole += part);
}
