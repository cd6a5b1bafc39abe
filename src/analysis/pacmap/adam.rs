//! Steps down a gradient that keep in mind the ones before (Kingma and Ba 2015, arXiv 1412.6980).

use rayon::prelude::*;

const RATE: f64 = 1.0;
const BETA: [f32; 2] = [0.9, 0.999];
const EPSILON: f32 = 1e-7;
/// So few rows are not worth another task.
const BLOCK_ROWS: usize = 4096;

/// Means of each row's gradients and of their squares.
#[derive(Clone, Debug)]
pub(super) struct Adam {
    moments: Vec<[[f32; 2]; 2]>,
}

impl Adam {
    pub(super) fn new(rows: usize) -> Self {
        Self { moments: vec![[[0.0; 2]; 2]; rows] }
    }

    /// Takes step number `step`, counted from 0. The bias of both means is taken out of the rate, not of the means.
    ///
    /// # Shapes
    /// `points`, `gradients`: one a row.
    pub(super) fn descend(&mut self, points: &mut [[f32; 2]], gradients: &[[f32; 2]], step: usize) {
        let bias = |beta: f32| 1.0 - f64::from(beta).powi(step as i32 + 1);
        let rate = (RATE * bias(BETA[1]).sqrt() / bias(BETA[0])) as f32;
        let rows = points.par_iter_mut().zip(gradients).zip(&mut self.moments).with_min_len(BLOCK_ROWS);
        rows.for_each(|((point, gradient), [mean, square])| {
            for axis in 0..2 {
                mean[axis] += (1.0 - BETA[0]) * (gradient[axis] - mean[axis]);
                square[axis] += (1.0 - BETA[1]) * (gradient[axis] * gradient[axis] - square[axis]);
                point[axis] -= rate * mean[axis] / (square[axis].sqrt() + EPSILON);
            }
        });
    }
}
