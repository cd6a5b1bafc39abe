//! The leading eigenvectors of a symmetric matrix that need not be known but by what it makes of vectors: a few
//! directions, turned towards its largest until they rest (subspace iteration with Rayleigh-Ritz; Halko, Martinsson and
//! Tropp 2011).

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatRef, Par};

use super::block::Blocks;
use super::{Spectrum, gram};
use crate::analysis::Cancelled;
use crate::analysis::pca::Component;
use crate::domain::Matrix;

/// Directions that are followed; the more there are beyond two, the faster the first two settle.
const WIDTH: usize = 24;

/// When to stop.
#[derive(Clone, Copy)]
pub struct Patience {
    /// Most sweeps.
    sweeps: usize,
    /// Settled when what is left of `A v - λ v` is shorter than this share of all eigenvalues' sum.
    residual: f64,
}

impl Patience {
    /// For a matrix in double precision that can also be decomposed.
    pub const SHORT: Self = Self { sweeps: 40, residual: 1e-9 };
    /// For products in single precision, each of which reads all rows.
    const LONG: Self = Self { sweeps: 60, residual: 1e-6 };
}

/// What iteration came to.
pub struct Found {
    /// The two largest eigenvalues and their vectors, largest first; fewer if the matrix is smaller.
    pub leading: Vec<(f64, Vec<f64>)>,
    /// Whether they came to rest.
    pub is_settled: bool,
}

/// From `Xᵀ X Q`, block by block, where both sides of `X` are long.
pub fn by_products(matrix: &Matrix, cancelled: Cancelled<'_>) -> Option<Spectrum> {
    let (blocks, energy) = Blocks::centred(matrix, cancelled)?;
    let found = iterate(matrix.columns(), energy, Patience::LONG, |q| apply(&blocks, q, cancelled))?;
    let direction = |vector: &[f64]| vector.iter().map(|v| *v as f32).collect();
    let leading = found.leading.into_iter();
    let components = leading.map(|(energy, vector)| Component { direction: direction(&vector), energy }).collect();
    Some(Spectrum { mean: blocks.into_mean(), energy, components })
}

/// Repeats `Q ← orth(A Q)` from a fixed start. `None` when `apply` gives none.
///
/// # Shapes
/// - `apply`: from `Q`, `[side, WIDTH]`, to `A Q`
pub fn iterate(
    side: usize,
    energy: f64,
    patience: Patience,
    apply: impl Fn(&Mat<f64>) -> Option<Mat<f64>>,
) -> Option<Found> {
    let mut random = fastrand::Rng::with_seed(7);
    let mut q = orthonormal(Mat::from_fn(side, WIDTH.min(side), |_, _| random.f64() - 0.5));
    let mut sweep = 0;
    loop {
        sweep += 1;
        let turned = apply(&q)?;
        // Rayleigh-Ritz: the best two directions within the subspace, and how much lies along them.
        let mut small = Mat::<f64>::zeros(q.ncols(), q.ncols());
        matmul(small.as_mut(), Accum::Replace, q.transpose(), &turned, 1.0, Par::Seq);
        let leading: Vec<(f64, Vec<f64>, Vec<f64>)> = gram::decompose(&small)
            .into_iter()
            .map(|(value, mix)| (value, combined(&q, &mix), combined(&turned, &mix)))
            .collect();
        let left = |(value, vector, turned): &(f64, Vec<f64>, Vec<f64>)| {
            vector.iter().zip(turned).map(|(v, turned)| (turned - value * v).powi(2)).sum::<f64>().sqrt()
        };
        let is_settled = leading.iter().all(|found| left(found) <= patience.residual * energy);
        if is_settled || sweep == patience.sweeps {
            let leading = leading.into_iter().map(|(value, vector, _)| (value, vector)).collect();
            return Some(Found { leading, is_settled });
        }
        q = orthonormal(turned);
    }
}

/// `Xᵀ X Q`, block by block.
fn apply(blocks: &Blocks<'_>, q: &Mat<f64>, cancelled: Cancelled<'_>) -> Option<Mat<f64>> {
    let [_, channels] = blocks.shape();
    let narrow = Mat::from_fn(channels, q.ncols(), |row, column| q[(row, column)] as f32);
    let mut sum = Mat::<f64>::zeros(channels, q.ncols());
    let turn = |_, rows: &[f32]| {
        let x = MatRef::from_row_major_slice(rows, rows.len() / channels, channels);
        let mut scores = Mat::<f32>::zeros(x.nrows(), q.ncols());
        matmul(scores.as_mut(), Accum::Replace, x, &narrow, 1.0, Par::Seq);
        let mut product = Mat::<f32>::zeros(channels, q.ncols());
        matmul(product.as_mut(), Accum::Replace, x.transpose(), &scores, 1.0, Par::Seq);
        product
    };
    blocks.for_each(cancelled, turn, |product| {
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

/// The sum of columns, each times its weight.
fn combined(columns: &Mat<f64>, weights: &[f64]) -> Vec<f64> {
    let of_row = |row| weights.iter().enumerate().map(|(column, weight)| columns[(row, column)] * weight).sum();
    (0..columns.nrows()).map(of_row).collect()
}
