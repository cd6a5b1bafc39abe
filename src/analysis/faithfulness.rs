//! How far a map can be believed: whether neighbours on it are neighbours, and neighbours stay neighbours.

use rayon::prelude::*;

use super::knn::Distances;
use super::plane::PlaneIndex;
use super::{Cancelled, KnnGraph};
use crate::domain::{Faithfulness, Metric, Trust, Vectors};

/// Rows whose neighbours on the map are ranked among all vectors, and fewer of very many, so that it takes seconds.
const SAMPLE_ROWS: usize = 2000;
const SAMPLE_PAIRS: usize = 200_000_000;
/// Rows that are compared with all of the sample before the next are read.
const PIECE_ROWS: usize = 256;

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
            kept_of_each: vec![1.0; rows].into(),
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
    let of_sample: Vec<&[u32]> = sample.iter().map(|row| &near[*row][..]).collect();
    let excess: u64 = ranks(&distances, rows, &sample, &of_sample, cancelled)?.iter().map(|ranks| excess(ranks)).sum();
    let kept = kept_of_each.iter().map(|kept| f64::from(*kept)).sum::<f64>() / rows as f64;
    let trustworthiness = trustworthiness(excess, sample.len(), rows, k);
    let kept_of_each = kept_of_each.into();
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
    let near: Vec<Vec<u32>> = sample.par_iter().map(|row| plane.nearest(points[*row], Some(*row), k)).collect();
    let near: Vec<&[u32]> = near.iter().map(Vec::as_slice).collect();
    let ranks = ranks(&distances, rows, &sample, &near, cancelled)?;
    let excess: u64 = ranks.iter().map(|ranks| excess(ranks)).sum();
    let kept = ranks.iter().flatten().filter(|rank| **rank <= k as u64).count();
    Some(Trust {
        images: of.len(),
        k,
        trustworthiness: trustworthiness(excess, sample.len(), rows, k),
        kept: (kept as f64 / (sample.len() * k) as f64) as f32,
    })
}

/// As [`measure`], by some of the rows alone, which takes seconds where a graph of all neighbours takes minutes: what is told
/// says how many, and nothing is told of each. `None` when cancelled.
///
/// # Shapes
/// `points`: one a row of `vectors`.
///
/// # Panics
/// When there is not one point a row.
pub fn measure_by_sample(
    vectors: &Vectors,
    metric: Metric,
    points: &[[f32; 2]],
    k: usize,
    cancelled: Cancelled<'_>,
) -> Option<Faithfulness> {
    let everyone: Vec<usize> = (0..points.len()).collect();
    let Trust { k, trustworthiness, kept, .. } = measure_some(vectors, metric, points, &everyone, k, cancelled)?;
    let sampled = Some(sample(points.len(), points.len()).count());
    Some(Faithfulness { k, trustworthiness, kept, sampled, ..Faithfulness::default() })
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

/// The ranks of some rows' neighbours on the map among all vectors, the nearest 1. `None` when cancelled.
///
/// The vectors are read once, a few at a time, for all of these rows, as products of matrices: what rounding makes of rows
/// that are equally far is chance.
///
/// # Shapes
/// `near`: one list a row of `of`; so is what is returned.
fn ranks(
    distances: &Distances<'_>,
    rows: usize,
    of: &[usize],
    near: &[&[u32]],
    cancelled: Cancelled<'_>,
) -> Option<Vec<Vec<u64>>> {
    let orders = distances.orders(of);
    // For each row its neighbours on the map in their true order, with their places on the map's list.
    let ordered: Vec<Vec<(f32, u32, usize)>> = (0..of.len())
        .into_par_iter()
        .map(|probe| {
            let far = |(place, other): (usize, &u32)| (orders.one(probe, *other as usize), *other, place);
            let mut ordered: Vec<(f32, u32, usize)> = near[probe].iter().enumerate().map(far).collect();
            ordered.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            ordered
        })
        .collect();
    let bounds: Vec<Vec<f32>> = ordered.iter().map(|ordered| bounds_of(ordered)).collect();
    let none = || -> Vec<Vec<u64>> { bounds.iter().map(|bounds| vec![0; bounds.len() + 1]).collect() };
    let pieces: Vec<usize> = (0..rows).step_by(PIECE_ROWS).collect();
    let count = |mut counts: Vec<Vec<u64>>, first: &usize| {
        if cancelled() {
            return None;
        }
        let piece = *first..(first + PIECE_ROWS).min(rows);
        let mut all = orders.of_rows(piece.clone());
        for (probe, far) in all.chunks_exact_mut(piece.len()).enumerate() {
            // Itself does not count, and those on the map are in their order already.
            let known = near[probe].iter().map(|other| *other as usize).chain([of[probe]]);
            known.filter(|row| piece.contains(row)).for_each(|row| far[row - piece.start] = f32::INFINITY);
            far.iter().for_each(|far| counts[probe][place_among(&bounds[probe], *far)] += 1);
        }
        Some(counts)
    };
    let add = |mut sum: Vec<Vec<u64>>, part: Vec<Vec<u64>>| {
        sum.iter_mut().flatten().zip(part.into_iter().flatten()).for_each(|(sum, part)| *sum += part);
        Some(sum)
    };
    let counts = pieces.par_iter().try_fold(none, count).try_reduce(none, add)?;
    let of_row = |(ordered, counts): (&Vec<(f32, u32, usize)>, Vec<u64>)| {
        let mut ranks = vec![0; ordered.len()];
        let mut before = 0;
        for (rank, ((.., place), count)) in (1..).zip(ordered.iter().zip(counts)) {
            before += count;
            ranks[*place] = before + rank;
        }
        ranks
    };
    Some(ordered.iter().zip(counts).map(of_row).collect())
}

/// Bounds that are looked at all at once.
const BOUNDS: usize = 16;

/// How far each neighbour is, ascending, filled up with what nothing is beyond.
fn bounds_of(ordered: &[(f32, u32, usize)]) -> Vec<f32> {
    let mut bounds: Vec<f32> = ordered.iter().map(|(far, ..)| *far).collect();
    bounds.resize(bounds.len().next_multiple_of(BOUNDS), f32::INFINITY);
    bounds
}

/// How many of the bounds are no farther: without a branch, which nobody could foresee.
fn place_among(bounds: &[f32], far: f32) -> usize {
    let (groups, _) = bounds.as_chunks::<BOUNDS>();
    let within = |group: &[f32; BOUNDS]| group.iter().map(|bound| u32::from(*bound <= far)).sum::<u32>() as usize;
    groups.iter().map(within).sum()
}

/// How much farther down than the last of as many they are, summed.
fn excess(ranks: &[u64]) -> u64 {
    ranks.iter().map(|rank| rank.saturating_sub(ranks.len() as u64)).sum()
}
