//! Functions of one number, on tensors.

use burn::tensor::{Tensor, activation};

use super::super::{Activation, Angle};

/// # Shapes
/// `x`: any; returns the same.
pub(super) fn activate<const D: usize>(x: Tensor<D>, function: Activation) -> Tensor<D> {
    match function {
        Activation::Rectify { slope: 0.0 } => activation::relu(x),
        Activation::Rectify { slope } => activation::leaky_relu(x, f64::from(slope)),
        Activation::Clip { min: 0.0, max: f32::INFINITY } => activation::relu(x),
        Activation::Clip { min, max } => x.clamp(min, max),
        Activation::Sigmoid => activation::sigmoid(x),
        Activation::Tanh => x.tanh(),
        Activation::HardSigmoid { alpha, beta } => x.mul_scalar(alpha).add_scalar(beta).clamp(0.0, 1.0),
        Activation::HardSwish => {
            let gate = x.clone().div_scalar(6.0).add_scalar(0.5).clamp(0.0, 1.0);
            x.mul(gate)
        }
        Activation::Swish => activation::silu(x),
        Activation::Gelu { tanh: false } => activation::gelu(x),
        Activation::Gelu { tanh: true } => activation::gelu_approximate(x),
        Activation::Elu { alpha } => elu(x, alpha, 1.0),
        Activation::Celu { alpha } => elu(x, alpha, alpha),
        Activation::Selu { alpha, gamma } => elu(x, alpha, 1.0).mul_scalar(gamma),
        Activation::Softplus => softplus(x),
        Activation::Softsign => {
            let divisor = x.clone().abs().add_scalar(1.0);
            x.div(divisor)
        }
        Activation::Mish => {
            let gate = softplus(x.clone()).tanh();
            x.mul(gate)
        }
        Activation::Threshold { above } => {
            let is_low = x.clone().lower_equal_scalar(above);
            x.mask_fill(is_low, 0.0)
        }
        Activation::Shrink { lambda, bias } => {
            let is_middle = x.clone().abs().lower_equal_scalar(lambda);
            let nearer = x.clone().sub(x.sign().mul_scalar(bias));
            nearer.mask_fill(is_middle, 0.0)
        }
        Activation::Absolute => x.abs(),
        Activation::Exp { scale, shift } => line(x, scale, shift).exp(),
        Activation::Log { scale, shift, factor } => line(line(x, scale, shift).log(), factor, 0.0),
        Activation::Power { scale, shift, power } => raise(line(x, scale, shift), power),
        Activation::Sqrt => x.sqrt(),
        Activation::Reciprocal => x.recip(),
        Activation::Negate => x.neg(),
        Activation::Sign => x.sign(),
        Activation::Erf => x.erf(),
        Activation::Floor => x.floor(),
        Activation::Ceil => x.ceil(),
        Activation::Round => x.round(),
        Activation::Truncate => {
            let sign = x.clone().sign();
            x.abs().floor().mul(sign)
        }
        Activation::Angle(function) => angle(x, function),
    }
}

/// `scale * x + shift`, without the work where there is none.
fn line<const D: usize>(x: Tensor<D>, scale: f32, shift: f32) -> Tensor<D> {
    let x = if scale == 1.0 { x } else { x.mul_scalar(scale) };
    if shift == 0.0 { x } else { x.add_scalar(shift) }
}

/// Small whole powers are products, which keeps the sign and is exact.
fn raise<const D: usize>(x: Tensor<D>, power: f32) -> Tensor<D> {
    match power {
        1.0 => x,
        2.0 => x.square(),
        3.0 => x.clone().square().mul(x),
        0.5 => x.sqrt(),
        -1.0 => x.recip(),
        power => x.powf_scalar(power),
    }
}

/// `x` where positive, `alpha * (exp(x / width) - 1)` elsewhere.
fn elu<const D: usize>(x: Tensor<D>, alpha: f32, width: f32) -> Tensor<D> {
    let below = x.clone().clamp_max(0.0).div_scalar(width).exp().sub_scalar(1.0).mul_scalar(alpha);
    activation::relu(x).add(below)
}

/// `ln(1 + exp(x))`, written so that no exponential overflows.
fn softplus<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    let correction = x.clone().abs().neg().exp().log1p();
    activation::relu(x).add(correction)
}

fn angle<const D: usize>(x: Tensor<D>, function: Angle) -> Tensor<D> {
    match function {
        Angle::Sin => x.sin(),
        Angle::Cos => x.cos(),
        Angle::Tan => x.tan(),
        Angle::Sinh => x.sinh(),
        Angle::Cosh => x.cosh(),
        Angle::ArcSin => x.asin(),
        Angle::ArcCos => x.acos(),
        Angle::ArcTan => x.atan(),
        Angle::ArcSinh => x.asinh(),
        Angle::ArcCosh => x.acosh(),
        Angle::ArcTanh => x.atanh(),
    }
}
