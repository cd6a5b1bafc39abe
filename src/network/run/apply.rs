//! Operations on tensors.

use burn::tensor::{
    Tensor, activation,
    module::{adaptive_avg_pool2d, avg_pool2d, conv2d, max_pool2d},
    ops::AvgPoolOptions,
};

use super::{
    super::{Combination, Normalization, PoolKind},
    activate::activate,
    host_normalization, host_pool,
    prepared::Prepared,
    product::multiply,
};

impl Prepared {
    /// # Shapes
    /// `inputs`: as kept, mostly `[n, c, h, w]`; returns the same with the node's dimensions.
    pub fn apply(&self, inputs: Vec<Tensor<4>>) -> Tensor<4> {
        match self {
            Self::Concat(axis) => return Tensor::cat(inputs, *axis),
            Self::Combine(combination) => return combine(combination, inputs),
            Self::General(general) => return general.apply(inputs),
            _ => {}
        }
        let x = inputs.into_iter().next().expect("shapes were checked: every node has an input");
        match self {
            Self::Convolution { weight, bias, options, rectify } => {
                let y = conv2d(x, weight.clone(), bias.clone(), options.clone());
                if *rectify { activation::relu(y) } else { y }
            }
            Self::HostConvolution(convolution) => convolution.apply(x),
            Self::Linear { weight, bias } => {
                let [n, c, h, w] = x.dims();
                let product = multiply(x.reshape([n, c * h * w]), weight.clone());
                let out = match bias {
                    Some(bias) => product.add(bias.clone().unsqueeze()),
                    None => product,
                };
                let [n, c] = out.dims();
                out.reshape([n, c, 1, 1])
            }
            Self::HostPool { pool, output, device } => host_pool::pool(x, pool, *output, device),
            Self::MaximumPool(options) => max_pool2d(x, options.clone()),
            Self::AveragePool(options) => avg_pool2d(x, options.clone()),
            Self::GlobalPool(kind) => global_pool(x, *kind),
            Self::AdaptivePool { kind, output } => adaptive_pool(x, *kind, *output),
            Self::Deconvolution(deconvolution) => deconvolution.apply(x),
            Self::Activate(activation) => activate(x, *activation),
            Self::ParametricRectify(slope) => {
                let below = x.clone().clamp_max(0.0).mul(slope.clone());
                activation::relu(x).add(below)
            }
            Self::NormalizeChannels { scale, shift, epsilon } => {
                let (variance, mean) = x.clone().var_mean_bias(1);
                x.sub(mean).div(variance.add_scalar(*epsilon).sqrt()).mul(scale.clone()).add(shift.clone())
            }
            Self::HostNormalize(normalization) => host_normalization::across_channels(x, normalization),
            Self::Normalize(normalization) => normalize(x, normalization),
            Self::Affine { scale, shift } => x.mul(scale.clone()).add(shift.clone()),
            Self::Softmax => activation::softmax(x, 1),
            Self::Flatten => {
                let [n, c, h, w] = x.dims();
                x.reshape([n, c * h * w, 1, 1])
            }
            Self::Identity => x,
            Self::Concat(_) | Self::Combine(_) | Self::General(_) => unreachable!("returned above"),
        }
    }
}

/// # Shapes
/// `inputs`: `[n, c, h, w]`, any axis but the first also 1; returns the longest of each.
fn combine(combination: &Combination, inputs: Vec<Tensor<4>>) -> Tensor<4> {
    let weigh = |(index, x): (usize, Tensor<4>)| match combination {
        Combination::Sum(weights) => match weights.get(index) {
            Some(weight) if *weight != 1.0 => x.mul_scalar(*weight),
            _ => x,
        },
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
fn adaptive_pool(x: Tensor<4>, kind: PoolKind, output: [usize; 2]) -> Tensor<4> {
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
fn global_pool(x: Tensor<4>, kind: PoolKind) -> Tensor<4> {
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
fn normalize(x: Tensor<4>, normalization: &Normalization) -> Tensor<4> {
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
