//! Images unlike the others: far from their neighbours, far from the middle of their cluster, or in a sparse region.

mod local_factor;

pub use local_factor::local_outlier_factor;

use rayon::prelude::*;

use super::{Cancelled, KnnGraph, rows};
use crate::domain::{Metric, Vectors};

/// Distances to a mean below this, of vectors of length 1, are the rounding of the mean and not of the images, whose
/// half precision is much coarser.
const ROUNDING: f64 = 1e-12;

/// How far the `k`-th neighbour of every row is (Ramaswamy, Rastogi and Shim 2000): the larger, the lonelier.
///
/// `k` counts from 1 and is at most what the graph has; nothing of a graph without neighbours.
///
/// # Shapes
/// Returns `[rows]`.
pub fn kth_distances(graph: &KnnGraph, k: usize) -> Vec<f32> {
    let place = k.clamp(1, graph.k().max(1)) - 1;
    (0..graph.rows()).map(|row| graph.distances(row)[place]).collect()
}

/// For every score the share of all others that it is above, ties counting half: 0 for the least, 1 for the largest.
///
/// # Shapes
/// `scores`: `[rows]`; returns `[rows]`. One score alone is at 0.5; a NaN counts as above all.
pub fn percentiles(scores: &[f32]) -> Vec<f32> {
    let order = by_falling_score(scores);
    let others = scores.len().saturating_sub(1);
    let mut percentiles = vec![0.5; scores.len()];
    let mut above = 0;
    for tied in order.chunk_by(|a, b| scores[*a as usize].total_cmp(&scores[*b as usize]).is_eq()) {
        let below = scores.len() - above - tied.len();
        let share = (below as f32 + (tied.len() - 1) as f32 / 2.0) / others.max(1) as f32;
        if others > 0 {
            tied.iter().for_each(|row| percentiles[*row as usize] = share);
        }
        above += tied.len();
    }
    percentiles
}

/// The rows, most outlying first, ties by row.
pub fn by_falling_score(scores: &[f32]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..scores.len() as u32).collect();
    order.sort_by(|a, b| scores[*b as usize].total_cmp(&scores[*a as usize]));
    order
}

/// How far every row is from the mean of its own cluster, over the median of that in the cluster: 1 is usual, 3 is far.
/// `None` for rows in no cluster; `None` for all when cancelled.
///
/// The distance is Euclidean, or for cosine `1 - cos` to the mean of the directions. A cluster whose median is 0 (copies
/// of one image, mostly) is measured by its mean instead; where all are the same, everything is usual. Rows with a
/// number that is not finite count for no mean and get an infinite score.
///
/// # Shapes
/// - `vectors.matrix`: `[rows, channels]`
/// - `clusters`: `[rows]`, numbered from 0
/// - returns `[rows]`
///
/// # Panics
/// When there is not one cluster entry a row.
pub fn cluster_scores(
    vectors: &Vectors,
    clusters: &[Option<u32>],
    metric: Metric,
    cancelled: Cancelled<'_>,
) -> Option<Vec<Option<f32>>> {
    assert_eq!(clusters.len(), vectors.matrix.rows(), "one cluster entry a row");
    let count = clusters.iter().flatten().max().map_or(0, |last| *last as usize + 1);
    let mut members = vec![Vec::new(); count];
    for (row, cluster) in clusters.iter().enumerate() {
        if let Some(cluster) = cluster {
            members[*cluster as usize].push(row);
        }
    }
    let of_clusters: Vec<Option<Vec<f64>>> =
        members.par_iter().map(|rows| distances_to_mean(vectors, rows, metric, cancelled)).collect();
    let mut scores = vec![None; clusters.len()];
    for (rows, distances) in members.iter().zip(of_clusters) {
        let distances = distances?;
        let usual = usual(&distances);
        for (row, distance) in rows.iter().zip(distances) {
            scores[*row] = Some(match distance {
                _ if usual > 0.0 => (distance / usual) as f32,
                _ if distance.is_finite() => 1.0,
                _ => f32::INFINITY,
            });
        }
    }
    Some(scores)
}

fn distances_to_mean(
    vectors: &Vectors,
    members: &[usize],
    metric: Metric,
    cancelled: Cancelled<'_>,
) -> Option<Vec<f64>> {
    let channels = vectors.matrix.columns();
    let mut wide = vec![0.0f32; channels];
    let mut mean = vec![0.0f64; channels];
    let mut finite = 0usize;
    // A row as it counts: for cosine only its direction does.
    let factor = |wide: &[f32]| match metric {
        Metric::Cosine => inverse(wide.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt()),
        Metric::Euclidean | Metric::Dot => 1.0,
    };
    for (number, row) in members.iter().enumerate() {
        if number % 256 == 0 && cancelled() {
            return None;
        }
        rows::widen(vectors.matrix.row(*row), &mut wide);
        if wide.iter().all(|value| value.is_finite()) {
            let factor = factor(&wide);
            mean.iter_mut().zip(&wide).for_each(|(sum, value)| *sum += factor * f64::from(*value));
            finite += 1;
        }
    }
    mean.iter_mut().for_each(|sum| *sum /= finite.max(1) as f64);
    let mean_length = mean.iter().map(|value| value * value).sum::<f64>().sqrt();
    let mut distances = Vec::with_capacity(members.len());
    for (number, row) in members.iter().enumerate() {
        if number % 256 == 0 && cancelled() {
            return None;
        }
        rows::widen(vectors.matrix.row(*row), &mut wide);
        let pairs = wide.iter().zip(&mean).map(|(value, mean)| (f64::from(*value), *mean));
        let distance = match metric {
            Metric::Cosine => 1.0 - pairs.map(|(a, b)| a * b).sum::<f64>() * factor(&wide) * inverse(mean_length),
            Metric::Euclidean | Metric::Dot => pairs.map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt(),
        };
        let least = ROUNDING * if metric == Metric::Cosine { 1.0 } else { mean_length };
        distances.push(match distance {
            _ if !distance.is_finite() => f64::INFINITY,
            _ if distance <= least => 0.0,
            _ => distance,
        });
    }
    Some(distances)
}

fn inverse(length: f64) -> f64 {
    if length > 0.0 { 1.0 / length } else { 0.0 }
}

/// The median; the mean where that is 0. Infinite distances are not asked.
fn usual(distances: &[f64]) -> f64 {
    let mut finite: Vec<f64> = distances.iter().copied().filter(|distance| distance.is_finite()).collect();
    finite.sort_unstable_by(f64::total_cmp);
    let Some(last) = finite.len().checked_sub(1) else { return 0.0 };
    let median = f64::midpoint(finite[last / 2], finite[last.div_ceil(2)]);
    if median > 0.0 { median } else { finite.iter().sum::<f64>() / finite.len() as f64 }
}
