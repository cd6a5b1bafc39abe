//! New rows among those of a finished layout, which stay where they are (umap-learn's `transform`).

use rayon::prelude::*;

use super::super::{Cancelled, KnnGraph};
use super::fuzzy::bandwidths_among_others;
use super::{Curve, LONGEST, NEGATIVES, Options, squared_distance};

/// Epochs of up to so many new rows, and of more.
const FEW_ROWS: usize = 10_000;
const EPOCHS: [usize; 2] = [100, 30];
/// The rate at the start, a quarter of that of a whole layout.
const RATE: f32 = 0.25;

/// Places new rows among those of a finished layout: each starts at the mean of its neighbours' places, weighted by how
/// much it belongs to them, and goes through the epochs of a layout while the old points stand still. `None` when
/// cancelled.
///
/// New rows do not know of each other, and each has chance of its own by its `keys` (and `options.seed`): where one gets
/// does not depend on which are placed with it. A row without neighbours gets to the origin.
///
/// # Shapes
/// `graph`: neighbours of each new row among the old ones (umap-learn takes 15); `points`: one an old row; `keys`: one a
/// new row; returns one a new row.
///
/// # Panics
/// When a neighbour has no point, or there is not one key a row.
pub fn transform(
    graph: &KnnGraph,
    points: &[[f32; 2]],
    keys: &[u64],
    options: Options,
    cancelled: Cancelled<'_>,
) -> Option<Vec<[f32; 2]>> {
    assert!(graph.rows() == keys.len() || graph.rows() == 0, "one key a row");
    if graph.rows() == 0 {
        return Some(vec![[0.0; 2]; keys.len()]);
    }
    let curve = Curve::fit(options.min_dist, options.spread);
    let epochs = options.epochs.unwrap_or(EPOCHS[usize::from(keys.len() > FEW_ROWS)]);
    let widths = bandwidths_among_others(graph);
    let of_row = |row: usize| {
        if cancelled() {
            return None;
        }
        let known = graph.neighbours(row).iter().zip(graph.distances(row));
        let pulls: Vec<([f32; 2], f32)> =
            known.map(|(other, d)| (points[*other as usize], widths[row].membership(*d))).collect();
        let mut chance = fastrand::Rng::with_seed(options.seed ^ keys[row].wrapping_mul(0x9e37_79b9_7f4a_7c15));
        Some(settle(mean(&pulls), &pulls, points, curve, epochs, &mut chance))
    };
    (0..graph.rows()).into_par_iter().map(of_row).collect()
}

/// The weighted mean; where something is in the very place, there.
fn mean(pulls: &[([f32; 2], f32)]) -> [f32; 2] {
    if let Some((twin, _)) = pulls.iter().find(|(_, weight)| *weight >= 1.0) {
        return *twin;
    }
    let sum: f64 = pulls.iter().map(|(_, weight)| f64::from(*weight)).sum();
    if sum.is_nan() || sum <= 0.0 {
        return [0.0; 2];
    }
    [0, 1].map(|axis| {
        let weighted = pulls.iter().map(|(place, weight)| f64::from(*weight) * f64::from(place[axis]));
        (weighted.sum::<f64>() / sum) as f32
    })
}

/// The epochs of one row.
fn settle(
    mut point: [f32; 2],
    pulls: &[([f32; 2], f32)],
    points: &[[f32; 2]],
    curve: Curve,
    epochs: usize,
    chance: &mut fastrand::Rng,
) -> [f32; 2] {
    let heaviest = pulls.iter().map(|(_, weight)| *weight).fold(0.0, f32::max);
    // Places, epochs between two pulls, and when the next pull and the next push are due.
    let mut due: Vec<([f32; 2], f32, f32, f32)> = pulls
        .iter()
        .filter(|(_, weight)| *weight > 0.0 && *weight >= heaviest / epochs.max(1) as f32)
        .map(|(place, weight)| {
            let every = heaviest / weight;
            (*place, every, every, every / NEGATIVES)
        })
        .collect();
    for epoch in 0..epochs {
        let now = epoch as f32;
        let rate = RATE * (1.0 - now / epochs as f32);
        let moved = |point: [f32; 2], other: [f32; 2], force: f32| {
            [0, 1].map(|axis| point[axis] + (force * (point[axis] - other[axis])).clamp(-LONGEST, LONGEST) * rate)
        };
        for (place, every, next, next_negative) in &mut due {
            if *next > now {
                continue;
            }
            point = moved(point, *place, curve.attraction(squared_distance(point, *place)));
            *next += *every;
            let every_negative = *every / NEGATIVES;
            let negatives = ((now - *next_negative) / every_negative) as usize;
            for _ in 0..negatives {
                let stranger = points[chance.usize(..points.len())];
                point = moved(point, stranger, curve.repulsion(squared_distance(point, stranger)));
            }
            *next_negative += negatives as f32 * every_negative;
        }
    }
    point
}
