//! An operation with its weights on the device, and what it does to tensors.

use std::sync::Arc;

use burn::tensor::{
    Device, Tensor, activation,
    module::{avg_pool2d, conv2d, max_pool2d},
    ops::{AvgPoolOptions, ConvOptions, MaxPoolOptions},
};

use tiramisu_kernels::convolution::Bounds;

use super::super::{Activation, Combination, Convolution, Linear, Node, Normalization, Op, Pool, PoolKind, Weights};
use super::{
    super::layout::kept,
    activate::activate,
    apply,
    bottleneck::HostBottleneck,
    deconvolution::PreparedDeconvolution,
    general::PreparedGeneral,
    host_convolution::HostConvolution,
    host_elements, host_normalization, host_pool,
    merged::MergedConvolution,
    precision::{half, in_single},
    product::multiply,
    upload::upload,
};
use crate::domain::Precision;

/// What [`apply`](Self::apply) needs to run one node.
pub(super) enum Prepared {
    Convolution {
        weight: Tensor<4>,
        bias: Option<Tensor<1>>,
        options: ConvOptions<2>,
        /// What is done to the output.
        then: Option<Activation>,
    },
    HostConvolution(HostConvolution),
    MergedConvolution(MergedConvolution),
    HostBottleneck(HostBottleneck),
    Deconvolution(PreparedDeconvolution),
    /// Weights `[in, out]`.
    Linear {
        weight: Tensor<2>,
        bias: Option<Tensor<1>>,
    },
    HostPool {
        pool: Pool,
        output: [usize; 2],
        device: Device,
    },
    MaximumPool(MaxPoolOptions<2>),
    AveragePool(AvgPoolOptions<2>),
    GlobalPool(PoolKind),
    AdaptivePool {
        kind: PoolKind,
        output: [usize; 2],
    },
    Activate(Activation),
    HostBounds(Bounds),
    /// `[1, c, 1, 1]` or `[1, 1, 1, 1]`.
    ParametricRectify(Tensor<4>),
    /// Both `[1, c, 1, 1]`.
    NormalizeChannels {
        scale: Tensor<4>,
        shift: Tensor<4>,
        epsilon: f32,
    },
    HostNormalize(Normalization),
    Normalize(Normalization),
    /// Both `[1, c, 1, 1]`.
    Affine {
        scale: Tensor<4>,
        shift: Tensor<4>,
    },
    /// The axis of `[n, c, h, w]`.
    Concat(usize),
    /// Of channels.
    HostConcat,
    Combine {
        combination: Combination,
        /// What is done to the output.
        then: Option<Activation>,
    },
    /// A sum whose parts weigh the same, kept between bounds.
    HostSum(Option<Bounds>),
    Softmax,
    Flatten,
    Identity,
    General(PreparedGeneral),
}

impl Prepared {
    pub fn new(node: &Node, device: &Device) -> Self {
        match &node.op {
            Op::Convolution(convolution) => Self::convolution(convolution, None, device),
            Op::Linear(Linear { weight, bias }) => Self::Linear {
                weight: upload::<2>(weight, device).transpose(),
                bias: bias.as_ref().map(|bias| upload(bias, device)),
            },
            Op::Pool(pool) if *device == Device::flex() => {
                let [_, h, w] = kept(&node.dims);
                Self::HostPool { pool: *pool, output: [h, w], device: device.clone() }
            }
            Op::Pool(pool) => Self::pool(pool),
            Op::GlobalPool(kind) => Self::GlobalPool(*kind),
            Op::AdaptivePool { kind, output } => Self::AdaptivePool { kind: *kind, output: *output },
            Op::Deconvolution(deconvolution) => {
                Self::Deconvolution(PreparedDeconvolution::new(deconvolution, kept(&node.dims), device))
            }
            Op::Activate(activation) => match host_elements::bounds(*activation) {
                Some(bounds) if *device == Device::flex() => Self::HostBounds(bounds),
                _ => Self::Activate(*activation),
            },
            Op::ParametricRectify { slope } => Self::ParametricRectify(along_channels(slope, device)),
            Op::NormalizeChannels { scale, shift, epsilon } => Self::NormalizeChannels {
                scale: along_channels(scale, device),
                shift: along_channels(shift, device),
                epsilon: *epsilon,
            },
            Op::Normalize(normalization) if host_normalization::is_for(normalization, device) => {
                Self::HostNormalize(*normalization)
            }
            Op::Normalize(normalization) => Self::Normalize(*normalization),
            Op::Affine { scale, shift } => {
                Self::Affine { scale: along_channels(scale, device), shift: along_channels(shift, device) }
            }
            Op::Concat { axis: 0 } if *device == Device::flex() => Self::HostConcat,
            Op::Concat { axis } => Self::Concat(axis + 1),
            Op::Combine(combination) => Self::combination(combination, None, device),
            Op::Softmax => Self::Softmax,
            Op::Flatten => Self::Flatten,
            Op::Identity => Self::Identity,
            Op::General(general) => Self::General(PreparedGeneral::new(general, device)),
        }
    }

