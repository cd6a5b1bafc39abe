//! Components from the square of the shorter side.

use faer::linalg::matmul::matmul;
use faer::linalg::matmul::triangular::{self, BlockStructure};
use faer::{Accum, Mat, MatRef, Par};
use tiramisu_kernels::half_product::HalfProduct;

use super::block::{self, Blocks};
use super::decompose::decompose;
use super::{Component, Spectrum, subspace};
use crate::analysis::Cancelled;
use crate::analysis::reach::power_of;
use crate::domain::Matrix;

/// Rows whose mean stands in for that of all while the squares are summed.
const GUESS_ROWS: usize = 512;

/// From `Xᵀ X`, `[channels, channels]`: any number of images, which are read once.
///
/// The rows are summed around a guess of their mean, so that no large numbers cancel when the true one, known in the
/// end, is put right: `Σ (x - m)(x - m)ᵀ = Σ (x - g)(x - g)ᵀ - n (m - g)(m - g)ᵀ`.
pub fn by_channels(matrix: &Matrix, cancelled: Cancelled<'_>) -> Option<Spectrum> {
    let (count, channels) = (matrix.rows() as f64, matrix.columns());
    let power = power_of(matrix);
    let guess = guess(matrix, power);
    let blocks = Blocks::around(matrix, power, guess.clone());
    let mut gram = Mat::<f64>::zeros(channels, channels);
    let mut sums = vec![0.0f64; channels];
    blocks.for_each(
        cancelled,
        |_, rows, (part, product): &mut (Vec<f64>, HalfProduct)| {
            block::sums_of(rows, channels, part);
            product.set(rows, channels);
        },
        |(part, product)| {
            block::add(&mut sums, part);
            // Within a block f32 is enough; over a hundred blocks it would not be.
            for column in 0..channels {
                // Slices: a library's iterators are not inlined in a crate of many pieces.
                let whole = gram.as_mut().col_mut(column).try_as_col_major_mut();
                let whole = whole.expect("a column lies in one piece").as_slice_mut();
                for (sum, product) in whole[column..].iter_mut().zip(product.of_channel(column)) {
                    *sum += f64::from(*product);
                }
            }
        },
    )?;
    let off: Vec<f64> = sums.iter().map(|sum| sum / count).collect();
    for column in 0..channels {
        for row in column..channels {
            gram[(row, column)] -= count * off[row] * off[column];
            gram[(column, row)] = gram[(row, column)];
        }
    }
    let energy = (0..channels).map(|channel| gram[(channel, channel)].max(0.0)).sum();
    let mean = guess.iter().zip(&off).map(|(guess, off)| (f64::from(*guess) + off) as f32).collect();
    let direction = |vector: &[f64]| vector.iter().map(|v| *v as f32).collect();
    let leading = leading_two(&gram, energy, cancelled)?.into_iter();
    let components = leading.map(|(energy, vector)| Component { direction: direction(&vector), energy }).collect();
    Some(Spectrum { power, mean, energy, components })
}

/// From `X Xᵀ`, `[images, images]`: few images with many channels. A direction is then `Xᵀ u / |Xᵀ u|`.
pub fn by_images(matrix: &Matrix, cancelled: Cancelled<'_>) -> Option<Spectrum> {
    let (images, channels) = (matrix.rows(), matrix.columns());
    let (blocks, total) = Blocks::centred(matrix, cancelled)?;
    let mut all = Vec::with_capacity(images * channels);
    let copy = |_, rows: &[f32], copy: &mut Vec<f32>| rows.clone_into(copy);
    blocks.for_each(cancelled, copy, |rows| all.extend_from_slice(rows))?;
    let x = MatRef::from_row_major_slice(&all, images, channels);
    let product = lower_product(x, x.transpose());
    if cancelled() {
        return None;
    }
    let gram = Mat::from_fn(images, images, |row, column| f64::from(product[(row.max(column), row.min(column))]));
    let mut known: Vec<Vec<f64>> = Vec::with_capacity(2);
    let mut components = Vec::with_capacity(2);
    for (_, u) in leading_two(&gram, total, cancelled)? {
        let mut direction = vec![0.0f64; channels];
        for (row, weight) in all.chunks_exact(channels).zip(&u) {
            direction.iter_mut().zip(row).for_each(|(sum, value)| *sum += weight * f64::from(*value));
        }
        // Where the images differ along one line only, the second vector is what rounding left of the products, and would
        // give the line again: what counts is what is new in it, and how much there is along that.
        for other in &known {
            let along: f64 = direction.iter().zip(other).map(|(v, o)| v * o).sum();
            direction.iter_mut().zip(other).for_each(|(v, o)| *v -= along * o);
        }
        let length = direction.iter().map(|v| v * v).sum::<f64>().sqrt();
        if length > 0.0 {
            direction.iter_mut().for_each(|v| *v /= length);
            let narrow: Vec<f32> = direction.iter().map(|v| *v as f32).collect();
            let along = |row: &[f32]| row.iter().zip(&direction).map(|(value, v)| f64::from(*value) * v).sum::<f64>();
            let energy = all.chunks_exact(channels).map(|row| along(row).powi(2)).sum();
            components.push(Component { direction: narrow, energy });
            known.push(direction);
        }
    }
    let (power, mean) = blocks.into_power_and_mean();
    Some(Spectrum { power, mean, energy: total, components })
}

/// The mean of some rows, in reach.
fn guess(matrix: &Matrix, power: f32) -> Vec<f32> {
    let mut sums = vec![0.0f32; matrix.columns()];
    let some = matrix.rows().min(GUESS_ROWS);
    for place in 0..some {
        let row = matrix.row(place * matrix.rows() / some);
        let finite = |value: f32| if value.is_finite() { value * power } else { 0.0 };
        sums.iter_mut().zip(row.iter()).for_each(|(sum, value)| *sum += finite(value));
    }
    sums.into_iter().map(|sum| sum / some as f32).collect()
}

/// The lower half of a product that is symmetric.
fn lower_product(a: MatRef<'_, f32>, b: MatRef<'_, f32>) -> Mat<f32> {
    let mut product = Mat::<f32>::zeros(a.nrows(), b.ncols());
    triangular::matmul(
        product.as_mut(),
        BlockStructure::TriangularLower,
        Accum::Replace,
        a,
        BlockStructure::Rectangular,
        b,
        BlockStructure::Rectangular,
        1.0,
        Par::Seq,
    );
    product
}

/// The two largest eigenvalues of a symmetric matrix and their vectors, largest first.
///
/// By turning a few directions, and where they do not come to rest (what follows the first two is as large as they are)
/// by decomposing the whole: of 512² that takes ten times as long.
fn leading_two(gram: &Mat<f64>, energy: f64, cancelled: Cancelled<'_>) -> Option<Vec<(f64, Vec<f64>)>> {
    let apply = |q: &Mat<f64>| {
        let mut turned = Mat::<f64>::zeros(gram.nrows(), q.ncols());
        matmul(turned.as_mut(), Accum::Replace, gram, q, 1.0, Par::Seq);
        (!cancelled()).then_some(turned)
    };
    let found = subspace::iterate(gram.nrows(), energy, subspace::Patience::SHORT, apply)?;
    Some(if found.is_settled { found.leading } else { decompose(gram, 2) })
}
