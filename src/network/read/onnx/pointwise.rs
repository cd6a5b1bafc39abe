//! Functions of one number and of several, place by place.

use super::{
    super::super::{Activation, Angle, Combination, Function, Op, Pair},
    call::{Call, Made, Value, one},
    planes::number,
};

/// Runs a call of one of these operators; `None` if it is another one.
///
/// # Errors
/// What does not fit, in words.
pub(super) fn run(call: &mut Call) -> Option<Made> {
    match call.activation() {
        Err(reason) => return Some(Err(reason)),
        Ok(Some(activation)) => return one(call.input(0).and_then(|x| call.activate(activation, x))),
        Ok(None) => {}
    }
    if let Some(pair) = call.pair_of() {
        return one(call.combine(pair));
    }
    one(match call.node.op_type.as_str() {
        "Swish" => call.swish(),
        "Where" => call.choose(),
        "Not" => call.negation(),
        "Cast" | "CastLike" => call.cast(),
        _ => return None,
    })
}

impl Call<'_> {
    /// The function of one number that an operator is, if it is one.
    fn activation(&self) -> Result<Option<Activation>, String> {
        let float = |name: &str, default: f32| self.attributes.float(name).unwrap_or(default);
        let exp = Activation::Exp { scale: 1.0, shift: 0.0 };
        let log = Activation::Log { scale: 1.0, shift: 0.0, factor: 1.0 };
        Ok(Some(match self.node.op_type.as_str() {
            "Relu" => Activation::Rectify { slope: 0.0 },
            "LeakyRelu" => Activation::Rectify { slope: float("alpha", 0.01) },
            "Clip" => self.clip()?,
            "Sigmoid" => Activation::Sigmoid,
            "Tanh" => Activation::Tanh,
            "HardSigmoid" => Activation::HardSigmoid { alpha: float("alpha", 0.2), beta: float("beta", 0.5) },
            "HardSwish" => Activation::HardSwish,
            "Swish" if float("alpha", 1.0) == 1.0 => Activation::Swish,
            "Gelu" => Activation::Gelu { tanh: self.attributes.text("approximate").is_some_and(|way| way == "tanh") },
            "Elu" => Activation::Elu { alpha: float("alpha", 1.0) },
            "Celu" => Activation::Celu { alpha: float("alpha", 1.0) },
            "Selu" => Activation::Selu { alpha: float("alpha", 1.673_263_2), gamma: float("gamma", 1.050_701) },
            "Softplus" => Activation::Softplus,
            "Softsign" => Activation::Softsign,
            "Mish" => Activation::Mish,
            "ThresholdedRelu" => Activation::Threshold { above: float("alpha", 1.0) },
            "Shrink" => Activation::Shrink { lambda: float("lambd", 0.5), bias: float("bias", 0.0) },
            "Abs" => Activation::Absolute,
            "Exp" => exp,
            "Log" => log,
            "Sqrt" => Activation::Sqrt,
            "Reciprocal" => Activation::Reciprocal,
            "Neg" => Activation::Negate,
            "Sign" => Activation::Sign,
            "Erf" => Activation::Erf,
            "Floor" => Activation::Floor,
            "Ceil" => Activation::Ceil,
            "Round" => Activation::Round,
            "Sin" => Activation::Angle(Angle::Sin),
            "Cos" => Activation::Angle(Angle::Cos),
            "Tan" => Activation::Angle(Angle::Tan),
            "Sinh" => Activation::Angle(Angle::Sinh),
            "Cosh" => Activation::Angle(Angle::Cosh),
            "Asin" => Activation::Angle(Angle::ArcSin),
            "Acos" => Activation::Angle(Angle::ArcCos),
            "Atan" => Activation::Angle(Angle::ArcTan),
            "Asinh" => Activation::Angle(Angle::ArcSinh),
            "Acosh" => Activation::Angle(Angle::ArcCosh),
            "Atanh" => Activation::Angle(Angle::ArcTanh),
            _ => return Ok(None),
        }))
    }

    /// Bounds are attributes up to version 10 and inputs from 11 on.
    fn clip(&self) -> Result<Activation, String> {
        let bound = |name: &str, place: usize, default: f32| -> Result<f32, String> {
            match (self.attributes.float(name), self.known(place, "bounds")?) {
                (Some(value), _) => Ok(value),
                (None, Some(literal)) => {
                    literal.scalar().ok_or_else(|| format!("has a bound `{name}` of many numbers"))
                }
                (None, None) => Ok(default),
            }
        };
        let (min, max) = (bound("min", 1, f32::NEG_INFINITY)?, bound("max", 2, f32::INFINITY)?);
        // Where they are the wrong way round the upper one counts.
        Ok(Activation::Clip { min: min.min(max), max })
    }

    /// `Swish` with another slope in the gate.
    fn swish(&mut self) -> Result<Value, String> {
        let x = self.input(0)?;
        let inner = self.pair(Pair::Multiply, x.clone(), number(self.attributes.float("alpha").unwrap_or(1.0))?)?;
        let gate = self.activate(Activation::Sigmoid, inner)?;
        self.pair(Pair::Multiply, x, gate)
    }

    /// What two numbers become, if the operator is of that kind.
    fn pair_of(&self) -> Option<Pair> {
        Some(match self.node.op_type.as_str() {
            "Add" | "Sum" | "Mean" => Pair::Add,
            "Sub" => Pair::Subtract,
            "Mul" => Pair::Multiply,
            "Div" => Pair::Divide,
            "Pow" => Pair::Power,
            "Max" => Pair::Maximum,
            "Min" => Pair::Minimum,
            "Mod" if self.attributes.flag("fmod") => Pair::TruncatedRemainder,
            "Mod" => Pair::Remainder,
            "Equal" => Pair::Equal,
            "Greater" => Pair::Greater,
            "GreaterOrEqual" => Pair::GreaterOrEqual,
            "Less" => Pair::Less,
            "LessOrEqual" => Pair::LessOrEqual,
            "And" => Pair::And,
            "Or" => Pair::Or,
            "Xor" => Pair::Xor,
            "PRelu" => Pair::Rectify,
            _ => return None,
        })
    }

    /// Two values or more become one.
    fn combine(&mut self, pair: Pair) -> Result<Value, String> {
        let values = self.all_inputs()?;
        let is_whole = values.iter().all(Value::is_whole);
        if let Some(combination) = combination(pair)
            && are_planes(&values)
            && !(is_whole && pair == Pair::Divide)
        {
            let combination = match (self.node.op_type.as_str(), combination) {
                ("Mean", _) => Combination::Sum(vec![1.0 / values.len() as f32; values.len()]),
                (_, combination) => combination,
            };
            let dims = values[0].dims().to_vec();
            let all_alike = values.iter().all(|value| value.dims() == dims);
            return self.channels(Op::Combine(combination), &values, all_alike.then_some(dims));
        }
        if let (Pair::Power, [x, Value::Literal(power)]) = (pair, &values[..])
            && let Some(power) = power.scalar()
            && matches!(x, Value::Computed { .. })
            && values[1].dims().len() <= x.dims().len()
        {
            return self.activate(Activation::Power { scale: 1.0, shift: 0.0, power }, x.clone());
        }
        if let (Pair::Rectify, [x, Value::Literal(slope)]) = (pair, &values[..])
            && let ([1, c, _, _], [slopes, 1, 1]) = (x.dims(), slope.dims())
            && matches!(x, Value::Computed { .. })
            && (slopes == c || *slopes == 1)
        {
            let slope = slope.seen_as(vec![*slopes])?;
            return self.planes(Op::ParametricRectify { slope }, std::slice::from_ref(x));
        }
        let count = values.len();
        let mut values = values.into_iter();
        let mut result = values.next().ok_or("takes nothing; it needs an input")?;
        for value in values {
            result = self.pair(pair, result, value)?;
        }
        match (self.node.op_type.as_str(), pair) {
            ("Mean", _) => self.pair(Pair::Divide, result, number(count as f32)?),
            (_, Pair::Divide) if is_whole => self.activate(Activation::Truncate, result),
            _ => Ok(result),
        }
    }

    /// `Where`.
    fn choose(&mut self) -> Result<Value, String> {
        let operands = self.all_inputs()?.into_iter().map(|value| {
            let dims = value.dims().to_vec();
            (value, dims)
        });
        let operands = operands.collect();
        self.general(Function::Choose, operands, None)
    }

    /// `Not`.
    fn negation(&mut self) -> Result<Value, String> {
        let x = self.input(0)?;
        self.pair(Pair::Equal, x, number(0.0)?)
    }

    /// `Cast` and `CastLike`.
    fn cast(&mut self) -> Result<Value, String> {
        let x = self.input(0)?;
        // Codes of `onnx.proto`: single, half, double and bfloat16. Like another value: of its kind, as far as it is known.
        let like = self.optional(1).filter(|_| self.node.op_type == "CastLike");
        let to = match like {
            Some(like) => {
                if like.is_whole() {
                    7
                } else {
                    1
                }
            }
            None => self.attributes.integer("to").unwrap_or(1),
        };
        let is_float = matches!(to, 1 | 10 | 11 | 16);
        match (x, to) {
            (Value::Literal(literal), 9) => {
                self.spend(literal.weights.values.len())?;
                let values = literal.weights.values.iter().map(|value| f32::from(u8::from(*value != 0.0))).collect();
                Ok(super::literal::Literal::new(literal.dims().to_vec(), values, true)?.into())
            }
            (Value::Literal(literal), _) => {
                self.spend(literal.weights.values.len())?;
                let values = literal.weights.values.iter().map(|value| if is_float { *value } else { value.trunc() });
                Ok(super::literal::Literal::new(literal.dims().to_vec(), values.collect(), !is_float)?.into())
            }
            (x, 9) => {
                let is_zero = self.pair(Pair::Equal, x, number(0.0)?)?;
                self.pair(Pair::Equal, is_zero, number(0.0)?)
            }
            (x, _) if is_float => Ok(self.pointwise(Op::Identity, x)?.called_whole(false)),
            (x, _) => Ok(self.activate(Activation::Truncate, x)?.called_whole(true)),
        }
    }
}

/// How planes become one, where there is a way of the graph's own.
fn combination(pair: Pair) -> Option<Combination> {
    Some(match pair {
        Pair::Add => Combination::Sum(Vec::new()),
        Pair::Subtract => Combination::Difference,
        Pair::Multiply => Combination::Product,
        Pair::Divide => Combination::Quotient,
        Pair::Maximum => Combination::Maximum,
        Pair::Minimum => Combination::Minimum,
        _ => return None,
    })
}

/// Whether all values depend on the picture and are planes of channels, or all alike.
fn are_planes(values: &[Value]) -> bool {
    let is_computed = values.iter().all(|value| matches!(value, Value::Computed { .. }));
    let are_alike = values.iter().all(|value| value.dims() == values[0].dims());
    is_computed && (are_alike || values.iter().all(|value| matches!(value.dims(), [1, _, _, _])))
}
