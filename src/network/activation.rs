//! Functions of one number, applied place by place.

// A new operation is to be missed by the compiler, not by the person.
#![deny(clippy::wildcard_enum_match_arm)]

/// What becomes of every number, whatever its place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Activation {
    /// `x` where positive, `slope * x` elsewhere; 0 for the usual ReLU.
    Rectify {
        /// The slope below zero.
        slope: f32,
    },
    /// `x` held between two numbers; ReLU6 is 0 to 6.
    Clip {
        /// The smallest result.
        min: f32,
        /// The largest result.
        max: f32,
    },
    /// `1 / (1 + exp(-x))`.
    Sigmoid,
    /// The hyperbolic tangent.
    Tanh,
    /// `alpha * x + beta`, held between 0 and 1.
    HardSigmoid {
        /// The slope.
        alpha: f32,
        /// The value at 0.
        beta: f32,
    },
    /// `x * clip(x / 6 + 1 / 2, 0, 1)`.
    HardSwish,
    /// `x / (1 + exp(-x))`, also called SiLU.
    Swish,
    /// `x` times the share of a normal distribution that lies below `x`.
    Gelu {
        /// Whether the share is approximated with a hyperbolic tangent.
        tanh: bool,
    },
    /// `x` where positive, `alpha * (exp(x) - 1)` elsewhere.
    Elu {
        /// Minus the limit below.
        alpha: f32,
    },
    /// `x` where positive, `alpha * (exp(x / alpha) - 1)` elsewhere.
    Celu {
        /// Minus the limit below.
        alpha: f32,
    },
    /// `gamma` times what [`Elu`](Self::Elu) makes of `x`.
    Selu {
        /// Minus the limit below, before `gamma`.
        alpha: f32,
        /// The slope above zero.
        gamma: f32,
    },
    /// `ln(1 + exp(x))`.
    Softplus,
    /// `x / (1 + |x|)`.
    Softsign,
    /// `x * tanh(ln(1 + exp(x)))`.
    Mish,
    /// `x` where it is above the threshold, 0 elsewhere.
    Threshold {
        /// What must be exceeded.
        above: f32,
    },
    /// `x + bias` below `-lambda`, `x - bias` above `lambda`, 0 between.
    Shrink {
        /// What must be exceeded.
        lambda: f32,
        /// By how much the rest comes nearer to zero.
        bias: f32,
    },
    /// `|x|`.
    Absolute,
    /// `exp(scale * x + shift)`; another base's logarithm is in both.
    Exp {
        /// Factor of `x`.
        scale: f32,
        /// Added after.
        shift: f32,
    },
    /// `factor * ln(scale * x + shift)`; the factor is 1 over the logarithm of another base.
    Log {
        /// Factor of `x`.
        scale: f32,
        /// Added after.
        shift: f32,
        /// Factor of the logarithm.
        factor: f32,
    },
    /// `(scale * x + shift) ^ power`.
    Power {
        /// Factor of `x`.
        scale: f32,
        /// Added after.
        shift: f32,
        /// The exponent.
        power: f32,
    },
    /// The square root.
    Sqrt,
    /// `1 / x`.
    Reciprocal,
    /// `-x`.
    Negate,
    /// -1, 0 or 1.
    Sign,
    /// The error function.
    Erf,
    /// The next whole number below.
    Floor,
    /// The next whole number above.
    Ceil,
    /// The nearest whole number, halves to the even one.
    Round,
    /// The whole number towards zero.
    Truncate,
    /// A function of angles.
    Angle(Angle),
}

impl Activation {
    /// Whether it runs in half precision where a network does. Tried and found close enough; others run in single.
    pub(super) fn bears_half(self) -> bool {
        match self {
            Self::Rectify { .. }
            | Self::Clip { .. }
            | Self::Sigmoid
            | Self::Tanh
            | Self::HardSigmoid { .. }
            | Self::HardSwish
            | Self::Swish => true,
            Self::Gelu { .. }
            | Self::Elu { .. }
            | Self::Celu { .. }
            | Self::Selu { .. }
            | Self::Softplus
            | Self::Softsign
            | Self::Mish
            | Self::Threshold { .. }
            | Self::Shrink { .. }
            | Self::Absolute
            | Self::Exp { .. }
            | Self::Log { .. }
            | Self::Power { .. }
            | Self::Sqrt
            | Self::Reciprocal
            | Self::Negate
            | Self::Sign
            | Self::Erf
            | Self::Floor
            | Self::Ceil
            | Self::Round
            | Self::Truncate
            | Self::Angle(_) => false,
        }
    }
}

/// Functions of angles and their inverses; networks for pictures hardly use them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the functions'")]
pub enum Angle {
    Sin,
    Cos,
    Tan,
    Sinh,
    Cosh,
    ArcSin,
    ArcCos,
    ArcTan,
    ArcSinh,
    ArcCosh,
    ArcTanh,
}
