//! How a network runs in half precision.
//!
//! A device moves and holds half the bytes then. The numbers have 11 bits and end at 65,504: enough for weights and activations, not for sums over planes, squares and exponentials. So convolutions,
//! products, largest values and what is as simple run in half precision, and the rest in single, with what it takes and
//! makes converted (as PyTorch's automatic mixed precision does).

use burn::tensor::{FloatDType, Tensor};

use super::{
    super::{Activation, Combination, PoolKind},
    prepared::Prepared,
};
use crate::domain::Precision;

/// What goes into a network.
pub(super) fn enter(precision: Precision, batch: Tensor<4>) -> Tensor<4> {
    match precision {
        Precision::Single => batch,
        Precision::Half => half(batch),
    }
}

/// What comes out of it.
pub(super) fn leave(precision: Precision, activation: Tensor<4>) -> Tensor<4> {
    match precision {
        Precision::Single => activation,
        Precision::Half => activation.cast(FloatDType::F32),
    }
}

impl Prepared {
    /// The same with its weights in half precision, if that is wanted and enough.
    pub(super) fn in_precision(self, precision: Precision) -> Self {
        if precision == Precision::Single || !self.bears_half() {
            return self;
        }
        match self {
            Self::Convolution { weight, bias, options, rectify } => {
                Self::Convolution { weight: half(weight), bias: bias.map(half), options, rectify }
            }
            Self::Linear { weight, bias } => Self::Linear { weight: half(weight), bias: bias.map(half) },
            Self::ParametricRectify(slope) => Self::ParametricRectify(half(slope)),
            Self::Affine { scale, shift } => Self::Affine { scale: half(scale), shift: half(shift) },
            without_weights => without_weights,
        }
    }

    /// # Shapes
    /// See [`apply`](Self::apply); all in the given precision.
    pub(super) fn apply_in(&self, precision: Precision, inputs: Vec<Tensor<4>>) -> Tensor<4> {
        if precision == Precision::Single || self.bears_half() {
            return self.apply(inputs);
        }
        half(self.apply(inputs.into_iter().map(|input| input.cast(FloatDType::F32)).collect()))
    }

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
            Self::Activate(activation) => matches!(
                activation,
                Activation::Rectify { .. }
                    | Activation::Clip { .. }
                    | Activation::Sigmoid
                    | Activation::Tanh
                    | Activation::HardSigmoid { .. }
                    | Activation::HardSwish
                    | Activation::Swish
            ),
            Self::Combine(combination) => !matches!(combination, Combination::Quotient),
            _ => false,
        }
    }
}

fn half<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    x.cast(FloatDType::F16)
}
