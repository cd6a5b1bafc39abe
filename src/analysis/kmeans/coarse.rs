//! Cells for searching: groups that need not be good, only small, and quick to make.

use super::points::Points;
use super::spread;
use crate::analysis::knn::Nearest;
use crate::analysis::parts_done::PartsDone;
use crate::analysis::{Cancelled, Watch};
use crate::domain::{Metric, Vectors};

/// Sweeps over the sample: the borders of cells matter little to a search that looks into several.
const SWEEPS: usize = 4;
/// Rows of the sample for each cell.
const ROWS_PER_CELL: usize = 32;

/// Centres of about `count` cells, from evenly spaced rows; `None` when cancelled.
///
/// # Shapes
/// returns `[count, channels]`, fewer where there are fewer rows.
pub fn centres(vectors: &Vectors, metric: Metric, count: usize, cancelled: Cancelled<'_>) -> Option<Vec<f32>> {
    centres_watched(vectors, metric, count, &|_| {}, cancelled)
}

/// As [`centres`], while somebody watches.
pub fn centres_watched(
    vectors: &Vectors,
    metric: Metric,
    count: usize,
    watch: Watch<'_>,
    cancelled: Cancelled<'_>,
) -> Option<Vec<f32>> {
    let rows = vectors.matrix.rows();
    let count = count.clamp(1, rows.max(1));
    let wanted = rows.min(count * ROWS_PER_CELL);
    let swept = |done: usize| watch((done as f32 / SWEEPS as f32).min(1.0));
    let found = of_sample(&spread(vectors, wanted), metric, count, SWEEPS, &swept, cancelled)?;
    watch(1.0);
    Some(found)
}

/// The same from all rows there are, by so many sweeps; says how many are done.
pub fn of_sample(
    sample: &Vectors,
    metric: Metric,
    count: usize,
    sweeps: usize,
    watch: &dyn Fn(usize),
    cancelled: Cancelled<'_>,
) -> Option<Vec<f32>> {
    let rows = sample.matrix.rows();
    let points = Points::to_sweep(sample, metric, cancelled)?;
    let mut order: Vec<usize> = (0..rows).collect();
    fastrand::Rng::with_seed(0).shuffle(&mut order);
    let seeds = order[..count.min(rows)].iter().flat_map(|row| points.row(*row)).collect();
    let mut found = points.settle(seeds, sweeps, 0.0, watch, cancelled)?;
    points.to_outside(&mut found.centres);
    Some(found.centres)
}

/// The nearest `wanted` centres of each row, nearest first; `None` when cancelled.
///
/// # Shapes
/// `centres`: `[cells, channels]`; returns `[rows, wanted]`.
pub fn nearest(
    vectors: &Vectors,
    metric: Metric,
    centres: &[f32],
    wanted: usize,
    cancelled: Cancelled<'_>,
) -> Option<Vec<u32>> {
    nearest_watched(vectors, metric, centres, wanted, &|_| {}, cancelled)
}

/// As [`nearest`], while somebody watches.
pub fn nearest_watched(
    vectors: &Vectors,
    metric: Metric,
    centres: &[f32],
    wanted: usize,
    watch: Watch<'_>,
    cancelled: Cancelled<'_>,
) -> Option<Vec<u32>> {
    let channels = vectors.matrix.columns();
    let points = Points::new(vectors, metric, cancelled)?;
    let mut inside = centres.to_vec();
    points.to_inside(&mut inside);
    let cells = inside.len() / channels;
    let best_of = |distances: &[f32]| {
        let mut best = Nearest::new(wanted);
        (0..).zip(distances).for_each(|(cell, distance)| best.offer(*distance, cell));
        best.best.into_iter().map(|(_, cell)| cell)
    };
    let done = PartsDone::of(vectors.matrix.rows(), watch);
    let of_block = |_, distances: &[f32]| {
        let found = distances.chunks_exact(cells).flat_map(best_of).collect::<Vec<u32>>();
        done.add(distances.len() / cells);
        found
    };
    Some(points.of_blocks(&inside, of_block, cancelled)?.concat())
}
