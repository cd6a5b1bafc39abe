//! t-SNE (van der Maaten and Hinton 2008) by the crate `bhtsne`: gradients by a tree (van der Maaten 2014)
//! or, of many rows, by interpolation (Linderman et al. 2019).

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use bhtsne::{Neighbor, tSNE};

use super::reach::power_for;
use super::{Cancelled, KnnGraph, start};

/// Epochs in which neighbours attract each other twelve times as much, so that groups form, and those after them.
const EPOCHS: [usize; 2] = [250, 500];
/// How much more they attract each other at first.
const EXAGGERATION: f64 = 12.0;
/// The share of a step that goes on in the next; Barnes-Hut t-SNE began with .5, which takes more epochs.
const MOMENTUM: f64 = 0.8;
/// Of fewer rows a tree of the plane gives the forces sooner than interpolation on a grid.
const INTERPOLATED_ROWS: usize = 10_000;
/// Cells of the tree that look smaller than this count as one point.
const OPENING_ANGLE: f64 = 0.5;
/// Standard deviation of the longer axis at the start.
const START_DEVIATION: f64 = 1e-4;
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
    // In single precision the interpolated sums of forces of 20,000 points are too coarse: groups are torn apart.
    let neighbours: Vec<Vec<Neighbor<f64>>> = (0..rows)
        .map(|row| {
            // What a row's neighbours weigh depends on how their distances compare alone, and is looked for around 1. What is
            // infinitely far is a thousand times as far as all else.
            let known = graph.neighbours(row).iter().zip(graph.distances(row));
            let finite = graph.distances(row).iter().copied().filter(|far| far.is_finite());
            let farthest = f64::from(finite.fold(0.0f32, f32::max));
            let power = power_for(farthest);
            let infinite = if farthest > 0.0 { farthest * 1e3 } else { 1.0 };
            let scaled = |(index, far): (&u32, &f32)| Neighbor {
                index: *index as usize,
                distance: if far.is_finite() { f64::from(*far) } else { infinite } * power,
            };
            known.map(scaled).collect()
        })
        .collect();
    let fit = |layout: &mut tSNE<'_, f64, ()>| {
        match rows < INTERPOLATED_ROWS {
            true => layout.barnes_hut_with_neighbors(OPENING_ANGLE, &neighbours),
            false => layout.fit_sne_with_neighbors(&neighbours),
        };
    };
    let data = vec![(); rows];
    let mut done = 0;
    let lay_out = || {
        let mut layout = tSNE::<f64, ()>::new(&data);
        layout.perplexity((graph.k() as f64 / 3.0).floor()).momentum(MOMENTUM).final_momentum(MOMENTUM);
        layout
            .early_exaggeration(EXAGGERATION)
            .initial_embedding(start::small(start, START_DEVIATION).into_flattened());
        layout.epoch_callback(|_, points| {
            if cancelled() {
                resume_unwind(Box::new(Stopped));
            }
            done += 1;
            watch(done as f32 / EPOCHS.iter().sum::<usize>() as f32, &pairs(points));
        });
        // The number of rows over the exaggeration is a rate at which steps neither diverge nor crawl (Linderman and
        // Steinerberger 2019).
        layout.epochs(EPOCHS[0]).stop_lying_epoch(EPOCHS[0]).learning_rate(rows as f64 / EXAGGERATION);
        fit(&mut layout);
        let points = layout.embedding();
        layout.epochs(EPOCHS[1]).stop_lying_epoch(0).learning_rate(rows as f64).initial_embedding(points);
        fit(&mut layout);
        pairs(&layout.embedding())
    };
    match catch_unwind(AssertUnwindSafe(lay_out)) {
        Ok(points) => (!cancelled()).then_some(points),
        Err(payload) if payload.is::<Stopped>() => None,
        Err(payload) => resume_unwind(payload),
    }
}

fn pairs(points: &[f64]) -> Vec<[f32; 2]> {
    points.as_chunks::<2>().0.iter().map(|point| point.map(|value| value as f32)).collect()
}
