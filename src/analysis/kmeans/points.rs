//! Rows made ready for distances.

use std::borrow::Cow;
use std::ops::Range;

use rayon::prelude::*;

use super::Means;
use crate::analysis::reach::InReach;
use crate::analysis::{Cancelled, knn, rows};
use crate::domain::{Metric, Vectors};

/// Rows that are wide at a time, at most and at least: so few stay in the caches with their products, and even a small
/// collection gives every thread some.
const BLOCK_ROWS: Range<usize> = 64..256;
/// Parts of the rows that are summed at a time.
pub const SUM_PARTS: usize = 16;
/// Numbers that are kept as they are compared, so that they are widened once only: 32 MB, 16,000 rows of 512.
const KEPT_NUMBERS: usize = 8 << 20;

/// Rows as they are compared: wide, finite, and around the mean or of length 1.
pub struct Points<'a> {
    /// In reach of single precision.
    vectors: Cow<'a, Vectors>,
    /// What brought them there; 1 where each row has a power of its own, to be taken as a direction.
    power: f32,
    is_spherical: bool,
    mean: Vec<f32>,
    mean_variance: f64,
    /// All of them, where they are few.
    kept: Option<Vec<f32>>,
    /// The square of each row's length, where rows are compared more than once: as long a sum as a centre's product.
    own: Vec<f32>,
}

impl<'a> Points<'a> {
    /// `None` when cancelled.
    pub fn new(vectors: &'a Vectors, metric: Metric, cancelled: Cancelled<'_>) -> Option<Self> {
        let channels = vectors.matrix.columns();
        let is_spherical = metric != Metric::Euclidean;
        let ready = InReach::new(vectors, if is_spherical { Metric::Cosine } else { metric });
        let (power, mean) = (ready.power(), vec![0.0; channels]);
        let mut this =
            Self { vectors: ready.vectors, power, is_spherical, mean, mean_variance: 0.0, kept: None, own: Vec::new() };
        let (sums, squares) = this.sums(cancelled)?;
        let count = vectors.matrix.rows() as f64;
        let mean: Vec<f64> = sums.iter().map(|sum| sum / count).collect();
        let variance = squares / count - mean.iter().map(|mean| mean * mean).sum::<f64>();
        this.mean_variance = variance.max(0.0) / channels.max(1) as f64;
        if !this.is_spherical {
            this.mean = mean.into_iter().map(|mean| mean as f32).collect();
        }
        if this.rows() * channels <= KEPT_NUMBERS {
            let mut all = Vec::new();
            this.fill(0, this.rows(), &mut all);
            this.kept = Some(all);
        }
        Some(this)
    }

    /// The same for rows that are compared again and again.
    pub fn to_sweep(vectors: &'a Vectors, metric: Metric, cancelled: Cancelled<'_>) -> Option<Self> {
        let mut this = Self::new(vectors, metric, cancelled)?;
        let channels = this.channels().max(1);
        let parts = this.parts(|blocks| {
            let (mut own, mut scratch) = (Vec::new(), Vec::new());
            for first in blocks {
                if cancelled() {
                    return None;
                }
                this.with_block(*first, &mut scratch, |block| {
                    own.extend(block.chunks_exact(channels).map(|row| rows::dot_wide(row, row)));
                });
            }
            Some(own)
        });
        this.own = parts?.concat();
        Some(this)
    }

    /// The sum of each channel, and that of all squares.
    fn sums(&self, cancelled: Cancelled<'_>) -> Option<(Vec<f64>, f64)> {
        let channels = self.channels();
        let parts = self.parts(|blocks| {
            let (mut sums, mut squares, mut scratch) = (vec![0.0f64; channels], 0.0f64, Vec::new());
            for first in blocks {
                if cancelled() {
                    return None;
                }
                self.with_block(*first, &mut scratch, |block| {
                    for row in block.chunks_exact(channels) {
                        rows::add_to(row, &mut sums);
                        squares += f64::from(rows::dot_wide(row, row));
                    }
                });
            }
            Some((sums, squares))
        });
        let (mut sums, mut squares) = (vec![0.0f64; channels], 0.0);
        for (part, square) in parts? {
            sums.iter_mut().zip(part).for_each(|(sum, part)| *sum += part);
            squares += square;
        }
        Some((sums, squares))
    }

    pub fn rows(&self) -> usize {
        self.vectors.matrix.rows()
    }

    pub fn channels(&self) -> usize {
        self.vectors.matrix.columns()
    }

    /// The variance of a channel, usually.
    pub fn mean_variance(&self) -> f64 {
        self.mean_variance
    }

    /// Brings centres from around the mean to where they are.
    pub fn to_outside(&self, centres: &mut [f32]) {
        if !self.is_spherical {
            for centre in centres.chunks_exact_mut(self.mean.len()) {
                centre.iter_mut().zip(&self.mean).for_each(|(value, mean)| *value = (*value + mean) / self.power);
            }
        }
    }

    /// Brings centres to where rows are compared with them.
    pub fn to_inside(&self, centres: &mut [f32]) {
        for centre in centres.chunks_exact_mut(self.mean.len().max(1)) {
            if self.is_spherical {
                to_unit(centre);
            } else {
                centre.iter_mut().zip(&self.mean).for_each(|(value, mean)| *value = *value * self.power - mean);
            }
        }
    }

    /// Centres and sums of squares as they are of the rows that these were made of.
    pub fn told(&self, mut means: Means) -> Means {
        self.to_outside(&mut means.centres);
        means.inertia /= f64::from(self.power).powi(2);
        means
    }

