//! What is the same for every picture, or as it was: constants, shapes, ranges, the identity.

use super::{
    super::super::{Op, general::count},
    call::{Call, Made, Value, one},
    cut::MOST_PLACES,
    literal::Literal,
    tensors,
};

/// Runs a call of one of these operators; `None` if it is another one.
///
/// # Errors
/// What does not fit, in words.
pub(super) fn run(call: &mut Call) -> Option<Made> {
    one(match call.node.op_type.as_str() {
        "Identity" | "Dropout" => identity(call),
        "Shape" | "Size" => call.shape(),
        "ConstantOfShape" => call.fill(),
        "Range" => call.range(),
        "Constant" => constant(call),
        _ => return None,
    })
}

impl Call<'_> {
    /// `Shape` and `Size`, which are known as soon as the dimensions are.
    fn shape(&self) -> Result<Value, String> {
        let x = self.input(0)?;
        let dims: Vec<i64> = x.dims().iter().map(|size| *size as i64).collect();
        if self.node.op_type == "Size" {
            let total = count(x.dims())?;
            return Ok(Literal::new(Vec::new(), vec![total as f32], true)?.into());
        }
        let rank = dims.len() as i64;
        let bound = |name: &str, default: i64| {
            let at = self.attributes.integer(name).unwrap_or(default);
            (if at < 0 { at.saturating_add(rank) } else { at }).clamp(0, rank) as usize
        };
        let (start, end) = (bound("start", 0), bound("end", rank));
        Ok(Literal::whole(dims.get(start..end.max(start)).unwrap_or_default()).into())
    }

    /// `ConstantOfShape`.
    fn fill(&mut self) -> Result<Value, String> {
        let dims = self.needed(0, "shape")?.integers();
        let dims = dims.iter().map(|size| usize::try_from(*size).ok()).collect::<Option<Vec<_>>>();
        let dims = dims.ok_or("has a shape with negative sizes")?;
        let (value, is_whole) = match self.attributes.tensor("value") {
            None => (0.0, false),
            Some(tensor) => {
                let literal = tensors::read(tensor, std::path::Path::new(""))?;
                (literal.scalar().unwrap_or(0.0), literal.is_whole)
            }
        };
        let total = count(&dims)?;
        self.spend(total)?;
        Ok(Literal::new(dims, vec![value; total], is_whole)?.into())
    }

    /// `Range`.
    fn range(&mut self) -> Result<Value, String> {
        let bounds = [self.needed(0, "start")?, self.needed(1, "end")?, self.needed(2, "step")?];
        let is_whole = bounds.iter().all(|bound| bound.is_whole);
        let [start, end, step] = bounds.map(|bound| bound.scalar());
        let (Some(start), Some(end), Some(step)) = (start, end, step) else { return Err("has no bounds".to_owned()) };
        let number = ((end - start) / step).ceil().max(0.0);
        if !number.is_finite() || number > MOST_PLACES as f32 {
            return Err(format!("counts from {start} to {end} in steps of {step}"));
        }
        self.spend(number as usize)?;
        let values: Vec<f32> = (0..number as usize).map(|place| start + place as f32 * step).collect();
        Ok(Literal::new(vec![values.len()], values, is_whole)?.into())
    }
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
