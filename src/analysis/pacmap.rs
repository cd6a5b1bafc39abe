//! PaCMAP (Wang, Huang, Rudin and Shaposhnik 2021, arXiv 2012.04456), as its reference `pacmap` does it: near pairs are
//! drawn together, further ones apart, and mid-near ones give the whole its shape before neighbours settle.

mod adam;
mod pairs;

use rayon::prelude::*;

use adam::Adam;
pub use pairs::{Counts, candidates};
use pairs::{Pairs, Partners};

use super::{Cancelled, KnnGraph, start};
use crate::domain::{Metric, Vectors};

/// Iterations of the three phases: the whole takes shape, its parts do, neighbours settle.
const PHASES: [usize; 3] = [100, 100, 250];
const ITERATIONS: usize = PHASES[0] + PHASES[1] + PHASES[2];
/// What mid-near pairs weigh at the start, and from the end of the first phase on.
const MID_NEAR_FIRST: f32 = 1000.0;
const MID_NEAR_LATER: f32 = 3.0;
/// Standard deviation of the longer axis at the start: a hundredth of one, as that of pixels between 0 and 1 nearly is.
const START_DEVIATION: f64 = 0.01;
/// Rows of which one task finds the gradients between two questions whether to go on.
const BLOCK_ROWS: usize = 1024;

/// A layout that is being made. The same seed, the same layout, on any number of threads.
///
/// Takes about 300 bytes a row while it is made: 35 pairs, known to both ends.
#[derive(Clone, Debug)]
pub struct Pacmap {
    points: Vec<[f32; 2]>,
    pairs: Pairs,
    adam: Adam,
    gradients: Vec<[f32; 2]>,
    done: usize,
}

impl Pacmap {
    /// Gets ready; `None` when cancelled. `graph` holds at least [`candidates`] neighbours of each row by `metric` (fewer
    /// do, a little worse). `start` gives each row its place at the start (of principal components, usually); only its
    /// shape counts, since it is scaled.
    ///
    /// Rows fewer than four stay where they are.
    ///
    /// # Shapes
    /// `start`: one point a row of `vectors` and `graph`; of an empty graph any number.
    ///
    /// # Panics
    /// When there is not one point a row.
    pub fn new(
        vectors: &Vectors,
        metric: Metric,
        graph: &KnnGraph,
        start: &[[f32; 2]],
        seed: u64,
        cancelled: Cancelled<'_>,
    ) -> Option<Self> {
        let rows = start.len();
        assert!(graph.rows() == rows || graph.rows() == 0, "one point a row");
        assert_eq!(vectors.matrix.rows(), rows, "one point a row");
        let is_laid_out = graph.rows() > 0 && Counts::of(rows).near > 0;
        let pairs = if is_laid_out { Pairs::new(vectors, metric, graph, seed, cancelled)? } else { Pairs::default() };
        let done = if is_laid_out { 0 } else { ITERATIONS };
        let points = match is_laid_out {
            true => {
                let small = start::small(start, START_DEVIATION).into_iter();
                small.map(|point| point.map(|at| at as f32)).collect()
            }
            false => start.to_vec(),
        };
        Some(Self { points, pairs, adam: Adam::new(rows), gradients: vec![[0.0; 2]; rows], done })
    }

    /// Goes on for up to so many iterations, and returns whether there are more to go. Stops early when cancelled.
    pub fn step(&mut self, iterations: usize, cancelled: Cancelled<'_>) -> bool {
        for _ in 0..iterations {
            if self.done >= ITERATIONS || !self.find_gradients(cancelled) {
                break;
            }
            self.adam.descend(&mut self.points, &self.gradients, self.done);
            self.done += 1;
        }
        self.done < ITERATIONS
    }

    /// Where the rows are now.
    pub fn points(&self) -> &[[f32; 2]] {
        &self.points
    }

    /// The share of iterations that are done, in `0..=1`.
    pub fn share_done(&self) -> f32 {
        self.done as f32 / ITERATIONS as f32
    }

    /// Each row gathers what its pairs say, so that the order of sums is the same on any number of threads. Returns
    /// whether all did.
    fn find_gradients(&mut self, cancelled: Cancelled<'_>) -> bool {
        let weights = Weights::at(self.done);
        let (points, pairs) = (&self.points, &self.pairs);
        let finished = self.gradients.par_chunks_mut(BLOCK_ROWS).enumerate().try_for_each(|(block, gradients)| {
            if cancelled() {
                return Err(());
            }
            for (row, gradient) in (block * BLOCK_ROWS..).zip(gradients) {
                *gradient = gradient_of(points, pairs, row, weights);
            }
            Ok(())
        });
        finished.is_ok()
    }
}

/// What each kind of pair weighs.
#[derive(Clone, Copy, Debug)]
struct Weights {
    near: f32,
    mid_near: f32,
    further: f32,
}

impl Weights {
    fn at(iteration: usize) -> Self {
        if iteration < PHASES[0] {
            let share = iteration as f32 / PHASES[0] as f32;
            let mid_near = (1.0 - share) * MID_NEAR_FIRST + share * MID_NEAR_LATER;
            Self { near: 2.0, mid_near, further: 1.0 }
        } else if iteration < PHASES[0] + PHASES[1] {
            Self { near: 3.0, mid_near: MID_NEAR_LATER, further: 1.0 }
        } else {
            Self { near: 1.0, mid_near: 0.0, further: 1.0 }
        }
    }
}

/// The gradient of the loss by one point: near pairs cost `d / (10 + d)`, mid-near ones `d / (10000 + d)`, further ones
/// `1 / (1 + d)`, where `d` is the squared distance on the plane plus one.
fn gradient_of(points: &[[f32; 2]], pairs: &Pairs, row: usize, weights: Weights) -> [f32; 2] {
    let from = points[row];
    let mut gradient = [0.0f32; 2];
    let mut add = |partners: &Partners, weight: f32, offset: f32| {
        for other in partners.of(row) {
            let to = points[*other as usize];
            let apart = [from[0] - to[0], from[1] - to[1]];
            let d = 1.0 + apart[0] * apart[0] + apart[1] * apart[1];
            let slope = weight * 2.0 * offset.abs() / (offset.abs() + d).powi(2) * offset.signum();
            gradient[0] += slope * apart[0];
            gradient[1] += slope * apart[1];
        }
    };
    add(&pairs.near, weights.near, 10.0);
    if weights.mid_near > 0.0 {
        add(&pairs.mid_near, weights.mid_near, 10_000.0);
    }
    // Apart, hence the other way.
    add(&pairs.further, weights.further, -1.0);
    gradient
}
