//! Convolutions, pooling and what else works on planes of channels.

use super::{
    super::super::{Convolution, Deconvolution, Function, Linear, Op, Pair, Pool, PoolKind, Weights},
    call::{Call, Made, Value, one},
};

/// A window's settings.
struct Windows {
    stride: [usize; 2],
    padding: [(usize, usize); 2],
    dilation: [usize; 2],
}

/// Runs a call of one of these operators; `None` if it is another one.
///
/// # Errors
/// What does not fit, in words.
pub(super) fn run(call: &mut Call) -> Option<Made> {
    one(match call.node.op_type.as_str() {
        "Conv" => call.convolution(),
        "ConvTranspose" => call.deconvolution(),
        "MaxPool" => call.pool(false),
        "AveragePool" => call.pool(true),
        "GlobalMaxPool" => call.global_pool(PoolKind::Maximum),
        "GlobalAveragePool" => call.global_pool(PoolKind::Average { count_padding: false }),
        "Gemm" => call.gemm(),
        "MatMul" => call.matrix_product(),
        _ => return None,
    })
}

impl Call<'_> {
    /// `Conv`.
    fn convolution(&mut self) -> Result<Value, String> {
        let x = self.input(0)?;
        let weight = self.needed(1, "weights")?.weights;
        let bias = self.known(2, "bias")?.map(|bias| bias.weights);
        let groups = self.groups()?;
        if let ([n, c, length], [out, taken, kernel]) = (x.dims(), &weight.shape[..]) {
            let (dims, shape) = (vec![*n, *c, 1, *length], vec![*out, *taken, 1, *kernel]);
            let weight = Weights { shape, ..weight };
            return self.convolution_of_rows(x, dims, (weight, bias, groups));
        }
        let Windows { stride, padding, dilation, .. } = self.windows(&x, kernel_of(&weight)?)?;
        self.planes(Op::Convolution(Convolution { weight, bias, stride, padding, dilation, groups }), &[x])
    }

    /// `Conv` along one axis, such as gates that look at neighbouring channels: rows are planes one pixel high.
    fn convolution_of_rows(
        &mut self,
        x: Value,
        dims: Vec<usize>,
        (weight, bias, groups): (Weights, Option<Weights>, usize),
    ) -> Result<Value, String> {
        let auto = self.attributes.text("auto_pad").unwrap_or_default();
        if !matches!(auto.as_str(), "" | "NOTSET" | "VALID") {
            return Err(format!("pads rows by `{auto}`; only known numbers can be run"));
        }
        let row = |name: &str, default: usize, count: usize| -> Result<Vec<usize>, String> {
            let Some(values) = self.attributes.integers(name) else { return Ok(vec![default; count]) };
            let known: Option<Vec<usize>> = values.iter().map(|value| usize::try_from(*value).ok()).collect();
            let known = known.filter(|known| known.len() == count);
            known.ok_or_else(|| format!("has `{name}` {values:?}; {count} numbers from 0 are needed for rows"))
        };
        let pads = row("pads", 0, 2)?;
        let stride = [1, row("strides", 1, 1)?[0]];
        let dilation = [1, row("dilations", 1, 1)?[0]];
        let padding = [(0, 0), (pads[0], pads[1])];
        let x = self.view(x, dims)?;
        let convolution = Convolution { weight, bias, stride, padding, dilation, groups };
        let y = self.planes(Op::Convolution(convolution), &[x])?;
        let rows = y.dims().iter().enumerate().filter(|(axis, _)| *axis != 2).map(|(_, length)| *length).collect();
        self.view(y, rows)
    }

    /// `ConvTranspose`.
    fn deconvolution(&mut self) -> Result<Value, String> {
        let x = self.input(0)?;
        let weight = self.needed(1, "weights")?.weights;
        let bias = self.known(2, "bias")?.map(|bias| bias.weights);
        let kernel = kernel_of(&weight)?;
        let stride = self.attributes.pair("strides", 1)?;
        let dilation = self.attributes.pair("dilations", 1)?;
        let output_padding = self.attributes.pair("output_padding", 0)?;
        let groups = self.groups()?;
        let auto = self.attributes.text("auto_pad").unwrap_or_default();
        let [_, _, h, w] = x.dims()[..] else { return Err(not_planes(&x)) };
        let full = |axis: usize, size: usize| -> Result<usize, String> {
            let steps = size.saturating_sub(1).checked_mul(stride[axis]);
            let extent = kernel[axis].saturating_sub(1).checked_mul(dilation[axis]);
            let full = steps.zip(extent).and_then(|(steps, extent)| steps.checked_add(extent)?.checked_add(1));
            full.and_then(|full| full.checked_add(output_padding[axis])).ok_or_else(|| "is too large".to_owned())
        };
        let wanted = match (self.attributes.integers("output_shape"), auto.as_str()) {
            (Some([.., down, across]), _) => Some([*down as usize, *across as usize]),
            (_, "SAME_UPPER" | "SAME_LOWER") => Some([h.saturating_mul(stride[0]), w.saturating_mul(stride[1])]),
            _ => None,
        };
        let padding = match wanted {
            Some(wanted) => {
                let along = |axis: usize, size: usize| {
                    let cut = full(axis, size)?.checked_sub(wanted[axis]);
                    let cut = cut
                        .ok_or_else(|| format!("spreads {size} places over {}, which it cannot fill", wanted[axis]))?;
                    let (less, more) = (cut / 2, cut - cut / 2);
                    Ok::<_, String>(if auto == "SAME_UPPER" { (less, more) } else { (more, less) })
                };
                [along(0, h)?, along(1, w)?]
            }
            None => self.pads()?,
        };
        let op = Deconvolution { weight, bias, stride, padding, dilation, groups, output_padding };
        self.planes(Op::Deconvolution(op), &[x])
    }

    /// `MaxPool` and `AveragePool`.
    fn pool(&mut self, is_average: bool) -> Result<Value, String> {
        let x = self.input(0)?;
        let kernel = self.attributes.pair("kernel_shape", 1)?;
        let Windows { stride, padding, dilation, .. } = self.windows(&x, kernel)?;
        if dilation != [1, 1] {
            return Err(format!("pools places {dilation:?} apart; only neighbours can be run"));
        }
        let kind = if is_average {
            PoolKind::Average { count_padding: self.attributes.flag("count_include_pad") }
        } else {
            PoolKind::Maximum
        };
        let ceil = self.attributes.flag("ceil_mode");
        self.planes(Op::Pool(Pool { kind, kernel, stride, padding, ceil }), &[x])
    }

    /// `GlobalAveragePool` and `GlobalMaxPool`.
    fn global_pool(&mut self, kind: PoolKind) -> Result<Value, String> {
        let x = self.input(0)?;
        self.planes(Op::GlobalPool(kind), &[x])
    }

    /// `Gemm`: a fully connected layer where the second factor is known.
    fn gemm(&mut self) -> Result<Value, String> {
        let alpha = self.attributes.float("alpha").unwrap_or(1.0);
        let beta = self.attributes.float("beta").unwrap_or(1.0);
        let (turn_a, turn_b) = (self.attributes.flag("transA"), self.attributes.flag("transB"));
        let (a, b) = (self.input(0)?, self.input(1)?);
        let c = self.optional(2);
        if let (Value::Computed { .. }, [1, taken], Value::Literal(weight), false) = (&a, a.dims(), &b, turn_a) {
            let bias = match &c {
                None => Some(None),
                Some(Value::Literal(bias)) => Some(Some(bias.weights.values.clone())),
                Some(Value::Computed { .. }) => None,
            };
            let [rows, columns] = weight.dims()[..] else { return Err("has weights that are no matrix".to_owned()) };
            let (inner, out) = if turn_b { (columns, rows) } else { (rows, columns) };
            if let Some(bias) = bias
                && bias.as_ref().is_none_or(|bias| bias.len() == out)
                && inner == *taken
            {
                let weight = if turn_b { weight.weights.clone() } else { transpose(&weight.weights) };
                let weight = times(weight, alpha);
                let bias = bias.map(|bias| times(Weights { shape: vec![out], values: bias }, beta));
                return self.channels(Op::Linear(Linear { weight, bias }), &[a], Some(vec![1, out]));
            }
        }
        let turned = |call: &mut Self, value: Value, turn: bool| {
            if turn { call.single(Function::Permute { axes: vec![1, 0] }, value) } else { Ok(value) }
        };
        let a = turned(self, a, turn_a)?;
        let b = turned(self, b, turn_b)?;
        let mut product = self.product(a, b)?;
        if alpha != 1.0 {
            product = self.pair(Pair::Multiply, product, number(alpha)?)?;
        }
        match c {
            None => Ok(product),
            Some(c) if beta == 1.0 => self.pair(Pair::Add, product, c),
            Some(c) => {
                let c = self.pair(Pair::Multiply, c, number(beta)?)?;
                self.pair(Pair::Add, product, c)
            }
        }
    }

    /// `MatMul`.
    fn matrix_product(&mut self) -> Result<Value, String> {
        let (a, b) = (self.input(0)?, self.input(1)?);
        if let (Value::Computed { .. }, [1, taken], Value::Literal(weight)) = (&a, a.dims(), &b)
            && let [inner, out] = weight.dims()[..]
            && inner == *taken
        {
            self.spend(weight.weights.values.len())?;
            let weight = transpose(&weight.weights);
            return self.channels(Op::Linear(Linear { weight, bias: None }), &[a], Some(vec![1, out]));
        }
        self.product(a, b)
    }

    /// A product of matrices; a vector is a row on the left and a column on the right.
    fn product(&mut self, a: Value, b: Value) -> Result<Value, String> {
        let (of_a, of_b) = (a.dims().to_vec(), b.dims().to_vec());
        let view_a = if let [inner] = of_a[..] { vec![1, inner] } else { of_a.clone() };
        let view_b = if let [inner] = of_b[..] { vec![inner, 1] } else { of_b.clone() };
        if of_a.len() >= 2 && of_b.len() >= 2 {
            return self.general(Function::Multiply, vec![(a, view_a), (b, view_b)], None);
        }
        let outer = if of_b.len() > 2 { &of_b[..of_b.len() - 2] } else { &of_a[..of_a.len().saturating_sub(2)] };
        let mut dims = outer.to_vec();
        dims.extend(if of_a.len() >= 2 { of_a.get(of_a.len() - 2) } else { None });
        dims.extend(if of_b.len() >= 2 { of_b.last() } else { None });
        self.general(Function::Multiply, vec![(a, view_a), (b, view_b)], Some(dims))
    }

    fn groups(&self) -> Result<usize, String> {
        let groups = self.attributes.integer("group").unwrap_or(1);
        usize::try_from(groups).map_err(|_| format!("has {groups} groups"))
    }

    /// `pads`: all that come before, then all that come after.
    fn pads(&self) -> Result<[(usize, usize); 2], String> {
        match self.attributes.integers("pads") {
            None => Ok([(0, 0); 2]),
            Some(pads) => match pads.iter().map(|pad| usize::try_from(*pad).ok()).collect::<Vec<_>>()[..] {
                [Some(top), Some(left), Some(bottom), Some(right)] => Ok([(top, bottom), (left, right)]),
                _ => Err(format!("pads {pads:?}; four numbers from 0 are needed")),
            },
        }
    }

    fn windows(&self, x: &Value, kernel: [usize; 2]) -> Result<Windows, String> {
        let stride = self.attributes.pair("strides", 1)?;
        let dilation = self.attributes.pair("dilations", 1)?;
        let [_, _, h, w] = x.dims()[..] else { return Err(not_planes(x)) };
        let auto = self.attributes.text("auto_pad").unwrap_or_default();
        let padding = match auto.as_str() {
            "SAME_UPPER" | "SAME_LOWER" => {
                let along = |axis: usize, size: usize| {
                    let step = stride[axis].max(1);
                    let extent = kernel[axis].saturating_sub(1).saturating_mul(dilation[axis]).saturating_add(1);
                    let covered = (size.div_ceil(step).saturating_sub(1)).saturating_mul(step).saturating_add(extent);
                    let total = covered.saturating_sub(size);
                    let (less, more) = (total / 2, total - total / 2);
                    if auto == "SAME_UPPER" { (less, more) } else { (more, less) }
                };
                [along(0, h), along(1, w)]
            }
            "VALID" => [(0, 0); 2],
            _ => self.pads()?,
        };
        Ok(Windows { stride, padding, dilation })
    }
}

fn kernel_of(weight: &Weights) -> Result<[usize; 2], String> {
    match weight.shape[..] {
        [_, _, h, w] => Ok([h, w]),
        _ => Err(format!(
            "has weights of shape {:?}; only those for pictures, of four dimensions, can be run",
            weight.shape
        )),
    }
}

pub(super) fn not_planes(x: &Value) -> String {
    format!("takes a value of shape {:?}; channels, height and width are needed", x.dims())
}

fn transpose(weight: &Weights) -> Weights {
    let [rows, columns] = [weight.shape[0], weight.shape[1]];
    let values = (0..rows * columns).map(|place| weight.values[(place % rows) * columns + place / rows]).collect();
    Weights::new(vec![columns, rows], values)
}

fn times(weight: Weights, factor: f32) -> Weights {
    if factor == 1.0 {
        return weight;
    }
    let values = weight.values.iter().map(|value| value * factor).collect();
    Weights::new(weight.shape, values)
}

/// A single known number.
pub(super) fn number(value: f32) -> Result<Value, String> {
    Ok(super::literal::Literal::new(Vec::new(), vec![value], false)?.into())
}
