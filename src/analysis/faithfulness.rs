//! How far a map can be believed: whether neighbours on it are neighbours, and neighbours stay neighbours.

use rayon::prelude::*;

use super::knn::Distances;
use super::plane::PlaneIndex;
use super::{Cancelled, KnnGraph};
use crate::domain::{Faithfulness, Metric, Trust, Vectors};

/// Rows whose neighbours on the map are ranked among all vectors, and fewer of very many, so that it takes seconds.
const SAMPLE_ROWS: usize = 2000;
const SAMPLE_PAIRS: usize = 200_000_000;

/// Measures a map of `vectors`; `None` when cancelled.
///
/// The true neighbours are those of `graph`, the first `k` of each row. Trustworthiness is `1 - 2/(nk(2n-3k-1)) Σ max(0,
/// r - k)` over the neighbours on the map with their ranks `r` among the vectors (Venna and Kaski 2001); of more than 2,000
/// rows it is taken over evenly spaced 2,000 of them, of more than 100,000 over fewer: 200 of a million.
///
/// # Shapes
/// `points`: one a row of `vectors` and `graph`.
///
/// # Panics
/// When there is not one point a row.
pub fn measure(
    vectors: &Vectors,
    metric: Metric,
    graph: &KnnGraph,
    points: &[[f32; 2]],
    k: usize,
    cancelled: Cancelled<'_>,
) -> Option<Faithfulness> {
    let rows = points.len();
    assert_eq!(vectors.matrix.rows(), rows, "one point a row");
    let k = k.min(graph.k()).min(rows.saturating_sub(1) / 2);
    if k == 0 {
        return Some(Faithfulness {
            k: 0,
            trustworthiness: 1.0,
            kept: 1.0,
            kept_of_each: vec![1.0; rows],
            ..Faithfulness::default()
        });
    }
    let plane = PlaneIndex::new(points);
    let near: Option<Vec<Vec<u32>>> =
        (0..rows).into_par_iter().map(|row| (!cancelled()).then(|| plane.nearest(points[row], Some(row), k))).collect();
    let near = near?;
    let kept_of_each: Vec<f32> = near
        .iter()
        .enumerate()
        .map(|(row, near)| {
            let known = &graph.neighbours(row)[..k];
            near.iter().filter(|other| known.contains(other)).count() as f32 / k as f32
        })
        .collect();
    let sample: Vec<usize> = sample(rows, rows).collect();
    let distances = Distances::new(vectors, metric);
    let excess: Option<Vec<u64>> = sample
        .par_iter()
        .map(|row| (!cancelled()).then(|| excess(&ranks(&distances, rows, *row, &near[*row]))))
        .collect();
    let excess: u64 = excess?.into_iter().sum();
    let kept = kept_of_each.iter().map(|kept| f64::from(*kept)).sum::<f64>() / rows as f64;
    let trustworthiness = trustworthiness(excess, sample.len(), rows, k);
    Some(Faithfulness { k, trustworthiness, kept: kept as f32, kept_of_each, ..Faithfulness::default() })
}

/// Measures where some rows lie on a map, among all rows of it; `None` when cancelled.
///
/// Trustworthiness is that of [`measure`], summed over the rows in question alone; of many it is taken over a sample of them,
/// and so is the share of neighbours kept.
///
/// # Shapes
/// `points`: one a row of `vectors`; `of`: rows.
///
/// # Panics
/// When there is not one point a row.
pub fn measure_some(
    vectors: &Vectors,
    metric: Metric,
    points: &[[f32; 2]],
    of: &[usize],
    k: usize,
    cancelled: Cancelled<'_>,
) -> Option<Trust> {
    let rows = points.len();
    assert_eq!(vectors.matrix.rows(), rows, "one point a row");
    let k = k.min(rows.saturating_sub(1) / 2);
    if k == 0 || of.is_empty() {
        return Some(Trust { images: of.len(), k, trustworthiness: 1.0, kept: 1.0 });
    }
    let plane = PlaneIndex::new(points);
    let distances = Distances::new(vectors, metric);
    let sample: Vec<usize> = sample(of.len(), rows).map(|place| of[place]).collect();
    let found: Option<Vec<(u64, usize)>> = sample
        .par_iter()
        .map(|row| {
            let near = plane.nearest(points[*row], Some(*row), k);
            let ranks = (!cancelled()).then(|| ranks(&distances, rows, *row, &near))?;
            Some((excess(&ranks), ranks.iter().filter(|rank| **rank <= k as u64).count()))
        })
        .collect();
    let (excess, kept) = found?.into_iter().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    Some(Trust {
        images: of.len(),
        k,
        trustworthiness: trustworthiness(excess, sample.len(), rows, k),
        kept: (kept as f64 / (sample.len() * k) as f64) as f32,
    })
}

