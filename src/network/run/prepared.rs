//! An operation with its weights on the device.

use burn::tensor::{
    Device, Tensor,
    ops::{AvgPoolOptions, ConvOptions, MaxPoolOptions},
};

use super::super::{Activation, Combination, Convolution, Linear, Node, Normalization, Op, Pool, PoolKind, Weights};
use super::{
    super::layout::kept, deconvolution::PreparedDeconvolution, general::PreparedGeneral,
    host_convolution::HostConvolution, host_normalization, upload::upload,
};

/// What [`apply`](Self::apply) needs to run one node.
pub(super) enum Prepared {
    Convolution {
        weight: Tensor<4>,
        bias: Option<Tensor<1>>,
        options: ConvOptions<2>,
        /// Whether what is negative is left out.
        rectify: bool,
    },
    HostConvolution(HostConvolution),
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
    Combine(Combination),
    Softmax,
    Flatten,
    Identity,
    General(PreparedGeneral),
}

impl Prepared {
    pub fn new(node: &Node, device: &Device) -> Self {
        match &node.op {
            Op::Convolution(convolution) => Self::convolution(convolution, false, device),
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
            Op::Activate(activation) => Self::Activate(*activation),
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
            Op::Concat { axis } => Self::Concat(axis + 1),
            Op::Combine(combination) => Self::Combine(combination.clone()),
            Op::Softmax => Self::Softmax,
            Op::Flatten => Self::Flatten,
            Op::Identity => Self::Identity,
            Op::General(general) => Self::General(PreparedGeneral::new(general, device)),
        }
    }

    /// A convolution, and if it is to `rectify`, without what is negative of it.
    pub fn convolution(convolution: &Convolution, rectify: bool, device: &Device) -> Self {
        if let Some(host) = HostConvolution::new(convolution, rectify, device) {
            return Self::HostConvolution(host);
        }
        let Convolution { weight, bias, stride, padding, dilation, groups } = convolution;
        Self::Convolution {
            weight: upload(weight, device),
            bias: bias.as_ref().map(|bias| upload(bias, device)),
            options: ConvOptions::new_with_padding(*stride, *padding, *dilation, *groups),
            rectify,
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

/// One number a channel, `[1, c, 1, 1]`.
fn along_channels(weights: &Weights, device: &Device) -> Tensor<4> {
    upload::<1>(weights, device).reshape([1, weights.values.len(), 1, 1])
}
