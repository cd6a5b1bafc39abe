//! Components from the square of the shorter side, decomposed exactly.

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatRef, Par, Side};

use super::Component;
use super::block::Blocks;
use crate::analysis::Cancelled;

/// From `Xᵀ X`, `[channels, channels]`: any number of images.
pub fn by_channels(blocks: &Blocks<'_>, cancelled: Cancelled<'_>) -> Option<Vec<Component>> {
    let [_, channels] = blocks.shape();
    let mut gram = Mat::<f64>::zeros(channels, channels);
    let mut product = Mat::<f32>::zeros(channels, channels);
    blocks.for_each(cancelled, |_, block| {
        let x = MatRef::from_row_major_slice(block, block.len() / channels, channels);
        matmul(product.as_mut(), Accum::Replace, x.transpose(), x, 1.0, Par::rayon(0));
        // Within a block f32 is enough; over a hundred blocks it would not be.
        for column in 0..channels {
            for row in column..channels {
                gram[(row, column)] += f64::from(product[(row, column)]);
            }
        }
    })?;
    if cancelled() {
        return None;
    }
    let leading = leading_two(&gram);
    Some(
        leading
            .into_iter()
            .map(|(energy, vector)| Component { direction: vector.iter().map(|v| *v as f32).collect(), energy })
            .collect(),
    )
}

/// From `X Xᵀ`, `[images, images]`: few images with many channels. A direction is then `Xᵀ u / |Xᵀ u|`.
pub fn by_images(blocks: &Blocks<'_>, cancelled: Cancelled<'_>) -> Option<Vec<Component>> {
    let [images, channels] = blocks.shape();
    let mut all = vec![0.0f32; images * channels];
    blocks.for_each(cancelled, |first_row, block| {
        all[first_row * channels..][..block.len()].copy_from_slice(block);
    })?;
    let x = MatRef::from_row_major_slice(&all, images, channels);
    let mut product = Mat::<f32>::zeros(images, images);
    matmul(product.as_mut(), Accum::Replace, x, x.transpose(), 1.0, Par::rayon(0));
    if cancelled() {
        return None;
    }
    let gram = Mat::from_fn(images, images, |row, column| f64::from(product[(row, column)]));
    let mut components = Vec::with_capacity(2);
    for (energy, u) in leading_two(&gram) {
        let mut direction = vec![0.0f64; channels];
        for (row, weight) in all.chunks_exact(channels).zip(&u) {
            direction.iter_mut().zip(row).for_each(|(sum, value)| *sum += weight * f64::from(*value));
        }
        let length = direction.iter().map(|v| v * v).sum::<f64>().sqrt();
        if length > 0.0 {
            components.push(Component { direction: direction.iter().map(|v| (v / length) as f32).collect(), energy });
        }
    }
    Some(components)
}

/// The two largest eigenvalues of a symmetric matrix (its lower half is read) and their vectors, largest first.
pub fn leading_two(gram: &Mat<f64>) -> Vec<(f64, Vec<f64>)> {
    let Ok(eigen) = gram.self_adjoint_eigen(Side::Lower) else {
        // It fails on numbers that are not finite, which the blocks have sorted out.
        return Vec::new();
    };
    let side = gram.nrows();
    (0..side.min(2))
        .map(|from_end| {
            let column = side - 1 - from_end;
            (eigen.S()[column], (0..side).map(|row| eigen.U()[(row, column)]).collect())
        })
        .collect()
}