/// Evenly spaced places among `count`, few enough to rank `rows` for each.
fn sample(count: usize, rows: usize) -> impl Iterator<Item = usize> {
    let most = SAMPLE_ROWS.min(SAMPLE_PAIRS.div_ceil(rows.max(1)));
    (0..count).step_by(count.div_ceil(most).max(1))
}

fn trustworthiness(excess: u64, of: usize, rows: usize, k: usize) -> f32 {
    let (n, k) = (rows as f64, k as f64);
    let most = of as f64 * k * (2.0 * n - 3.0 * k - 1.0) / 2.0;
    (1.0 - excess as f64 / most) as f32
}

/// The share of the first `k` neighbours of each new row that are its nearest on the map as well.
///
/// # Shapes
/// `graph`: neighbours of the new rows among those of the map; `points`: of the map; `placed`: where the new rows lie;
/// returns one a new row.
pub fn kept_of_placed(graph: &KnnGraph, points: &[[f32; 2]], placed: &[[f32; 2]], k: usize) -> Vec<f32> {
    let k = k.min(graph.k());
    if k == 0 {
        return vec![1.0; placed.len()];
    }
    let plane = PlaneIndex::new(points);
    let kept = |(row, place): (usize, &[f32; 2])| {
        let known = &graph.neighbours(row)[..k];
        plane.nearest(*place, None, k).iter().filter(|other| known.contains(other)).count() as f32 / k as f32
    };
    placed.par_iter().enumerate().map(kept).collect()
}

/// The share of rows whose label is the most frequent among their `k` nearest on the plane; rows without a label do not
/// count. Ties go to the nearer.
pub fn label_accuracy(points: &[[f32; 2]], labels: &[Option<u32>], k: usize) -> f64 {
    let plane = PlaneIndex::new(points);
    let right: Vec<bool> = (0..points.len())
        .into_par_iter()
        .filter(|row| labels[*row].is_some())
        .map(|row| {
            let near = plane.nearest(points[row], Some(row), k);
            let votes: Vec<u32> = near.iter().filter_map(|other| labels[*other as usize]).collect();
            let count = |label: u32| votes.iter().filter(|vote| **vote == label).count();
            let most = votes.iter().map(|vote| count(*vote)).max();
            votes.iter().copied().find(|vote| Some(count(*vote)) == most) == labels[row]
        })
        .collect();
    right.iter().filter(|right| **right).count() as f64 / right.len().max(1) as f64
}

/// The ranks of a row's neighbours on the map among all vectors, the nearest 1; ties by row.
fn ranks(distances: &Distances<'_>, rows: usize, row: usize, near: &[u32]) -> Vec<u64> {
    let probe = distances.probe(row);
    let all: Vec<f32> = (0..rows).map(|other| distances.to(&probe, other)).collect();
    let rank = |other: &u32| {
        let own = all[*other as usize];
        let is_before = |(place, distance): &(usize, &f32)| {
            *place != row && (**distance < own || (**distance == own && *place < *other as usize))
        };
        all.iter().enumerate().filter(is_before).count() as u64 + 1
    };
    near.iter().map(rank).collect()
}

/// How much farther down than the last of as many they are, summed.
fn excess(ranks: &[u64]) -> u64 {
    ranks.iter().map(|rank| rank.saturating_sub(ranks.len() as u64)).sum()
}
