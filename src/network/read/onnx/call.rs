//! One node of the file while it becomes a node of ours, or several, or numbers.

use std::path::Path;

use onnx_ir::NodeProto;

use super::{
    super::super::{
        Activation, Function, General, GraphBuilder, Op, Operand, Pair, Source, Weights, general::count, run::fold,
    },
    attributes::Attributes,
    literal::Literal,
    strip::{kept_dims, strip},
};

/// Not more numbers than this are computed while a file is read (a gigabyte), unless it holds many weights itself.
pub(super) const MOST_FOLDED: usize = 1 << 28;
/// So many for each weight: networks that standardise their weights do so in a dozen steps.
pub(super) const FOLDED_A_WEIGHT: usize = 24;

/// What a name in the file stands for.
#[derive(Clone, Debug)]
pub(super) enum Value {
    /// Numbers that do not depend on the picture.
    Literal(Literal),
    /// The output of a node, with the file's dimensions for one picture.
    Computed {
        source: Source,
        dims: Vec<usize>,
        /// Whether the file calls these whole numbers.
        is_whole: bool,
    },
}

impl Value {
    pub fn dims(&self) -> &[usize] {
        match self {
            Self::Literal(literal) => literal.dims(),
            Self::Computed { dims, .. } => dims,
        }
    }

    /// Whether the file calls these whole numbers, which divide like such.
    pub fn is_whole(&self) -> bool {
        match self {
            Self::Literal(literal) => literal.is_whole,
            Self::Computed { is_whole, .. } => *is_whole,
        }
    }

    /// The same numbers, called whole or not.
    pub fn called_whole(mut self, whole: bool) -> Self {
        match &mut self {
            Self::Literal(literal) => literal.is_whole = whole,
            Self::Computed { is_whole, .. } => *is_whole = whole,
        }
        self
    }
}

impl From<Literal> for Value {
    fn from(literal: Literal) -> Self {
        Self::Literal(literal)
    }
}

/// What a call makes: a value for each output.
pub(super) type Made = Result<Vec<Value>, String>;

/// What a call makes that has one output.
pub(super) fn one(value: Result<Value, String>) -> Option<Made> {
    Some(value.map(|value| vec![value]))
}

/// A node and where its results go.
pub(super) struct Call<'a> {
    pub builder: &'a mut GraphBuilder,
    /// How many numbers may still be computed now.
    pub budget: &'a mut usize,
    pub node: &'a NodeProto,
    pub attributes: Attributes<'a>,
    /// In the file's order; `None` where one is left out.
    pub inputs: Vec<Option<Value>>,
    /// The version of the operators.
    pub opset: i64,
    /// Where the file lies.
    pub folder: &'a Path,
    /// The name of the layer.
    pub name: String,
}