    /// Brings a mean of rows to where it is compared with them.
    pub fn settle_mean(&self, mean: &mut [f32]) {
        if self.is_spherical {
            to_unit(mean);
        }
    }

    /// The first row of each block. What they are depends on the rows alone, not on the threads.
    pub fn blocks(&self) -> Vec<usize> {
        (0..self.rows()).step_by(self.block_rows()).collect()
    }

    fn block_rows(&self) -> usize {
        (self.rows() / SUM_PARTS).clamp(BLOCK_ROWS.start, BLOCK_ROWS.end)
    }

    /// What `make` makes of some blocks each, all at a time, in their order: as many parts whatever the threads, so that the
    /// order of sums is always the same. `None` when one of them makes nothing.
    pub fn parts<T: Send>(&self, make: impl Fn(&[usize]) -> Option<T> + Sync + Send) -> Option<Vec<T>> {
        let blocks = self.blocks();
        blocks.par_chunks(blocks.len().div_ceil(SUM_PARTS).max(1)).map(make).collect()
    }

    /// Shows the block of rows from `first` on.
    pub fn with_block<T>(&self, first: usize, scratch: &mut Vec<f32>, show: impl FnOnce(&[f32]) -> T) -> T {
        let (count, channels) = (self.block_rows().min(self.rows() - first), self.channels());
        match &self.kept {
            Some(all) => show(&all[first * channels..(first + count) * channels]),
            None => {
                self.fill(first, count, scratch);
                show(scratch)
            }
        }
    }

    /// One row.
    pub fn row(&self, row: usize) -> Vec<f32> {
        let mut wide = Vec::new();
        self.fill(row, 1, &mut wide);
        wide
    }

    /// Writes so many rows from `first` on.
    fn fill(&self, first: usize, count: usize, block: &mut Vec<f32>) {
        let channels = self.channels();
        block.resize(count * channels, 0.0);
        rows::widen(self.vectors.matrix.values().slice(first * channels, count * channels), block);
        for row in block.chunks_exact_mut(channels.max(1)) {
            // In reach, only what is not finite itself makes a square that is not.
            let mut square = rows::dot_wide(row, row);
            if !square.is_finite() {
                row.iter_mut().filter(|value| !value.is_finite()).for_each(|value| *value = 0.0);
                square = rows::dot_wide(row, row);
            }
            match self.is_spherical {
                true => scale_to_unit(row, square),
                false => row.iter_mut().zip(&self.mean).for_each(|(value, mean)| *value -= mean),
            }
        }
    }

    /// Of rows that are to be swept.
    ///
    /// # Shapes
    /// `centres`: `[k, channels]`; returns `[rows, k]`.
    pub fn squared_distances(&self, centres: &[f32], cancelled: Cancelled<'_>) -> Option<Vec<f32>> {
        let k = centres.len() / self.channels().max(1);
        let distances = |first: usize, beyond: &[f32]| -> Vec<f32> {
            let rows = beyond.chunks_exact(k.max(1)).zip(&self.own[first..]);
            rows.flat_map(|(beyond, own)| beyond.iter().map(move |beyond| (own + beyond).max(0.0))).collect()
        };
        Some(self.of_blocks(centres, distances, cancelled)?.concat())
    }

    /// What `make` makes of a block's first row, and of how far its rows are from all centres
    /// ([`distances_beyond_own`](Self::distances_beyond_own)), block after block.
    ///
    /// # Shapes
    /// `centres`: `[k, channels]`; `make` gets `[rows of the block, k]`.
    pub fn of_blocks<T: Send>(
        &self,
        centres: &[f32],
        make: impl Fn(usize, &[f32]) -> T + Sync,
        cancelled: Cancelled<'_>,
    ) -> Option<Vec<T>> {
        let squares = self.squares_of(centres);
        let work = |(scratch, products): &mut (Vec<f32>, Vec<f32>), first: usize| {
            if cancelled() {
                return None;
            }
            Some(self.with_block(first, scratch, |block| {
                self.distances_beyond_own(block, centres, &squares, products);
                make(first, products)
            }))
        };
        self.blocks().into_par_iter().map_init(Default::default, work).collect()
    }

    /// The square of each centre's length.
    pub fn squares_of(&self, centres: &[f32]) -> Vec<f32> {
        centres.chunks_exact(self.channels().max(1)).map(|centre| rows::dot_wide(centre, centre)).collect()
    }

    /// The square of a row's own length, of rows that are to be swept.
    pub fn own(&self, row: usize) -> f32 {
        self.own[row]
    }

    /// Writes the squared distances of a block's rows to all centres less the square of each row's own length, which does
    /// not change which centre is nearest.
    ///
    /// # Shapes
    /// `block`: `[rows, channels]`, `centres`: `[k, channels]`, `squares`: `[k]`; `distances` becomes `[rows, k]`.
    pub fn distances_beyond_own(&self, block: &[f32], centres: &[f32], squares: &[f32], distances: &mut Vec<f32>) {
        let (channels, k) = (self.channels(), squares.len());
        distances.resize(block.len() / channels * k, 0.0);
        knn::multiply(block, centres, channels, distances);
        for distances in distances.chunks_exact_mut(k) {
            distances.iter_mut().zip(squares).for_each(|(distance, square)| *distance = square - 2.0 * *distance);
        }
    }
}

/// Brings a row to length 1; zeros stay.
fn to_unit(row: &mut [f32]) {
    scale_to_unit(row, rows::dot_wide(row, row));
}

/// The same, where the square of its length is known.
fn scale_to_unit(row: &mut [f32], square: f32) {
    let length = square.sqrt();
    if length > 0.0 {
        row.iter_mut().for_each(|value| *value /= length);
    }
}
