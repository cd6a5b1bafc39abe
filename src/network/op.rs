//! What a node computes.
//!
//! The operations are more general than any one file format: padding may differ from side to side, pooling may round up
//! or down and count its padding or not.

use super::{Activation, General, Weights};

/// A two-dimensional convolution (a cross-correlation, as everywhere in the field).
#[derive(Clone, Debug, PartialEq)]
pub struct Convolution {
    /// `[out, in / groups, kernel height, kernel width]`.
    pub weight: Weights,
    /// `[out]`.
    pub bias: Option<Weights>,
    /// Step down and across.
    pub stride: [usize; 2],
    /// Zeros added `(before, after)`: top and bottom, left and right.
    pub padding: [(usize, usize); 2],
    /// Distance of the kernel's taps down and across; 1 is dense.
    pub dilation: [usize; 2],
    /// In how many independent parts the channels are convolved.
    pub groups: usize,
}

/// The transpose of a convolution: every input number spreads the kernel over the output.
#[derive(Clone, Debug, PartialEq)]
pub struct Deconvolution {
    /// `[in, out / groups, kernel height, kernel width]`.
    pub weight: Weights,
    /// `[out]`.
    pub bias: Option<Weights>,
    /// Step of the output down and across for a step of the input.
    pub stride: [usize; 2],
    /// Cut off `(before, after)`: top and bottom, left and right.
    pub padding: [(usize, usize); 2],
    /// Distance of the kernel's taps down and across; 1 is dense.
    pub dilation: [usize; 2],
    /// In how many independent parts the channels are convolved.
    pub groups: usize,
    /// Added at the bottom and at the right, where nothing but the bias falls.
    pub output_padding: [usize; 2],
}

/// A fully connected layer over everything the input holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Linear {
    /// `[out, channels * height * width]`.
    pub weight: Weights,
    /// `[out]`.
    pub bias: Option<Weights>,
}

/// What pooling keeps of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PoolKind {
    /// The largest value.
    Maximum,
    /// The mean.
    Average {
        /// Whether zeros of the padding count as values. A window that reaches beyond the padding is cut there.
        count_padding: bool,
    },
}

/// Pooling over windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Pool {
    /// What is kept.
    pub kind: PoolKind,
    /// Height and width of the window.
    pub kernel: [usize; 2],
    /// Step down and across.
    pub stride: [usize; 2],
    /// Padding `(before, after)`: top and bottom, left and right.
    pub padding: [(usize, usize); 2],
    /// Whether a last window that is not full counts (as in Caffe), unless it would start outside picture and leading
    /// padding.
    pub ceil: bool,
}

/// Local response normalisation: `x / (k + alpha / size * Σ x²)^beta`, the sum over neighbours.
///
/// Krizhevsky, Sutskever, Hinton, "ImageNet classification with deep convolutional neural networks" (2012), section 3.3,
/// with Caffe's division of alpha by the size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Normalization {
    /// How many neighbours count, the value itself in the middle; odd.
    pub size: usize,
    /// Weight of the mean square.
    pub alpha: f32,
    /// Exponent.
    pub beta: f32,
    /// What keeps the divisor from zero.
    pub k: f32,
    /// Neighbours are the `size` by `size` values around, not the channels before and after.
    pub within_channel: bool,
}

/// How several inputs become one. Where one has length 1 along an axis it serves all places of the others there.
#[derive(Clone, Debug, PartialEq)]
pub enum Combination {
    /// The weighted sum; empty weights are all 1.
    Sum(Vec<f32>),
    /// The product.
    Product,
    /// The largest.
    Maximum,
    /// The smallest.
    Minimum,
    /// The first less all the others.
    Difference,
    /// The first divided by all the others.
    Quotient,
}

/// What a node computes.
#[derive(Clone, Debug, PartialEq)]
pub enum Op {
    /// See [`Convolution`].
    Convolution(Convolution),
    /// See [`Deconvolution`].
    Deconvolution(Deconvolution),
    /// See [`Linear`]. The output is `[out, 1, 1]`.
    Linear(Linear),
    /// See [`Pool`].
    Pool(Pool),
    /// Pooling over the whole plane, to `[c, 1, 1]`.
    GlobalPool(PoolKind),
    /// Pooling over windows that share the plane out evenly, whatever its size: window `i` of `m` along an axis of `s`
    /// reaches from `floor(i s / m)` to `ceil((i + 1) s / m)`.
    AdaptivePool {
        /// What is kept.
        kind: PoolKind,
        /// Height and width of the output.
        output: [usize; 2],
    },
    /// See [`Activation`].
    Activate(Activation),
    /// `x` where positive, a learned slope times `x` elsewhere (PReLU).
    ParametricRectify {
        /// `[c]`, or `[1]` for all channels.
        slope: Weights,
    },
    /// Layer normalisation at each place: the channels there get mean 0 and variance 1, then `scale` and `shift`.
    NormalizeChannels {
        /// `[c]`.
        scale: Weights,
        /// `[c]`.
        shift: Weights,
        /// Added to the variance.
        epsilon: f32,
    },
    /// See [`Normalization`].
    Normalize(Normalization),
    /// `scale * x + shift` per channel: batch normalisation at test time, or a scale layer.
    Affine {
        /// `[c]`.
        scale: Weights,
        /// `[c]`.
        shift: Weights,
    },
    /// Inputs one after the other along an axis: 0 channels, 1 height, 2 width.
    Concat {
        /// Which axis of `[c, h, w]`.
        axis: usize,
    },
    /// See [`Combination`].
    Combine(Combination),
    /// `exp(x) / Σ exp(x)` over the channels.
    Softmax,
    /// All values as channels: `[c * h * w, 1, 1]`.
    Flatten,
    /// The input itself: dropout and split at test time.
    Identity,
    /// See [`General`].
    General(General),
}

impl Op {
    /// The tensors that came with the network, in a fixed order.
    pub fn weights(&self) -> Vec<&Weights> {
        match self {
            Op::Convolution(Convolution { weight, bias, .. })
            | Op::Deconvolution(Deconvolution { weight, bias, .. })
            | Op::Linear(Linear { weight, bias }) => std::iter::once(weight).chain(bias).collect(),
            Op::Affine { scale, shift } | Op::NormalizeChannels { scale, shift, .. } => vec![scale, shift],
            Op::ParametricRectify { slope } => vec![slope],
            Op::General(general) => general.weights(),
            _ => Vec::new(),
        }
    }

    /// Whether this turns values into other values place by place, as an activation does.
    pub(crate) fn is_activation(&self) -> bool {
        match self {
            Op::Activate(_) | Op::ParametricRectify { .. } | Op::Affine { .. } => true,
            Op::General(general) => general.is_activation(),
            _ => false,
        }
    }

    /// Whether the output of this is what people look at and compare (after its activation).
    pub(crate) fn is_representation(&self) -> bool {
        match self {
            Op::Convolution(_) | Op::Deconvolution(_) | Op::Linear(_) | Op::Concat { .. } => true,
            Op::General(general) => general.is_representation(),
            _ => false,
        }
    }
}
