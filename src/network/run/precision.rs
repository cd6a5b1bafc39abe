//! How a network runs in half precision.
//!
//! A device moves and holds half the bytes then. The numbers have 11 bits and end at 65,504: enough for weights and activations, not for sums over planes, squares and exponentials. So convolutions,
//! products, largest values and what is as simple run in half precision, and the rest in single, with what it takes and
//! makes converted (as PyTorch's automatic mixed precision does).

use burn::tensor::{FloatDType, Tensor};

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

/// Does in single precision what half is not enough for, if that is what it takes and makes.
///
/// # Shapes
/// Those of what is done.
pub(super) fn in_single(
    precision: Precision,
    inputs: Vec<Tensor<4>>,
    apply: impl FnOnce(Vec<Tensor<4>>) -> Tensor<4>,
) -> Tensor<4> {
    match precision {
        Precision::Single => apply(inputs),
        Precision::Half => half(apply(inputs.into_iter().map(|input| input.cast(FloatDType::F32)).collect())),
    }
}

pub(super) fn half<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    x.cast(FloatDType::F16)
}
