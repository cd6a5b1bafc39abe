//! Cells for searching: groups that need not be good, only small, and quick to make.

use super::{Points, to_unit};
use crate::analysis::Cancelled;
use crate::domain::{Matrix, Metric, Vectors};

/// Sweeps over the sample: the borders of cells matter little to a search that looks into several.
const SWEEPS: usize = 4;
/// Rows of the sample for each cell.
const ROWS_PER_CELL: usize = 32;

/// Centres of about `count` cells, from evenly spaced rows; `None` when cancelled.
///
/// # Shapes
/// returns `[count, channels]`, fewer where there are fewer rows.
pub fn centres(vectors: &Vectors, metric: Metric, count: usize, cancelled: Cancelled<'_>) -> Option<Vec<f32>> {
    let (rows, channels) = (vectors.matrix.rows(), vectors.matrix.columns());
    let count = count.clamp(1, rows.max(1));
    let wanted = rows.min(count * ROWS_PER_CELL);
    let some: Vec<usize> = (0..wanted).map(|place| place * rows / wanted).collect();
    let values = some.iter().flat_map(|row| vectors.matrix.row(*row)).copied().collect();
    let sample =
        Vectors { ids: some.iter().map(|row| vectors.ids[*row]).collect(), matrix: Matrix::new(channels, values) };
    let points = Points::new(&sample, metric, cancelled)?;
    let mut order: Vec<usize> = (0..wanted).collect();
    fastrand::Rng::with_seed(0).shuffle(&mut order);
    let seeds = order[..count].iter().flat_map(|row| points.row(*row)).collect();
    let mut found = points.settle(seeds, SWEEPS, 0.0, cancelled)?;
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
    let channels = vectors.matrix.columns();
    let points = Points::new(vectors, metric, cancelled)?;
    let mut inside = centres.to_vec();
    for centre in inside.chunks_exact_mut(channels) {
        if points.is_spherical {
            to_unit(centre);
        } else {
            centre.iter_mut().zip(&points.mean).for_each(|(value, mean)| *value -= mean);
        }
    }
    let cells = inside.len() / channels;
    let best_of = |distances: &[f32]| {
        let mut best: Vec<(f32, u32)> = Vec::with_capacity(wanted + 1);
        for (cell, distance) in (0..).zip(distances) {
            if best.len() == wanted && best.last().is_some_and(|worst| *distance >= worst.0) {
                continue;
            }
            let place = best.partition_point(|known| known.0 <= *distance);
            best.insert(place, (*distance, cell));
            best.truncate(wanted);
        }
        best.into_iter().map(|(_, cell)| cell)
    };
    let of_block = |distances: &[f32]| distances.chunks_exact(cells).flat_map(best_of).collect::<Vec<u32>>();
    Some(points.of_blocks(&inside, of_block, cancelled)?.concat())
}
