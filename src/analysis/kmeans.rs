//! k-means (Lloyd 1982) with k-means++ seeds (Arthur and Vassilvitskii 2007).
//!
//! Rows stay in half precision and are widened block by block, unless they are few. Distances come from products of matrices
//! after the mean of all rows was taken away, so that no large numbers cancel. The result does not depend on the number of
//! threads.
//!
//! Of very many rows some are enough to tell a good start from a bad one: the starts are tried on a sample, and the best of
//! them goes on over all rows.

pub mod coarse;
mod points;
mod settle;

use points::Points;
use rayon::prelude::*;

use super::Cancelled;
use crate::domain::{Metric, Vectors};

/// Rows of the sample on which starts are tried: so many for each group, and at least so many.
const SAMPLE_ROWS_PER_GROUP: usize = 512;
const LEAST_SAMPLE_ROWS: usize = 10_240;
/// Starts are tried on a sample where there are so many times as many rows.
const SAMPLE_SHARE: usize = 4;
/// Sweeps over all rows after those over the sample, at most: each takes a second for a million of 512 numbers, and little
/// changes beyond.
const WHOLE_SWEEPS: usize = 30;

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
    /// Sweeps it took, over all rows.
    pub sweeps: usize,
    /// On how many rows the starts were tried, if not on all.
    pub sample: Option<usize>,
}

/// Groups rows; `None` when cancelled. There are no more groups than different rows. Numbers that are not finite count as 0.
///
/// # Shapes
/// `vectors.matrix`: `[rows, channels]`.
pub fn group(vectors: &Vectors, options: Options, cancelled: Cancelled<'_>) -> Option<Means> {
    group_watched(vectors, options, &|_| {}, cancelled)
}

/// As [`group`], which says now and then which share of the work is done, in `0..=1`.
pub fn group_watched(
    vectors: &Vectors,
    options: Options,
    watch: &dyn Fn(f32),
    cancelled: Cancelled<'_>,
) -> Option<Means> {
    let rows = vectors.matrix.rows();
    if rows == 0 || options.count == 0 {
        return Some(Means::default());
    }
    let sampled = options.count.saturating_mul(SAMPLE_ROWS_PER_GROUP).max(LEAST_SAMPLE_ROWS);
    if rows < sampled.saturating_mul(SAMPLE_SHARE) {
        return best_of_starts(vectors, options, watch, cancelled);
    }
    let mut centres =
        best_of_starts(&spread(vectors, sampled), options, &|share| watch(share * 0.3), cancelled)?.centres;
    let points = Points::to_sweep(vectors, options.metric, cancelled)?;
    points.to_inside(&mut centres);
    let threshold = options.tolerance * points.mean_variance();
    let sweeps = options.sweeps.min(WHOLE_SWEEPS);
    let swept = |done: usize| watch(0.3 + 0.7 * done as f32 / sweeps as f32);
    let found = points.settle(centres, sweeps, threshold, &swept, cancelled)?;
    Some(Means { sample: Some(sampled), ..points.told(found) })
}

/// So many rows, evenly spaced.
fn spread(vectors: &Vectors, wanted: usize) -> Vectors {
    let rows = vectors.matrix.rows();
    let some: Vec<usize> = (0..wanted).map(|place| place * rows / wanted).collect();
    vectors.rows(&some)
}

/// The best that any start comes to.
fn best_of_starts(vectors: &Vectors, options: Options, watch: &dyn Fn(f32), cancelled: Cancelled<'_>) -> Option<Means> {
    let points = Points::to_sweep(vectors, options.metric, cancelled)?;
    let threshold = options.tolerance * points.mean_variance();
    let mut chance = fastrand::Rng::with_seed(options.seed);
    let mut best: Option<Means> = None;
    let starts = options.starts.max(1);
    for start in 0..starts {
        let seeds = points.seeds(options.count, &mut chance, cancelled)?;
        let found = points.settle(seeds, options.sweeps, threshold, &|_| {}, cancelled)?;
        if best.as_ref().is_none_or(|known| found.inertia < known.inertia) {
            best = Some(found);
        }
        watch((start + 1) as f32 / starts as f32);
    }
    Some(points.told(best?))
}

impl Points<'_> {
    /// Rows far from each other: each drawn with a probability that grows with its squared distance from those before; of
    /// a few draws the one that helps most (the greedy variant).
    fn seeds(&self, count: usize, chance: &mut fastrand::Rng, cancelled: Cancelled<'_>) -> Option<Vec<f32>> {
        let (all, channels) = (self.rows(), self.channels());
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
