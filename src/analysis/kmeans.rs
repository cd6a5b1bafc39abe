//! k-means (Lloyd 1982) with k-means++ seeds (Arthur and Vassilvitskii 2007).
//!
//! Rows stay in half precision and are widened block by block. Distances come from products of matrices after the mean of
//! all rows was taken away, so that no large numbers cancel. The result does not depend on the number of threads.

pub(super) mod coarse;

use std::borrow::Cow;

use rayon::prelude::*;

use super::reach::InReach;
use super::{Cancelled, knn, rows};
use crate::domain::{Metric, Vectors};

/// Rows widened at a time.
const BLOCK_ROWS: usize = 1024;
/// Parts of the rows that are summed at a time.
const SUM_PARTS: usize = 16;

/// How to group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// How many groups.
    pub count: usize,
    /// Euclidean, or cosine: rows of length 1, and means brought back to it (Dhillon and Modha 2001). A dot product has no
    /// means; it counts as cosine.
    pub metric: Metric,
    /// Starts from so many seeds, of which the best result counts.
    pub starts: usize,
    /// Most sweeps.
    pub sweeps: usize,
    /// Stops when the means move less than this share of the mean variance, squared (as scikit-learn's).
    pub tolerance: f64,
    /// Where chance starts.
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { count: 8, metric: Metric::Cosine, starts: 4, sweeps: 300, tolerance: 1e-4, seed: 0 }
    }
}

/// Groups and their means.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Means {
    /// `[count, channels]`, row-major; of length 1 each if grouped by cosine.
    pub centres: Vec<f32>,
    /// The group of each row.
    pub of: Vec<u32>,
    /// Sum of the squared distances of rows to their means.
    pub inertia: f64,
    /// Sweeps it took.
    pub sweeps: usize,
}

/// Groups rows; `None` when cancelled. There are no more groups than different rows. Numbers that are not finite count as 0.
///
/// # Shapes
/// `vectors.matrix`: `[rows, channels]`.
pub fn group(vectors: &Vectors, options: Options, cancelled: Cancelled<'_>) -> Option<Means> {
    if vectors.matrix.rows() == 0 || options.count == 0 {
        return Some(Means::default());
    }
    let points = Points::new(vectors, options.metric, cancelled)?;
    let threshold = options.tolerance * points.mean_variance;
    let mut chance = fastrand::Rng::with_seed(options.seed);
    let mut best: Option<Means> = None;
    for _ in 0..options.starts.max(1) {
        let seeds = points.seeds(options.count, &mut chance, cancelled)?;
        let found = points.settle(seeds, options.sweeps, threshold, cancelled)?;
        if best.as_ref().is_none_or(|known| found.inertia < known.inertia) {
            best = Some(found);
        }
    }
    let mut best = best?;
    points.to_outside(&mut best.centres);
    best.inertia = points.told(best.inertia);
    Some(best)
}

/// Rows made ready for distances.
struct Points<'a> {
    /// In reach of single precision.
    vectors: Cow<'a, Vectors>,
    /// What brought them there; 1 where each row has a power of its own, to be taken as a direction.
    power: f32,
    is_spherical: bool,
    mean: Vec<f32>,
    mean_variance: f64,
}

impl<'a> Points<'a> {
    fn new(vectors: &'a Vectors, metric: Metric, cancelled: Cancelled<'_>) -> Option<Self> {
        let channels = vectors.matrix.columns();
        let is_spherical = metric != Metric::Euclidean;
        let ready = InReach::new(vectors, if is_spherical { Metric::Cosine } else { metric });
        let (power, mean) = (ready.power(), vec![0.0; channels]);
        let mut this = Self { vectors: ready.vectors, power, is_spherical, mean, mean_variance: 0.0 };
        let count = vectors.matrix.rows() as f64;
        let (mut sums, mut squares) = (vec![0.0f64; channels], vec![0.0f64; channels]);
        for first in this.blocks() {
            if cancelled() {
                return None;
            }
            for row in this.block(first).chunks_exact(channels) {
                for ((sum, square), value) in sums.iter_mut().zip(&mut squares).zip(row) {
                    *sum += f64::from(*value);
                    *square += f64::from(*value) * f64::from(*value);
                }
            }
        }
        let variance = |(sum, square): (&f64, &f64)| (square / count - (sum / count).powi(2)).max(0.0);
        this.mean_variance = sums.iter().zip(&squares).map(variance).sum::<f64>() / channels.max(1) as f64;
        if !this.is_spherical {
            this.mean = sums.iter().map(|sum| (sum / count) as f32).collect();
        }
        Some(this)
    }

    /// Brings centres from around the mean to where they are.
    fn to_outside(&self, centres: &mut [f32]) {
        if !self.is_spherical {
            for centre in centres.chunks_exact_mut(self.mean.len()) {
                centre.iter_mut().zip(&self.mean).for_each(|(value, mean)| *value = (*value + mean) / self.power);
            }
        }
    }

