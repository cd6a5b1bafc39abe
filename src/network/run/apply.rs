//! What operations on planes do to tensors.

use burn::tensor::{
    Tensor,
    module::{adaptive_avg_pool2d, avg_pool2d},
    ops::AvgPoolOptions,
};

use super::super::{Combination, Normalization, PoolKind};

/// # Shapes
/// `inputs`: `[n, c, h, w]`, any axis but the first also 1; returns the longest of each.
pub(super) fn combine(combination: &Combination, inputs: Vec<Tensor<4>>) -> Tensor<4> {
    let weights: &[f32] = if let Combination::Sum(weights) = combination { weights } else { &[] };
    let weigh = |(index, x): (usize, Tensor<4>)| match weights.get(index) {
        Some(weight) if *weight != 1.0 => x.mul_scalar(*weight),
        _ => x,
    };
    inputs
        .into_iter()
        .enumerate()
        .map(weigh)
        .reduce(|a, b| match combination {
            Combination::Sum(_) => a.add(b),
            Combination::Product => a.mul(b),
            Combination::Maximum => larger(a, b),
            Combination::Minimum => larger(a.neg(), b.neg()).neg(),
            Combination::Difference => a.sub(b),
            Combination::Quotient => a.div(b),
        })
        .expect("shapes were checked: every node has an input")
}

/// The larger of two, place by place; one may be shorter where the other broadcasts.
///
/// # Shapes
/// Both `[n, c, h, w]`; returns the same.
fn larger(a: Tensor<4>, b: Tensor<4>) -> Tensor<4> {
    let (of_a, of_b) = (a.dims(), b.dims());
    if of_a == of_b {
        return a.max_pair(b);
    }
    let both: [usize; 4] = std::array::from_fn(|axis| of_a[axis].max(of_b[axis]));
    a.expand(both).max_pair(b.expand(both))
}

/// # Shapes
/// `x`: `[n, c, h, w]`; returns `[n, c, h', w']` for `output` `[h', w']`.
pub(super) fn adaptive_pool(x: Tensor<4>, kind: PoolKind, output: [usize; 2]) -> Tensor<4> {
    match (kind, output) {
        (kind, [1, 1]) => global_pool(x, kind),
        (PoolKind::Average { .. }, output) => adaptive_avg_pool2d(x, output),
        (PoolKind::Maximum, [out_h, out_w]) => {
            // Along one axis and then the other: the largest of the largest.
            let along = |x: Tensor<4>, axis: usize, count: usize| {
                let size = x.dims()[axis];
                let windows = (0..count).map(|window| {
                    let (start, end) = (window * size / count, ((window + 1) * size).div_ceil(count));
                    x.clone().narrow(axis, start, end - start).max_dim(axis)
                });
                Tensor::cat(windows.collect(), axis)
            };
            along(along(x, 2, out_h), 3, out_w)
        }
    }
}

/// # Shapes
/// `x`: `[n, c, h, w]`; returns `[n, c, 1, 1]`.
pub(super) fn global_pool(x: Tensor<4>, kind: PoolKind) -> Tensor<4> {
    let [n, c, h, w] = x.dims();
    let rows = x.reshape([n * c, h * w]);
    let pooled = match kind {
        PoolKind::Maximum => rows.max_dim(1),
        PoolKind::Average { .. } => rows.mean_dim(1),
    };
    pooled.reshape([n, c, 1, 1])
}

/// See [`Normalization`].
///
/// # Shapes
/// `x`: `[n, c, h, w]`; returns the same.
pub(super) fn normalize(x: Tensor<4>, normalization: &Normalization) -> Tensor<4> {
    let Normalization { size, alpha, beta, k, within_channel } = *normalization;
    let [n, c, h, w] = x.dims();
    let squares = x.clone().square();
    let mean = if within_channel {
        neighbours(squares, [size, size])
    } else if size > 2 * c {
        // Every channel sees all the others: one sum serves them all.
        squares.sum_dim(1).div_scalar(size as f32)
    } else {
        // The channels become the rows of a plane whose columns are the places, and are pooled along it.
        neighbours(squares.reshape([n, 1, c, h * w]), [size, 1]).reshape([n, c, h, w])
    };
    let divisor = mean.mul_scalar(alpha).add_scalar(k);
    // Square roots are exact and much faster than general powers; 3/4 is what nearly every network uses.
    let divisor = match beta {
        1.0 => divisor,
        0.5 => divisor.sqrt(),
        0.75 => {
            let root = divisor.sqrt();
            root.clone().mul(root.sqrt())
        }
        beta => divisor.powf_scalar(beta),
    };
    x.div(divisor)
}

/// The mean over a window around every place, zeros outside counted.
///
/// # Shapes
/// `x`: `[n, c, h, w]`; returns the same.
fn neighbours(x: Tensor<4>, kernel: [usize; 2]) -> Tensor<4> {
    let options = AvgPoolOptions::new(kernel)
        .with_stride([1, 1])
        .with_padding(kernel.map(|k| k / 2))
        .with_count_include_pad(true);
    avg_pool2d(x, options)
}
