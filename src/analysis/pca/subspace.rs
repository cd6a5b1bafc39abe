//! The leading components when both sides are long: a few directions, turned towards the data until they rest.

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatRef, Par};

use super::Component;
use super::block::Blocks;
use super::gram::leading_two;
use crate::analysis::Cancelled;

/// Directions that are followed; the more there are beyond two, the faster the first two settle.
const WIDTH: usize = 24;
const MAX_SWEEPS: usize = 60;
/// Settled when the energy of the first two changes by less than this share in a sweep.
const SETTLED: f64 = 1e-9;

/// Repeats `Q ← orth(Xᵀ X Q)`, two passes over the rows in one, from a fixed start.
///
/// # Shapes
/// - `Q`: `[channels, WIDTH]`
pub fn iterate(blocks: &Blocks<'_>, cancelled: Cancelled<'_>) -> Option<Vec<Component>> {
    let [images, channels] = blocks.shape();
    let width = WIDTH.min(channels).min(images);
    let mut random = fastrand::Rng::with_seed(7);
    let mut q = orthonormal(Mat::from_fn(channels, width, |_, _| random.f64() - 0.5));
    let mut last = [0.0f64; 2];
    for _ in 0..MAX_SWEEPS {
        let turned = apply(blocks, &q, cancelled)?;
        // Rayleigh-Ritz: the best two directions within the subspace, and how much lies along them.
        let mut small = Mat::<f64>::zeros(width, width);
        matmul(small.as_mut(), Accum::Replace, q.transpose(), &turned, 1.0, Par::Seq);
        let leading = leading_two(&small);
        let energies = [0, 1].map(|axis| leading.get(axis).map_or(0.0, |(energy, _)| *energy));
        let settled = (0..2).all(|axis| (energies[axis] - last[axis]).abs() <= SETTLED * blocks.total_energy);
        if settled {
            return Some(leading.iter().map(|(energy, mix)| component(&q, mix, *energy)).collect());
        }
        last = energies;
        q = orthonormal(turned);
    }
    let turned = apply(blocks, &q, cancelled)?;
    let mut small = Mat::<f64>::zeros(width, width);
    matmul(small.as_mut(), Accum::Replace, q.transpose(), &turned, 1.0, Par::Seq);
    Some(leading_two(&small).iter().map(|(energy, mix)| component(&q, mix, *energy)).collect())
}

/// `Xᵀ X Q`, block by block.
fn apply(blocks: &Blocks<'_>, q: &Mat<f64>, cancelled: Cancelled<'_>) -> Option<Mat<f64>> {
    let [_, channels] = blocks.shape();
    let narrow = Mat::from_fn(channels, q.ncols(), |row, column| q[(row, column)] as f32);
    let mut sum = Mat::<f64>::zeros(channels, q.ncols());
    let mut product = Mat::<f32>::zeros(channels, q.ncols());
    blocks.for_each(cancelled, |_, block| {
        let x = MatRef::from_row_major_slice(block, block.len() / channels, channels);
        let mut scores = Mat::<f32>::zeros(x.nrows(), q.ncols());
        matmul(scores.as_mut(), Accum::Replace, x, &narrow, 1.0, Par::rayon(0));
        matmul(product.as_mut(), Accum::Replace, x.transpose(), &scores, 1.0, Par::rayon(0));
        for column in 0..q.ncols() {
            for row in 0..channels {
                sum[(row, column)] += f64::from(product[(row, column)]);
            }
        }
    })?;
    Some(sum)
}

fn orthonormal(columns: Mat<f64>) -> Mat<f64> {
    columns.qr().compute_thin_Q()
}

fn component(q: &Mat<f64>, mix: &[f64], energy: f64) -> Component {
    let direction = (0..q.nrows())
        .map(|row| mix.iter().enumerate().map(|(column, weight)| q[(row, column)] * weight).sum::<f64>() as f32)
        .collect();
    Component { direction, energy }
}