    /// # Shapes
    /// `inputs`: as kept, mostly `[n, c, h, w]`; returns the same with the node's dimensions.
    pub fn apply(&self, inputs: Vec<Tensor<4>>) -> Tensor<4> {
        match self {
            Self::Convolution { weight, bias, options, then } => {
                let y = conv2d(only(inputs), weight.clone(), bias.clone(), options.clone());
                finish(y, *then)
            }
            Self::HostConvolution(convolution) => convolution.apply(only(inputs)),
            Self::MergedConvolution(convolution) => convolution.apply(only(inputs)),
            Self::HostBottleneck(bottleneck) => bottleneck.apply(inputs),
            Self::Linear { weight, bias } => {
                let x = only(inputs);
                let [n, c, h, w] = x.dims();
                let product = multiply(x.reshape([n, c * h * w]), weight.clone());
                let out = match bias {
                    Some(bias) => product.add(bias.clone().unsqueeze()),
                    None => product,
                };
                let [n, c] = out.dims();
                out.reshape([n, c, 1, 1])
            }
            Self::HostPool { pool, output, device } => host_pool::pool(only(inputs), pool, *output, device),
            Self::MaximumPool(options) => max_pool2d(only(inputs), options.clone()),
            Self::AveragePool(options) => avg_pool2d(only(inputs), options.clone()),
            Self::GlobalPool(kind) => apply::global_pool(only(inputs), *kind),
            Self::AdaptivePool { kind, output } => apply::adaptive_pool(only(inputs), *kind, *output),
            Self::Deconvolution(deconvolution) => deconvolution.apply(only(inputs)),
            Self::Activate(activation) => activate(only(inputs), *activation),
            Self::HostBounds(bounds) => host_elements::keep(only(inputs), *bounds),
            Self::ParametricRectify(slope) => {
                let x = only(inputs);
                let below = x.clone().clamp_max(0.0).mul(slope.clone());
                activation::relu(x).add(below)
            }
            Self::NormalizeChannels { scale, shift, epsilon } => {
                let x = only(inputs);
                let (variance, mean) = x.clone().var_mean_bias(1);
                x.sub(mean).div(variance.add_scalar(*epsilon).sqrt()).mul(scale.clone()).add(shift.clone())
            }
            Self::HostNormalize(normalization) => host_normalization::across_channels(only(inputs), normalization),
            Self::Normalize(normalization) => apply::normalize(only(inputs), normalization),
            Self::Affine { scale, shift } => only(inputs).mul(scale.clone()).add(shift.clone()),
            Self::Concat(axis) => Tensor::cat(inputs, *axis),
            Self::HostConcat => host_elements::concat(inputs),
            Self::Combine { combination, then } => finish(apply::combine(combination, inputs), *then),
            Self::HostSum(bounds) => host_elements::sum(inputs, *bounds),
            Self::Softmax => activation::softmax(only(inputs), 1),
            Self::Flatten => {
                let x = only(inputs);
                let [n, c, h, w] = x.dims();
                x.reshape([n, c * h * w, 1, 1])
            }
            Self::Identity => only(inputs),
            Self::General(general) => general.apply(inputs),
        }
    }

