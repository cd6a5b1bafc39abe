//! Many numbers become one, or are shared out.

use super::{
    super::super::{Activation, Function, Op, Pair, PoolKind, Reduction},
    call::{Call, Made, Value, one},
    literal::Literal,
};

/// Runs a call of one of these operators; `None` if it is another one.
///
/// # Errors
/// What does not fit, in words.
pub(super) fn run(call: &mut Call) -> Option<Made> {
    if let Some(kind) = call.reduction() {
        return one(call.reduce(kind));
    }
    one(match call.node.op_type.as_str() {
        "Softmax" => call.softmax(false),
        "LogSoftmax" => call.softmax(true),
        "ArgMax" => call.place_of_largest(false),
        "ArgMin" => call.place_of_largest(true),
        "LpNormalization" => call.unit_length(),
        _ => return None,
    })
}

impl Call<'_> {
    /// How an operator reduces, if it does.
    fn reduction(&self) -> Option<Reduction> {
        Some(match self.node.op_type.as_str() {
            "ReduceSum" => Reduction::Sum,
            "ReduceMean" => Reduction::Mean,
            "ReduceMax" => Reduction::Maximum,
            "ReduceMin" => Reduction::Minimum,
            "ReduceProd" => Reduction::Product,
            "ReduceL1" => Reduction::SumOfMagnitudes,
            "ReduceL2" => Reduction::Length,
            "ReduceSumSquare" => Reduction::SumOfSquares,
            "ReduceLogSum" => Reduction::LogOfSum,
            "ReduceLogSumExp" => Reduction::LogOfSumOfExp,
            _ => return None,
        })
    }

    /// `Reduce...`; the axes are an attribute or an input, by version.
    pub fn reduce(&mut self, kind: Reduction) -> Result<Value, String> {
        let x = self.input(0)?;
        let dims = x.dims().to_vec();
        let axes = self.setting("axes", 1)?.unwrap_or_default();
        let axes = match &axes[..] {
            [] if self.attributes.flag("noop_with_empty_axes") => Vec::new(),
            [] => (0..dims.len()).collect(),
            axes => Self::axes(axes, dims.len())?,
        };
        let keep = self.attributes.integer("keepdims").unwrap_or(1) != 0;
        let output = without(&dims, &axes, keep);
        if let ([1, _, _, _], [2, 3], Value::Computed { .. }) = (&dims[..], &axes[..], &x) {
            let kind = match kind {
                Reduction::Mean => Some(PoolKind::Average { count_padding: false }),
                Reduction::Maximum => Some(PoolKind::Maximum),
                _ => None,
            };
            if let Some(kind) = kind {
                return self.channels(Op::GlobalPool(kind), &[x], Some(output));
            }
        }
        self.general(Function::Reduce { kind, axes }, vec![(x, dims)], Some(output))
    }

    /// `ArgMax` and `ArgMin`.
    fn place_of_largest(&mut self, is_smallest: bool) -> Result<Value, String> {
        let x = self.input(0)?;
        let dims = x.dims().to_vec();
        if self.attributes.flag("select_last_index") {
            return Err("wants the last of equal places; only the first can be run".to_owned());
        }
        let axis = Self::axis(self.attributes.integer("axis").unwrap_or(0), dims.len())?;
        let x = if is_smallest { self.activate(Activation::Negate, x)? } else { x };
        let keep = self.attributes.integer("keepdims").unwrap_or(1) != 0;
        let output = without(&dims, &[axis], keep);
        self.general(Function::PlaceOfLargest { axis }, vec![(x, dims)], Some(output))
    }

    /// `Softmax` and `LogSoftmax`: over one axis, and before version 13 over all from one on.
    fn softmax(&mut self, log: bool) -> Result<Value, String> {
        let x = self.input(0)?;
        let dims = x.dims().to_vec();
        let is_old = self.opset < 13;
        let axis = Self::axis(self.attributes.integer("axis").unwrap_or(if is_old { 1 } else { -1 }), dims.len())?;
        if let ([1, _] | [1, _, 1, 1], 1, false, Value::Computed { .. }) = (&dims[..], axis, log, &x) {
            return self.channels(Op::Softmax, &[x], Some(dims));
        }
        if is_old && axis + 1 < dims.len() {
            let view = vec![dims[..axis].iter().product(), dims[axis..].iter().product()];
            return self.general(Function::Softmax { axis: 1, log }, vec![(x, view)], Some(dims));
        }
        self.general(Function::Softmax { axis, log }, vec![(x, dims)], None)
    }

    /// `LpNormalization`.
    fn unit_length(&mut self) -> Result<Value, String> {
        let x = self.input(0)?;
        let axis = Self::axis(self.attributes.integer("axis").unwrap_or(-1), x.dims().len())?;
        let kind = match self.attributes.integer("p").unwrap_or(2) {
            1 => Reduction::SumOfMagnitudes,
            2 => Reduction::Length,
            p => return Err(format!("normalises with p {p}; only 1 and 2 can be run")),
        };
        let length = self.single(Function::Reduce { kind, axes: vec![axis] }, x.clone())?;
        // What has no length stays as it is.
        let is_none = self.pair(Pair::Equal, length.clone(), Literal::new(Vec::new(), vec![0.0], false)?.into())?;
        let length = self.pair(Pair::Add, length, is_none)?;
        self.pair(Pair::Divide, x, length)
    }
}

/// The dimensions after a reduction.
fn without(dims: &[usize], axes: &[usize], keep: bool) -> Vec<usize> {
    let axis_dims = dims.iter().enumerate();
    if keep {
        return axis_dims.map(|(axis, size)| if axes.contains(&axis) { 1 } else { *size }).collect();
    }
    axis_dims.filter(|(axis, _)| !axes.contains(axis)).map(|(_, size)| *size).collect()
}
