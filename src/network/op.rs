//! What a node computes.
//!
//! The operations are more general than any one file format: padding may differ from side to side, pooling may round up
//! or down and count its padding or not.
//!
//! What is to be known of an operation without running it is told here; `run/prepared.rs` runs it.

// A new operation is to be missed by the compiler, not by the person.
#![deny(clippy::wildcard_enum_match_arm)]

mod planes;
mod shapes;

use super::{Activation, General, Weights};

pub use planes::{Combination, Convolution, Deconvolution, Linear, Normalization, Pool, PoolKind};
pub(super) use shapes::LARGEST_ACTIVATION;

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

/// What an operation sees of what it takes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reach<'a> {
    /// Views of its own.
    Views(&'a General),
    /// Each place alone, whatever the dimensions are.
    Places,
    /// Inputs place by place, whatever their dimensions are if all are alike; else planes.
    Combined(&'a Combination),
    /// Inputs beside each other, planes of channels.
    Joined,
    /// Planes of channels, of which it does not tell what the axes are.
    Scales,
    /// Planes of channels.
    Planes,
}

/// What is to be known of an operation beside its weights and shapes.
struct Facts<'a> {
    reach: Reach<'a>,
    is_activation: bool,
    is_representation: bool,
    keeps_channels: bool,
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
            Op::Pool(_)
            | Op::GlobalPool(_)
            | Op::AdaptivePool { .. }
            | Op::Activate(_)
            | Op::Normalize(_)
            | Op::Concat { .. }
            | Op::Combine(_)
            | Op::Softmax
            | Op::Flatten
            | Op::Identity => Vec::new(),
        }
    }

    /// Everything but the weights, for the fingerprint: workspaces depend on every letter.
    pub(super) fn settings(&self) -> String {
        match self {
            Op::Convolution(Convolution { stride, padding, dilation, groups, .. }) => {
                format!("convolution {stride:?} {padding:?} {dilation:?} {groups}")
            }
            Op::Deconvolution(Deconvolution { stride, padding, dilation, groups, output_padding, .. }) => {
                format!("deconvolution {stride:?} {padding:?} {dilation:?} {groups} {output_padding:?}")
            }
            Op::Linear(_) => "linear".to_owned(),
            Op::Affine { .. } => "affine".to_owned(),
            Op::NormalizeChannels { epsilon, .. } => format!("channels {epsilon:?}"),
            Op::ParametricRectify { .. } => "parametric".to_owned(),
            Op::General(general) => general.settings(),
            // Names of variants and fields are part of it, so a new name for one needs its old one here.
            Op::Pool(_)
            | Op::GlobalPool(_)
            | Op::AdaptivePool { .. }
            | Op::Activate(_)
            | Op::Normalize(_)
            | Op::Concat { .. }
            | Op::Combine(_)
            | Op::Softmax
            | Op::Flatten
            | Op::Identity => format!("{self:?}"),
        }
    }

    /// The shape `[c, h, w]` that it makes of planes.
    ///
    /// # Errors
    /// What does not fit, in words.
    pub(super) fn shape(&self, inputs: &[[usize; 3]]) -> Result<[usize; 3], String> {
        let one = || match inputs {
            [input] => Ok(*input),
            others => Err(format!("takes {} inputs; it needs one", others.len())),
        };
        match self {
            Op::Convolution(convolution) => shapes::convolve(convolution, one()?),
            Op::Deconvolution(deconvolution) => shapes::spread(deconvolution, one()?),
            Op::Linear(linear) => shapes::connect(linear, one()?),
            Op::Pool(pool) => shapes::pool(pool, one()?),
            Op::GlobalPool(_) => one().map(|[c, _, _]| [c, 1, 1]),
            Op::AdaptivePool { output: [out_h, out_w], .. } => one().map(|[c, _, _]| [c, *out_h, *out_w]),
            Op::ParametricRectify { slope } => {
                let [c, h, w] = one()?;
                if slope.shape != [1] {
                    shapes::expect_shape("slopes", slope, &[c])?;
                }
                Ok([c, h, w])
            }
            Op::Affine { scale, shift } | Op::NormalizeChannels { scale, shift, .. } => {
                let [c, h, w] = one()?;
                shapes::expect_shape("scale", scale, &[c])?;
                shapes::expect_shape("shift", shift, &[c])?;
                Ok([c, h, w])
            }
            Op::Normalize(normalization) => {
                let shape = one()?;
                normalization.fits()?;
                Ok(shape)
            }
            Op::Concat { axis } => shapes::concat(*axis, inputs),
            Op::Combine(combination) => {
                combination.fits(inputs.len())?;
                shapes::broadcast(inputs)
            }
            Op::Flatten => {
                let [c, h, w] = one()?;
                let count = c.checked_mul(h).and_then(|plane| plane.checked_mul(w));
                Ok([count.ok_or("its input is too large")?, 1, 1])
            }
            Op::Activate(_) | Op::Softmax | Op::Identity => one(),
            Op::General(_) => Err("works on other views than planes".to_owned()),
        }
    }

    /// Multiplications of products for one image. 0 where there are none to speak of.
    ///
    /// `input` is how many numbers the first input has, `output` how many it makes.
    pub(super) fn multiplications(&self, input: usize, output: usize) -> u64 {
        let (numbers, each) = match self {
            // Every number of the output takes all weights of its channel.
            Op::Convolution(Convolution { weight, .. }) | Op::Linear(Linear { weight, .. }) => {
                (output, weight.values.len() / weight.shape.first().copied().unwrap_or(1).max(1))
            }
            // Every number of the input goes to all places under the kernel, for each output channel of its group.
            Op::Deconvolution(Deconvolution { weight, .. }) => (input, weight.shape.iter().skip(1).product()),
            Op::General(general) => (output, general.products()),
            Op::Pool(_)
            | Op::GlobalPool(_)
            | Op::AdaptivePool { .. }
            | Op::Activate(_)
            | Op::ParametricRectify { .. }
            | Op::NormalizeChannels { .. }
            | Op::Normalize(_)
            | Op::Affine { .. }
            | Op::Concat { .. }
            | Op::Combine(_)
            | Op::Softmax
            | Op::Flatten
            | Op::Identity => (0, 0),
        };
        (numbers as u64).saturating_mul(each as u64)
    }

    fn facts(&self) -> Facts<'_> {
        let usual =
            Facts { reach: Reach::Planes, is_activation: false, is_representation: false, keeps_channels: false };
        match self {
            Op::Convolution(_) | Op::Deconvolution(_) | Op::Linear(_) => Facts { is_representation: true, ..usual },
            Op::Pool(_) | Op::GlobalPool(_) | Op::AdaptivePool { .. } | Op::Flatten => {
                Facts { keeps_channels: true, ..usual }
            }
            Op::Activate(_) => Facts { reach: Reach::Places, is_activation: true, keeps_channels: true, ..usual },
            Op::ParametricRectify { .. } => Facts { is_activation: true, keeps_channels: true, ..usual },
            Op::Affine { .. } => Facts { reach: Reach::Scales, is_activation: true, keeps_channels: true, ..usual },
            Op::NormalizeChannels { .. } | Op::Normalize(_) => usual,
            Op::Concat { .. } => Facts { reach: Reach::Joined, is_representation: true, ..usual },
            Op::Combine(combination) => Facts { reach: Reach::Combined(combination), ..usual },
            Op::Softmax => Facts { reach: Reach::Scales, keeps_channels: true, ..usual },
            Op::Identity => Facts { reach: Reach::Places, keeps_channels: true, ..usual },
            Op::General(general) => Facts {
                reach: Reach::Views(general),
                is_activation: general.is_activation(),
                is_representation: general.is_representation(),
                keeps_channels: general.function.keeps_channels(),
            },
        }
    }

    /// What it sees of what it takes.
    pub(super) fn reach(&self) -> Reach<'_> {
        self.facts().reach
    }

    /// Whether this turns values into other values place by place, as an activation does.
    pub(crate) fn is_activation(&self) -> bool {
        self.facts().is_activation
    }

    /// Whether the output of this is what people look at and compare (after its activation).
    pub(crate) fn is_representation(&self) -> bool {
        self.facts().is_representation
    }

    /// Whether each channel of the result comes from the channel of the same number, if both have as many.
    pub(super) fn keeps_channels(&self) -> bool {
        self.facts().keeps_channels
    }
}