    /// Brings centres to where rows are compared with them.
    fn to_inside(&self, centres: &mut [f32]) {
        for centre in centres.chunks_exact_mut(self.mean.len().max(1)) {
            if self.is_spherical {
                to_unit(centre);
            } else {
                centre.iter_mut().zip(&self.mean).for_each(|(value, mean)| *value = *value * self.power - mean);
            }
        }
    }

    /// A sum of squares as it is of the rows that these were made of.
    fn told(&self, squares: f64) -> f64 {
        squares / f64::from(self.power).powi(2)
    }

    fn blocks(&self) -> impl Iterator<Item = usize> + use<> {
        (0..self.vectors.matrix.rows()).step_by(BLOCK_ROWS)
    }

    /// The block of rows from `first` on.
    fn block(&self, first: usize) -> Vec<f32> {
        self.inside(first, BLOCK_ROWS.min(self.vectors.matrix.rows() - first))
    }

    /// So many rows from `first` on, wide, finite, and around the mean or of length 1.
    fn inside(&self, first: usize, count: usize) -> Vec<f32> {
        let channels = self.vectors.matrix.columns();
        let mut block = knn::widen(&self.vectors.matrix, first, count);
        for row in block.chunks_exact_mut(channels) {
            row.iter_mut().filter(|value| !value.is_finite()).for_each(|value| *value = 0.0);
            if self.is_spherical {
                to_unit(row);
            } else {
                row.iter_mut().zip(&self.mean).for_each(|(value, mean)| *value -= mean);
            }
        }
        block
    }

    fn row(&self, row: usize) -> Vec<f32> {
        self.inside(row, 1)
    }

    /// Rows far from each other: each drawn with a probability that grows with its squared distance from those before; of
    /// a few draws the one that helps most (the greedy variant).
    fn seeds(&self, count: usize, chance: &mut fastrand::Rng, cancelled: Cancelled<'_>) -> Option<Vec<f32>> {
        let (all, channels) = (self.vectors.matrix.rows(), self.vectors.matrix.columns());
        let draws = 2 + (count as f64).ln() as usize;
        let mut centres = self.row(chance.usize(..all));
        let mut nearest = self.squared_distances(&centres, cancelled)?;
        for _ in 1..count {
            let total: f64 = nearest.iter().map(|d| f64::from(*d)).sum();
            if total <= 0.0 {
                // There are no more different rows.
                break;
            }
            let picks: Vec<usize> = (0..draws).map(|_| draw(&nearest, chance.f64() * total)).collect();
            let candidates: Vec<f32> = picks.iter().flat_map(|pick| self.row(*pick)).collect();
            let distances = self.squared_distances(&candidates, cancelled)?;
            let sum = |draw: usize| -> f64 {
                nearest.iter().zip(distances.chunks_exact(draws)).map(|(known, d)| f64::from(known.min(d[draw]))).sum()
            };
            let sums: Vec<f64> = (0..draws).into_par_iter().map(sum).collect();
            let best = (0..draws).min_by(|a, b| sums[*a].total_cmp(&sums[*b])).unwrap_or(0);
            nearest.iter_mut().zip(distances.chunks_exact(draws)).for_each(|(known, d)| *known = known.min(d[best]));
            centres.extend_from_slice(&candidates[best * channels..(best + 1) * channels]);
        }
        Some(centres)
    }

    /// # Shapes
    /// `centres`: `[k, channels]`; returns `[rows, k]`.
    fn squared_distances(&self, centres: &[f32], cancelled: Cancelled<'_>) -> Option<Vec<f32>> {
        Some(self.of_blocks(centres, <[f32]>::to_vec, cancelled)?.concat())
    }

    /// What `make` makes of the squared distances of a block of rows to all centres, block after block.
    ///
    /// # Shapes
    /// `centres`: `[k, channels]`; `make` gets `[rows of the block, k]`.
    fn of_blocks<T: Send>(
        &self,
        centres: &[f32],
        make: impl Fn(&[f32]) -> T + Sync,
        cancelled: Cancelled<'_>,
    ) -> Option<Vec<T>> {
        let channels = self.vectors.matrix.columns();
        let squares: Vec<f32> = centres.chunks_exact(channels).map(|centre| rows::dot_wide(centre, centre)).collect();
        let k = squares.len();
        let blocks: Vec<usize> = self.blocks().collect();
        blocks
            .into_par_iter()
            .map(|first| {
                if cancelled() {
                    return None;
                }
                let block = self.block(first);
                let mut products = vec![0.0; block.len() / channels * k];
                knn::multiply(&block, centres, channels, &mut products);
                for (row, products) in block.chunks_exact(channels).zip(products.chunks_exact_mut(k)) {
                    let own = rows::dot_wide(row, row);
                    for (product, square) in products.iter_mut().zip(&squares) {
                        *product = (own + square - 2.0 * *product).max(0.0);
                    }
                }
                Some(make(&products))
            })
            .collect()
    }

