//! Layers that are a function of one number.

use super::{
    super::super::{Activation, Function, General, Op, Operand, Pair, Weights},
    blobs::LayerBlobs,
    schema::LayerParameter,
};

/// The operation of a layer of this type on a value of `dims`; `None` when the type is no such function.
///
/// # Errors
/// What the layer asks for that cannot be run, in words.
pub(super) fn activation(layer: &LayerParameter, dims: &[usize]) -> Result<Option<Op>, String> {
    let activation = match layer.r#type() {
        "ReLU" => Activation::Rectify { slope: layer.relu_param.unwrap_or_default().negative_slope() },
        // Of forks of Caffe.
        "ReLU6" => Activation::Clip { min: 0.0, max: 6.0 },
        "ELU" => Activation::Elu { alpha: layer.elu_param.unwrap_or_default().alpha() },
        "Sigmoid" => Activation::Sigmoid,
        "TanH" => Activation::Tanh,
        "AbsVal" => Activation::Absolute,
        "BNLL" => Activation::Softplus,
        "Power" => {
            let param = layer.power_param.unwrap_or_default();
            Activation::Power { scale: param.scale(), shift: param.shift(), power: param.power() }
        }
        "Exp" => {
            let param = layer.exp_param.unwrap_or_default();
            let log_base = log_base(param.base())?;
            Activation::Exp { scale: param.scale() * log_base, shift: param.shift() * log_base }
        }
        "Log" => {
            let param = layer.log_param.unwrap_or_default();
            Activation::Log { scale: param.scale(), shift: param.shift(), factor: 1.0 / log_base(param.base())? }
        }
        "Swish" => match layer.swish_param.unwrap_or_default().beta() {
            1.0 => Activation::Swish,
            beta => return Err(format!("is a swish with beta {beta}; only 1 can be run")),
        },
        "Clip" => {
            let param = layer.clip_param.ok_or("does not say between what it clips")?;
            if param.min > param.max {
                return Err(format!("clips between {} and {}, which is nothing", param.min, param.max));
            }
            Activation::Clip { min: param.min, max: param.max }
        }
        "Threshold" => {
            let threshold = Weights::new(vec![1], vec![layer.threshold_param.unwrap_or_default().threshold()]);
            let operands = vec![Operand::Input(dims.to_vec()), Operand::Constant(threshold)];
            let function = Function::Pair(Pair::Greater);
            return Ok(Some(Op::General(General { function, operands, output: dims.to_vec() })));
        }
        _ => return Ok(None),
    };
    Ok(Some(Op::Activate(activation)))
}

/// The natural logarithm of a base; -1 stands for e.
fn log_base(base: f32) -> Result<f32, String> {
    match base {
        -1.0 => Ok(1.0),
        base if base > 0.0 && base != 1.0 && base.is_finite() => Ok(base.ln()),
        base => Err(format!("has base {base}, which no logarithm has")),
    }
}

/// ReLU with learned slopes, for every channel or for all.
pub(super) fn parametric(layer: &LayerParameter, c: usize, mut blobs: LayerBlobs) -> Result<Op, String> {
    let is_shared = layer.prelu_param.as_ref().is_some_and(|param| param.channel_shared());
    let slope = blobs.take(0, &[if is_shared { 1 } else { c }])?;
    Ok(Op::ParametricRectify { slope })
}

/// Times a number.
pub(super) fn times(factor: f32) -> Activation {
    Activation::Power { scale: factor, shift: 0.0, power: 1.0 }
}

/// The root of what came in and a little more.
pub(super) fn root_of_sum(more: f32) -> Activation {
    Activation::Power { scale: 1.0, shift: more, power: 0.5 }
}
