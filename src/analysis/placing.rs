//! New rows on a finished map, whose points stay where they are.

use super::KnnGraph;
use super::umap::bandwidths;

/// Places each new row at the median of its neighbours' places, axis by axis, weighted by how much it belongs to them. A
/// row whose neighbours lie in two groups gets a place in the one with more of them: the mean would lie between the two.
/// openTSNE begins so, too.
///
/// # Shapes
/// `graph`: neighbours of each new row among the old ones; `points`: one an old row; returns one a new row.
///
/// # Panics
/// When a neighbour has no point.
pub fn at_medians(graph: &KnnGraph, points: &[[f32; 2]]) -> Vec<[f32; 2]> {
    let widths = bandwidths(graph);
    (0..graph.rows())
        .map(|row| {
            let near = graph.neighbours(row).iter().zip(graph.distances(row));
            let near: Vec<([f32; 2], f32)> =
                near.map(|(other, distance)| (points[*other as usize], widths[row].membership(*distance))).collect();
            [0, 1].map(|axis| median(near.iter().map(|(point, weight)| (point[axis], *weight)).collect()))
        })
        .collect()
}

/// The value up to which half of the weight lies; 0 of none.
fn median(mut values: Vec<(f32, f32)>) -> f32 {
    values.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = values.iter().map(|(_, weight)| f64::from(*weight)).sum::<f64>() / 2.0;
    let mut sum = 0.0;
    let reaches_half = |(_, weight): &&(f32, f32)| {
        sum += f64::from(*weight);
        sum >= half
    };
    values.iter().find(reaches_half).map_or(0.0, |(value, _)| *value)
}