    /// Each row to its nearest centre, each centre to the mean of its rows, until they rest.
    fn settle(&self, mut centres: Vec<f32>, sweeps: usize, threshold: f64, cancelled: Cancelled<'_>) -> Option<Means> {
        let channels = self.vectors.matrix.columns();
        let k = centres.len() / channels.max(1);
        let mut nearest = self.assign(&centres, cancelled)?;
        let mut done = 0;
        while done < sweeps {
            done += 1;
            let means = self.means(&centres, &nearest, k, cancelled)?;
            let moved: f64 = means.iter().zip(&centres).map(|(a, b)| f64::from(a - b).powi(2)).sum();
            centres = means;
            let before = std::mem::replace(&mut nearest, self.assign(&centres, cancelled)?);
            let is_same = before.iter().zip(&nearest).all(|(a, b)| a.0 == b.0);
            if is_same || moved <= threshold {
                break;
            }
        }
        let inertia = nearest.iter().map(|(_, distance)| f64::from(*distance)).sum();
        Some(Means { centres, of: nearest.into_iter().map(|(of, _)| of).collect(), inertia, sweeps: done })
    }

    /// The nearest centre of each row and the squared distance to it; ties to the first.
    fn assign(&self, centres: &[f32], cancelled: Cancelled<'_>) -> Option<Vec<(u32, f32)>> {
        let k = centres.len() / self.vectors.matrix.columns().max(1);
        let nearest = |distances: &[f32]| {
            (0..).zip(distances).fold((0, f32::INFINITY), |best, (of, d)| if *d < best.1 { (of, *d) } else { best })
        };
        let of_block = |distances: &[f32]| distances.chunks_exact(k).map(nearest).collect::<Vec<_>>();
        Some(self.of_blocks(centres, of_block, cancelled)?.concat())
    }

    /// A centre without rows goes to the row that is farthest from its own.
    fn means(&self, centres: &[f32], nearest: &[(u32, f32)], k: usize, cancelled: Cancelled<'_>) -> Option<Vec<f32>> {
        let channels = self.vectors.matrix.columns();
        let mut counts = vec![0u64; k];
        nearest.iter().for_each(|(of, _)| counts[*of as usize] += 1);
        // As many parts whatever the threads, so that the order of sums is always the same.
        let blocks: Vec<usize> = self.blocks().collect();
        let parts: Option<Vec<Vec<f64>>> = blocks
            .par_chunks(blocks.len().div_ceil(SUM_PARTS))
            .map(|blocks| {
                let mut sums = vec![0.0f64; k * channels];
                for first in blocks {
                    if cancelled() {
                        return None;
                    }
                    for (row, (of, _)) in self.block(*first).chunks_exact(channels).zip(&nearest[*first..]) {
                        let sums = &mut sums[*of as usize * channels..][..channels];
                        sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += f64::from(*value));
                    }
                }
                Some(sums)
            })
            .collect();
        let mut sums = vec![0.0f64; k * channels];
        for part in parts? {
            sums.iter_mut().zip(part).for_each(|(sum, part)| *sum += part);
        }
        let mut far: Vec<usize> = Vec::new();
        if counts.contains(&0) {
            far = (0..nearest.len()).collect();
            far.sort_by(|a, b| nearest[*b].1.total_cmp(&nearest[*a].1).then(a.cmp(b)));
        }
        let mut far = far.into_iter();
        let mut means = centres.to_vec();
        for (of, mean) in means.chunks_exact_mut(channels).enumerate() {
            match counts[of] {
                0 => {
                    if let Some(row) = far.next() {
                        mean.copy_from_slice(&self.row(row));
                    }
                }
                count => {
                    let sums = &sums[of * channels..][..channels];
                    mean.iter_mut().zip(sums).for_each(|(mean, sum)| *mean = (sum / count as f64) as f32);
                }
            }
            if self.is_spherical {
                to_unit(mean);
            }
        }
        Some(means)
    }
}

/// The row at which the running sum of weights passes `target`.
fn draw(weights: &[f32], target: f64) -> usize {
    let mut sum = 0.0;
    let passes = |weight: &f32| {
        sum += f64::from(*weight);
        sum > target
    };
    weights.iter().position(passes).unwrap_or(weights.len() - 1)
}

/// Brings a row to length 1; zeros stay.
fn to_unit(row: &mut [f32]) {
    let length = rows::dot_wide(row, row).sqrt();
    if length > 0.0 {
        row.iter_mut().for_each(|value| *value /= length);
    }
}
