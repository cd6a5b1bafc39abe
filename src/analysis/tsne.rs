//! t-SNE (van der Maaten and Hinton 2008) by the crate `bhtsne`: gradients by interpolation (Linderman et al. 2019).

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use bhtsne::{Neighbor, tSNE};

use super::{Cancelled, KnnGraph};

/// Epochs of a layout.
const EPOCHS: usize = 750;
/// Standard deviation of the longer axis at the start.
const START_DEVIATION: f32 = 1e-4;
/// Rows a layout needs at least.
const LEAST_ROWS: usize = 8;

/// What unwinds out of the crate when nobody wants the layout any more: it has no other way to stop.
struct Stopped;

/// Lays the rows of `graph` out; `None` when cancelled. `start` is where they are at the start (of principal components,
/// usually); only its shape counts. A third of the graph's neighbours is the perplexity. After every epoch `watch` gets
/// the share that is done and the points.
///
/// Fewer than eight rows stay where they are.
///
/// # Shapes
/// `start`: one point a row; returns the same.
///
/// # Panics
/// When there is not one point a row.
pub fn lay_out(
    graph: &KnnGraph,
    start: &[[f32; 2]],
    mut watch: impl FnMut(f32, &[[f32; 2]]),
    cancelled: Cancelled<'_>,
) -> Option<Vec<[f32; 2]>> {
    let rows = start.len();
    assert!(graph.rows() == rows || graph.rows() == 0, "one point a row");
    if graph.rows() < LEAST_ROWS || graph.k() < 3 {
        return (!cancelled()).then(|| start.to_vec());
    }
    let neighbours: Vec<Vec<Neighbor<f32>>> = (0..rows)
        .map(|row| {
            let known = graph.neighbours(row).iter().zip(graph.distances(row));
            known.map(|(index, distance)| Neighbor { index: *index as usize, distance: *distance }).collect()
        })
        .collect();
    let data = vec![(); rows];
    let lay_out = || {
        let mut layout = tSNE::<f32, ()>::new(&data);
        layout.perplexity((graph.k() as f32 / 3.0).floor()).epochs(EPOCHS).initial_embedding(small(start));
        layout.learning_rate((rows as f32 / 12.0).max(50.0) * 4.0);
        layout.epoch_callback(|epoch, points| {
            if cancelled() {
                resume_unwind(Box::new(Stopped));
            }
            watch((epoch + 1) as f32 / EPOCHS as f32, &pairs(points));
        });
        layout.fit_sne_with_neighbors(&neighbours);
        pairs(&layout.embedding())
    };
    match catch_unwind(AssertUnwindSafe(lay_out)) {
        Ok(points) => (!cancelled()).then_some(points),
        Err(payload) if payload.is::<Stopped>() => None,
        Err(payload) => resume_unwind(payload),
    }
}

/// Around the origin, so small that points move freely.
fn small(start: &[[f32; 2]]) -> Vec<f32> {
    let finite = |value: f32| if value.is_finite() { f64::from(value) } else { 0.0 };
    let count = start.len().max(1) as f64;
    let means = [0, 1].map(|axis| start.iter().map(|point| finite(point[axis])).sum::<f64>() / count);
    let variance = |axis: usize| start.iter().map(|p| (finite(p[axis]) - means[axis]).powi(2)).sum::<f64>() / count;
    let deviation = variance(0).max(variance(1)).sqrt();
    let scale = if deviation > 0.0 { f64::from(START_DEVIATION) / deviation } else { 0.0 };
    // Points in one place would never part.
    let nudge = |place: usize| ((place * 7919 % 1000) as f64 / 1000.0 - 0.5) * f64::from(START_DEVIATION) * 1e-3;
    let places = start.iter().flat_map(|point| [0, 1].map(|axis| (finite(point[axis]) - means[axis]) * scale));
    places.enumerate().map(|(place, value)| (value + nudge(place)) as f32).collect()
}

fn pairs(points: &[f32]) -> Vec<[f32; 2]> {
    points.as_chunks::<2>().0.to_vec()
}