impl Call<'_> {
    /// An input that must be there.
    pub fn input(&self, place: usize) -> Result<Value, String> {
        self.optional(place).ok_or_else(|| format!("has no input {}, which it needs", place + 1))
    }

    /// An input that may be left out.
    pub fn optional(&self, place: usize) -> Option<Value> {
        self.inputs.get(place).cloned().flatten()
    }

    /// All inputs, every one of which must be there.
    pub fn all_inputs(&self) -> Result<Vec<Value>, String> {
        if self.inputs.is_empty() {
            return Err("takes nothing; it needs an input".to_owned());
        }
        (0..self.inputs.len()).map(|place| self.input(place)).collect()
    }

    /// An input whose numbers must be known now; `None` where it is left out.
    pub fn known(&self, place: usize, what: &str) -> Result<Option<Literal>, String> {
        match self.optional(place) {
            None => Ok(None),
            Some(Value::Literal(literal)) => Ok(Some(literal)),
            Some(Value::Computed { .. }) => Err(format!(
                "computes its {what} from the picture; only fixed ones can be run (export the network again with fixed \
                 sizes, in evaluation mode)"
            )),
        }
    }

    /// As [`known`](Self::known), but it must be there.
    pub fn needed(&self, place: usize, what: &str) -> Result<Literal, String> {
        self.known(place, what)?.ok_or_else(|| format!("has no {what}"))
    }

    /// Whole numbers that are an attribute in older versions and an input in newer ones.
    pub fn setting(&self, attribute: &str, place: usize) -> Result<Option<Vec<i64>>, String> {
        match self.attributes.integers(attribute) {
            Some(values) => Ok(Some(values.to_vec())),
            None => Ok(self.known(place, attribute)?.map(|literal| literal.integers())),
        }
    }

    /// An axis counted from the front.
    pub fn axis(axis: i64, rank: usize) -> Result<usize, String> {
        let from_front = if axis < 0 { axis.checked_add(rank as i64) } else { Some(axis) };
        let place = from_front.and_then(|axis| usize::try_from(axis).ok()).filter(|axis| *axis < rank);
        place.ok_or_else(|| format!("names axis {axis} of {rank} dimensions"))
    }

    /// Axes counted from the front, sorted, each once.
    pub fn axes(axes: &[i64], rank: usize) -> Result<Vec<usize>, String> {
        let mut places = axes.iter().map(|axis| Self::axis(*axis, rank)).collect::<Result<Vec<_>, _>>()?;
        places.sort_unstable();
        places.dedup();
        Ok(places)
    }

    /// Adds a node.
    fn push(&mut self, op: Op, inputs: &[Source]) -> Result<Source, String> {
        // The builder's error names the layer; the caller of this names it already.
        self.builder.push(&self.name, &self.node.op_type, op, inputs).map_err(|error| match error {
            super::super::super::GraphError::Layer { reason, .. }
            | super::super::super::GraphError::Whole { reason } => reason,
        })
    }

    /// Takes what is going to be computed now from what may still be.
    pub fn spend(&mut self, numbers: usize) -> Result<(), String> {
        *self.budget = self.budget.checked_sub(numbers).ok_or("computes more numbers before any picture than fit")?;
        Ok(())
    }

    /// A general operation on values, each seen with dimensions (the batch included); the result has those of `output`.
    pub fn general(
        &mut self,
        function: Function,
        operands: Vec<(Value, Vec<usize>)>,
        output: Option<Vec<usize>>,
    ) -> Result<Value, String> {
        let is_whole = operands.iter().all(|(value, _)| value.is_whole());
        let mut sources = Vec::new();
        let mut seen = Vec::with_capacity(operands.len());
        for (value, view) in operands {
            if count(value.dims())? != count(&view)? {
                return Err(format!("cannot see {:?} as {view:?}", value.dims()));
            }
            seen.push(match value {
                Value::Literal(literal) => Operand::Constant(literal.seen_as(view)?),
                Value::Computed { source, .. } => {
                    sources.push(source);
                    Operand::Input(view)
                }
            });
        }
        let mut general = General { function, operands: seen, output: Vec::new() };
        let result = general.result()?;
        let dims = output.unwrap_or_else(|| result.clone());
        if count(&dims)? != count(&result)? {
            return Err(format!("makes {result:?}, which cannot be seen as {dims:?}"));
        }
        if sources.is_empty() {
            self.spend(work(&general, &result)?)?;
            general.output = result;
            let folded = fold(&Op::General(general), &[])?;
            return Ok(Literal::new(dims, folded.values.to_vec(), is_whole)?.into());
        }
        strip(&mut general);
        general.output = kept_dims(&dims);
        let source = self.push(Op::General(general), &sources)?;
        Ok(Value::Computed { source, dims, is_whole })
    }

    /// The same numbers with other dimensions.
    pub fn view(&mut self, value: Value, dims: Vec<usize>) -> Result<Value, String> {
        if let Value::Literal(literal) = value {
            let is_whole = literal.is_whole;
            return Ok(Literal { weights: literal.seen_as(dims)?, is_whole }.into());
        }
        let view = value.dims().to_vec();
        self.general(Function::View, vec![(value, view)], Some(dims))
    }

    /// One operand with its own dimensions.
    pub fn single(&mut self, function: Function, value: Value) -> Result<Value, String> {
        let view = value.dims().to_vec();
        self.general(function, vec![(value, view)], None)
    }

    /// Two operands, broadcasting.
    pub fn pair(&mut self, pair: Pair, a: Value, b: Value) -> Result<Value, String> {
        let (of_a, of_b) = (a.dims().to_vec(), b.dims().to_vec());
        self.general(Function::Pair(pair), vec![(a, of_a), (b, of_b)], None)
    }

    /// A function of one number.
    pub fn activate(&mut self, activation: Activation, value: Value) -> Result<Value, String> {
        self.pointwise(Op::Activate(activation), value)
    }

    /// An operation that keeps the dimensions, whatever they are.
    pub fn pointwise(&mut self, op: Op, value: Value) -> Result<Value, String> {
        let dims = value.dims().to_vec();
        match value {
            Value::Literal(literal) => {
                self.spend(literal.weights.values.len())?;
                let rows = literal.seen_as(vec![1, literal.weights.values.len()])?;
                let folded = fold(&op, &[rows])?;
                Ok(Literal::new(dims, folded.values.to_vec(), literal.is_whole)?.into())
            }
            Value::Computed { source, is_whole, .. } => {
                let source = self.push(op, &[source])?;
                Ok(Value::Computed { source, dims, is_whole })
            }
        }
    }

    /// An operation on planes of channels, `[1, c, h, w]` in the file.
    pub fn planes(&mut self, op: Op, values: &[Value]) -> Result<Value, String> {
        for value in values {
            match (value, value.dims()) {
                (_, [1, _, _, _]) | (Value::Literal(_), [_, _, _, _]) => {}
                (_, dims) => {
                    return Err(format!(
                        "takes values of shape {dims:?}; only one picture at a time, with channels, height and width, \
                         can be run"
                    ));
                }
            }
        }
        self.channels(op, values, None)
    }

    /// As [`planes`](Self::planes), but vectors `[1, c]` are taken as well; the result has the dimensions of `output`.
    pub fn channels(&mut self, op: Op, values: &[Value], output: Option<Vec<usize>>) -> Result<Value, String> {
        let sources: Vec<Source> = values
            .iter()
            .filter_map(|value| match value {
                Value::Computed { source, .. } => Some(*source),
                Value::Literal(_) => None,
            })
            .collect();
        if sources.is_empty() {
            return self.fold_planes(op, values, output);
        }
        if sources.len() < values.len() {
            return Err("mixes values of the picture with fixed ones in a way that cannot be run".to_owned());
        }
        let source = self.push(op, &sources)?;
        let dims = output.unwrap_or_else(|| [&[1], self.builder.dims_of(source)].concat());
        let is_whole = values.iter().all(Value::is_whole);
        Ok(Value::Computed { source, dims, is_whole })
    }

    fn fold_planes(&mut self, op: Op, values: &[Value], output: Option<Vec<usize>>) -> Result<Value, String> {
        let weights: Vec<Weights> = values
            .iter()
            .filter_map(|value| match value {
                Value::Literal(literal) => Some(literal.weights.clone()),
                Value::Computed { .. } => None,
            })
            .collect();
        let taken = weights.iter().map(|weights| weights.values.len()).sum();
        // A thousand products take about as long as everything else that happens to a number; the output is no larger
        // than what an activation may be, but may be that of a small input.
        let each = op
            .weights()
            .first()
            .map_or(0, |weight| weight.values.len() / weight.shape.first().copied().unwrap_or(1).max(1));
        self.spend(taken)?;
        self.spend(taken.max(1 << 12).saturating_mul(each / 1000))?;
        let folded = fold(&op, &weights)?;
        self.spend(folded.values.len())?;
        let dims = output.unwrap_or(folded.shape);
        Ok(Literal::new(dims, folded.values.to_vec(), false)?.into())
    }
}

/// About how much there is to do, in numbers.
fn work(general: &General, result: &[usize]) -> Result<usize, String> {
    // A thousand products take about as long as everything else that happens to a number.
    let depth = 1 + general.function.weights().len() + general.products() / 1000;
    let operands = general.operands.iter().map(|operand| count(operand.view())).sum::<Result<usize, _>>()?;
    let numbers = count(result)?.checked_add(operands);
    numbers.and_then(|numbers| numbers.checked_mul(depth)).ok_or_else(|| "is larger than any network needs".to_owned())
}