    /// # Shapes
    /// See [`apply`](Self::apply); all in the given precision.
    pub fn apply_in(&self, precision: Precision, inputs: Vec<Tensor<4>>) -> Tensor<4> {
        if self.bears_half() { self.apply(inputs) } else { in_single(precision, inputs, |inputs| self.apply(inputs)) }
    }

    /// The sum of what comes of the first input and the second one, kept between bounds if there are any.
    ///
    /// # Shapes
    /// Of the first input see [`apply`](Self::apply); the second is as what comes of it, and so is what is returned.
    pub fn add_in(&self, precision: Precision, inputs: Vec<Tensor<4>>, bounds: Option<Bounds>) -> Tensor<4> {
        in_single(precision, inputs, |inputs| {
            let mut inputs = inputs.into_iter();
            let x = inputs.next().expect("shapes were checked: a convolution has an input");
            let added = inputs.next().expect("a sum has two parts");
            match self.host_convolution() {
                Some(convolution) => convolution.add(x, added, bounds),
                None => host_elements::sum(vec![self.apply(vec![x]), added], bounds),
            }
        })
    }

    /// What each of some convolutions makes of its input, channels one behind the other.
    ///
    /// # Shapes
    /// Of the inputs see [`apply`](Self::apply); returns `[n, sum of c, h, w]`.
    pub fn join_in(precision: Precision, parts: &[Arc<Self>], inputs: Vec<Tensor<4>>) -> Tensor<4> {
        in_single(precision, inputs, |inputs| {
            match parts.iter().map(|part| part.host_convolution()).collect::<Option<Vec<&HostConvolution>>>() {
                Some(convolutions) => HostConvolution::join(&convolutions, inputs),
                None => {
                    let apart = parts.iter().zip(inputs).map(|(part, input)| part.apply(vec![input]));
                    host_elements::concat(apart.collect())
                }
            }
        })
    }

    fn host_convolution(&self) -> Option<&HostConvolution> {
        if let Self::HostConvolution(convolution) = self { Some(convolution) } else { None }
    }

    /// The same with its weights in half precision, if that is wanted and enough.
    pub fn in_precision(self, precision: Precision) -> Self {
        if precision == Precision::Single || !self.bears_half() {
            return self;
        }
        match self {
            Self::Convolution { weight, bias, options, then } => {
                Self::Convolution { weight: half(weight), bias: bias.map(half), options, then }
            }
            Self::Linear { weight, bias } => Self::Linear { weight: half(weight), bias: bias.map(half) },
            Self::ParametricRectify(slope) => Self::ParametricRectify(half(slope)),
            Self::Affine { scale, shift } => Self::Affine { scale: half(scale), shift: half(shift) },
            // No weights, or it does not bear it.
            same @ (Self::HostConvolution(_)
            | Self::MergedConvolution(_)
            | Self::HostBottleneck(_)
            | Self::Deconvolution(_)
            | Self::HostPool { .. }
            | Self::MaximumPool(_)
            | Self::AveragePool(_)
            | Self::GlobalPool(_)
            | Self::AdaptivePool { .. }
            | Self::Activate(_)
            | Self::HostBounds(_)
            | Self::NormalizeChannels { .. }
            | Self::HostNormalize(_)
            | Self::Normalize(_)
            | Self::Concat(_)
            | Self::HostConcat
            | Self::Combine { .. }
            | Self::HostSum(_)
            | Self::Softmax
            | Self::Flatten
            | Self::Identity
            | Self::General(_)) => same,
        }
    }

