//! Which operator does what.

use super::{
    super::super::{Op, PoolKind},
    call::{Call, Value},
    tensors,
};

/// Runs a call; `None` if there is no code for the operator.
///
/// # Errors
/// What does not fit, in words.
pub(super) fn run(call: &mut Call) -> Option<Result<Vec<Value>, String>> {
    let one = |value: Result<Value, String>| Some(value.map(|value| vec![value]));
    match call.activation() {
        Err(reason) => return Some(Err(reason)),
        Ok(Some(activation)) => return one(call.input(0).and_then(|x| call.activate(activation, x))),
        Ok(None) => {}
    }
    if let Some(pair) = call.pair_of() {
        return one(call.combine(pair));
    }
    if let Some(kind) = call.reduction() {
        return one(call.reduce(kind));
    }
    one(match call.node.op_type.as_str() {
        "Conv" => call.convolution(),
        "ConvTranspose" => call.deconvolution(),
        "MaxPool" => call.pool(false),
        "AveragePool" => call.pool(true),
        "GlobalMaxPool" => call.global_pool(PoolKind::Maximum),
        "GlobalAveragePool" => call.global_pool(PoolKind::Average { count_padding: false }),
        "BatchNormalization" => call.batch_normalization(),
        "LRN" => call.local_normalization(),
        "Gemm" => call.gemm(),
        "MatMul" => call.matrix_product(),
        "LayerNormalization" => call.layer_normalization(true),
        "RMSNormalization" => call.layer_normalization(false),
        "InstanceNormalization" => call.group_normalization(None),
        "GroupNormalization" => {
            let groups = call.attributes.integer("num_groups").unwrap_or(0);
            call.group_normalization(Some(groups))
        }
        "MeanVarianceNormalization" => call.mean_variance_normalization(),
        "LpNormalization" => call.unit_length(),
        "Softmax" => call.softmax(false),
        "LogSoftmax" => call.softmax(true),
        "ArgMax" => call.place_of_largest(false),
        "ArgMin" => call.place_of_largest(true),
        "Swish" => call.swish(),
        "Where" => call.choose(),
        "Not" => call.negation(),
        "Cast" | "CastLike" => call.cast(),
        "Identity" | "Dropout" => identity(call),
        "Reshape" => call.reshape(),
        "Flatten" => call.flatten(),
        "Squeeze" => call.squeeze(),
        "Unsqueeze" => call.unsqueeze(),
        "Transpose" => call.transpose(),
        "Concat" => call.join(),
        "Split" => return Some(call.split()),
        "Slice" => call.slice(),
        "Gather" => call.gather(),
        "Expand" => call.expand(),
        "Tile" => call.tile(),
        "Pad" => call.pad(),
        "Resize" | "Upsample" => call.resize(),
        "DepthToSpace" => call.depth_to_space(),
        "SpaceToDepth" => call.space_to_depth(),
        "Shape" | "Size" => call.shape(),
        "ConstantOfShape" => call.fill(),
        "Range" => call.range(),
        "Constant" => constant(call),
        _ => return None,
    })
}

/// `Identity`, and `Dropout` as it is after training.
fn identity(call: &mut Call) -> Result<Value, String> {
    if call.node.op_type == "Dropout" && call.opset >= 12 {
        let is_training =
            call.known(2, "training mode")?.and_then(|mode| mode.scalar()).is_some_and(|mode| mode != 0.0);
        let share = call.known(1, "share")?.and_then(|share| share.scalar()).unwrap_or(0.5);
        // Some of torchvision's networks say that they train, and then drop nothing.
        if is_training && share != 0.0 {
            return Err("drops values as in training; export the network in evaluation mode".to_owned());
        }
    }
    match call.input(0)? {
        Value::Literal(literal) => Ok(literal.into()),
        x @ Value::Computed { .. } => call.pointwise(Op::Identity, x),
    }
}

/// `Constant`, in one of its forms.
fn constant(call: &mut Call) -> Result<Value, String> {
    use super::literal::Literal;
    let attributes = call.attributes;
    if let Some(tensor) = attributes.tensor("value") {
        return Ok(tensors::read(tensor, call.folder)?.into());
    }
    if let Some(value) = attributes.float("value_float") {
        return Ok(Literal::new(Vec::new(), vec![value], false)?.into());
    }
    if let Some(value) = attributes.integer("value_int") {
        return Ok(Literal::new(Vec::new(), vec![value as f32], true)?.into());
    }
    if let Some(values) = attributes.floats("value_floats") {
        return Ok(Literal::new(vec![values.len()], values.to_vec(), false)?.into());
    }
    if let Some(values) = attributes.integers("value_ints") {
        return Ok(Literal::whole(values).into());
    }
    Err("holds no numbers".to_owned())
}