    /// Whether it runs in half precision where the network does; see [`precision`](super::precision).
    fn bears_half(&self) -> bool {
        match self {
            Self::Convolution { .. }
            | Self::Linear { .. }
            | Self::MaximumPool(_)
            | Self::GlobalPool(PoolKind::Maximum)
            | Self::ParametricRectify(_)
            | Self::Affine { .. }
            | Self::Concat(_)
            | Self::Flatten
            | Self::Identity => true,
            Self::Activate(activation) => activation.bears_half(),
            Self::Combine { combination, .. } => !matches!(combination, Combination::Quotient),
            Self::HostConvolution(_)
            | Self::HostBounds(_)
            | Self::HostConcat
            | Self::HostSum(_)
            | Self::MergedConvolution(_)
            | Self::HostBottleneck(_)
            | Self::Deconvolution(_)
            | Self::HostPool { .. }
            | Self::AveragePool(_)
            | Self::GlobalPool(PoolKind::Average { .. })
            | Self::AdaptivePool { .. }
            | Self::NormalizeChannels { .. }
            | Self::HostNormalize(_)
            | Self::Normalize(_)
            | Self::Softmax
            | Self::General(_) => false,
        }
    }

    /// A convolution or a combination, and what is done to the output: bounds alone.
    ///
    /// # Panics
    /// When it is another operation.
    pub fn chain(node: &Node, then: Option<Activation>, device: &Device) -> Self {
        match &node.op {
            Op::Convolution(convolution) => Self::convolution(convolution, then, device),
            Op::Combine(combination) => Self::combination(combination, then, device),
            op @ (Op::Deconvolution(_)
            | Op::Linear(_)
            | Op::Pool(_)
            | Op::GlobalPool(_)
            | Op::AdaptivePool { .. }
            | Op::Activate(_)
            | Op::ParametricRectify { .. }
            | Op::NormalizeChannels { .. }
            | Op::Normalize(_)
            | Op::Affine { .. }
            | Op::Concat { .. }
            | Op::Softmax
            | Op::Flatten
            | Op::Identity
            | Op::General(_)) => panic!("no chain begins with {op:?}"),
        }
    }

    fn combination(combination: &Combination, then: Option<Activation>, device: &Device) -> Self {
        if let Combination::Sum(weights) = combination
            && *device == Device::flex()
            && weights.iter().all(|weight| *weight == 1.0)
        {
            return Self::HostSum(then.and_then(host_elements::bounds));
        }
        Self::Combine { combination: combination.clone(), then }
    }

    fn convolution(convolution: &Convolution, then: Option<Activation>, device: &Device) -> Self {
        let bounds = then.and_then(host_elements::bounds);
        if let Some(merged) = MergedConvolution::new(convolution, bounds, device) {
            return Self::MergedConvolution(merged);
        }
        if let Some(host) = HostConvolution::new(convolution, bounds, device) {
            return Self::HostConvolution(host);
        }
        let Convolution { weight, bias, stride, padding, dilation, groups } = convolution;
        Self::Convolution {
            weight: upload(weight, device),
            bias: bias.as_ref().map(|bias| upload(bias, device)),
            options: ConvOptions::new_with_padding(*stride, *padding, *dilation, *groups),
            then,
        }
    }

    fn pool(pool: &Pool) -> Self {
        match pool.kind {
            PoolKind::Maximum => Self::MaximumPool(
                MaxPoolOptions::new(pool.kernel)
                    .with_stride(pool.stride)
                    .with_padding_pairs(pool.padding)
                    .with_ceil_mode(pool.ceil),
            ),
            PoolKind::Average { count_padding } => Self::AveragePool(
                AvgPoolOptions::new(pool.kernel)
                    .with_stride(pool.stride)
                    .with_padding_pairs(pool.padding)
                    .with_count_include_pad(count_padding)
                    .with_ceil_mode(pool.ceil),
            ),
        }
    }
}

fn finish(x: Tensor<4>, then: Option<Activation>) -> Tensor<4> {
    match then {
        Some(activation) => activate(x, activation),
        None => x,
    }
}

/// What an operation on one value works on.
fn only(inputs: Vec<Tensor<4>>) -> Tensor<4> {
    inputs.into_iter().next().expect("shapes were checked: every node has an input")
}

/// One number a channel, `[1, c, 1, 1]`.
fn along_channels(weights: &Weights, device: &Device) -> Tensor<4> {
    upload::<1>(weights, device).reshape([1, weights.values.len(), 1, 1])
}
