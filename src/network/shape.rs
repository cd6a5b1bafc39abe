//! The dimensions of an operation's output, and whether its weights fit its input.

use super::{
    Combination, Convolution, Deconvolution, Function, General, Layout, Linear, Op, Operand, Pool, Weights,
    general::count, layout::kept,
};

/// More numbers than this in one activation of one image (half a gigabyte) can only be a mistake in the file.
pub(super) const LARGEST_ACTIVATION: usize = 1 << 27;

/// No picture is as large as this, nor what is added around it.
const LARGEST_PADDING: usize = 1 << 16;

/// A value as operations take it: its dimensions without the batch's, and which of them holds the channels.
#[derive(Clone, Copy)]
pub(super) struct Value<'a> {
    pub dims: &'a [usize],
    pub layout: Layout,
}

/// The dimensions and the layout of what `op` makes of these inputs.
///
/// # Errors
/// What does not fit, in words.
pub(super) fn infer(op: &Op, inputs: &[Value]) -> Result<(Vec<usize>, Layout), String> {
    let first = match (inputs.first(), op) {
        (Some(first), _) => *first,
        // All that it works on may have come with the network.
        (None, Op::General(_)) => Value { dims: &[], layout: Layout::Usual },
        (None, _) => return Err("takes nothing; it needs an input".to_owned()),
    };
    let (dims, layout) = match op {
        Op::General(general) => (generalize(general, inputs)?, arrange(general, first)),
        // Place by place, whatever the dimensions are.
        Op::Activate(_) | Op::Identity if inputs.len() == 1 => (first.dims.to_vec(), first.layout),
        Op::Combine(combination) if inputs.iter().all(|input| input.dims == first.dims) => {
            coefficients(combination, inputs.len())?;
            (first.dims.to_vec(), first.layout)
        }
        Op::Combine(_) | Op::Concat { .. } => {
            // Where the channels are last in all of them they stay there.
            let are_alike = inputs.iter().all(|input| input.dims.len() == 3 && input.layout == first.layout);
            let layout = if are_alike { first.layout } else { Layout::Usual };
            (infer_planes(op, inputs)?.to_vec(), layout)
        }
        // What only scales does not tell what the axes are.
        Op::Affine { .. } | Op::Softmax if first.layout == Layout::Unknown => {
            (infer_planes(op, inputs)?.to_vec(), Layout::Unknown)
        }
        _ => (infer_planes(op, inputs)?.to_vec(), Layout::Usual),
    };
    match count(&dims)? {
        0 => Err(format!("its output of shape {dims:?} is empty")),
        count if count <= LARGEST_ACTIVATION => Ok((dims, layout)),
        _ => Err(format!("its output of shape {dims:?} is larger than any network needs")),
    }
}

/// The shape `[c, h, w]` that an operation on planes makes of planes; a vector is planes of one pixel.
fn infer_planes(op: &Op, inputs: &[Value]) -> Result<[usize; 3], String> {
    let planes = |value: &Value| match value.dims {
        [_] | [_, _, _] => Ok(kept(value.dims)),
        dims => Err(format!("needs channels, height and width, but its input has dimensions {dims:?}")),
    };
    let inputs = &inputs.iter().map(planes).collect::<Result<Vec<_>, _>>()?[..];
    match (inputs, op) {
        (_, Op::Concat { axis }) => concat(*axis, inputs),
        (_, Op::Combine(combination)) => {
            coefficients(combination, inputs.len())?;
            broadcast(inputs)
        }
        ([input], op) => single(op, *input),
        _ => Err(format!("takes {} inputs; it needs one", inputs.len())),
    }
}

fn coefficients(combination: &Combination, count: usize) -> Result<(), String> {
    match combination {
        Combination::Sum(weights) if !weights.is_empty() && weights.len() != count => {
            Err(format!("has {} coefficients for {count} inputs", weights.len()))
        }
        _ => Ok(()),
    }
}

fn generalize(general: &General, inputs: &[Value]) -> Result<Vec<usize>, String> {
    let views = general.operands.iter().filter_map(|operand| match operand {
        Operand::Input(view) => Some(view),
        Operand::Constant(_) => None,
    });
    if general.input_count() != inputs.len() {
        return Err(format!("takes {} inputs; it needs {}", inputs.len(), general.input_count()));
    }
    for (view, input) in views.zip(inputs) {
        if count(view)? != count(input.dims)? {
            return Err(format!("sees its input of shape {:?} as {view:?}", input.dims));
        }
    }
    let result = general.result()?;
    if count(&result)? != count(&general.output)? {
        return Err(format!("makes {result:?}, which cannot be kept as {:?}", general.output));
    }
    Ok(general.output.clone())
}

/// Where the channels are after a general operation: turned last by a permutation, kept first where planes become rows,
/// and left there by what follows.
fn arrange(general: &General, first: Value) -> Layout {
    if let &[rows, columns] = &general.output[..] {
        let is_first = match (&general.function, first.dims) {
            (Function::View, &[c, _, _]) => first.layout == Layout::Usual && rows == c && columns > 1,
            // With the batch's axis or without.
            (Function::Permute { axes }, [_, _]) => is_turned(general, axes) != (first.layout == Layout::ChannelsFirst),
            (Function::Permute { .. }, _) => false,
            // What mixes the tokens may change how many there are.
            (function, &[c, tokens]) => {
                let is_kept = rows == c && (columns == tokens || matches!(function, Function::Multiply));
                is_kept && first.layout == Layout::ChannelsFirst
            }
            _ => false,
        };
        return if is_first { Layout::ChannelsFirst } else { Layout::Usual };
    }
    if general.output.len() != 3 || first.dims.len() != 3 {
        return if general.output.len() == 3 { Layout::Unknown } else { Layout::Usual };
    }
    match &general.function {
        Function::Permute { axes } => match (&axes[..], first.layout) {
            ([1, 2, 0], Layout::Usual) | ([0, 2, 3, 1], Layout::Usual | Layout::Unknown) => Layout::ChannelsLast,
            ([0, 1, 2] | [1, 0, 2] | [0, 2, 1, 3], layout) => layout,
            ([2, 0, 1] | [0, 3, 1, 2], Layout::ChannelsLast) => Layout::Usual,
            _ => Layout::Unknown,
        },
        Function::View if general.output != first.dims => Layout::Unknown,
        _ => first.layout,
    }
}

/// Whether a permutation changes the order of the only two axes that are longer than 1.
fn is_turned(general: &General, axes: &[usize]) -> bool {
    let Some(Operand::Input(view)) = general.operands.first() else { return false };
    let long: Vec<usize> =
        axes.iter().copied().filter(|axis| view.get(*axis).is_some_and(|length| *length > 1)).collect();
    matches!(long[..], [a, b] if a > b)
}

/// The shape a one-input operation makes.
fn single(op: &Op, [c, h, w]: [usize; 3]) -> Result<[usize; 3], String> {
    match op {
        Op::Convolution(convolution) => convolve(convolution, [c, h, w]),
        Op::Deconvolution(deconvolution) => spread(deconvolution, [c, h, w]),
        Op::Linear(linear) => connect(linear, [c, h, w]),
        Op::Pool(pool) => self::pool(pool, [c, h, w]),
        Op::GlobalPool(_) => Ok([c, 1, 1]),
        Op::AdaptivePool { output: [out_h, out_w], .. } => Ok([c, *out_h, *out_w]),
        Op::ParametricRectify { slope } if slope.shape == [1] => Ok([c, h, w]),
        Op::ParametricRectify { slope } => {
            expect_shape("slopes", slope, &[c])?;
            Ok([c, h, w])
        }
        Op::Flatten => {
            let count = c.checked_mul(h).and_then(|plane| plane.checked_mul(w));
            Ok([count.ok_or("its input is too large")?, 1, 1])
        }
        Op::Affine { scale, shift } | Op::NormalizeChannels { scale, shift, .. } => {
            expect_shape("scale", scale, &[c])?;
            expect_shape("shift", shift, &[c])?;
            Ok([c, h, w])
        }
        Op::Normalize(normalization) if normalization.size % 2 == 0 => {
            Err(format!("normalises over {} neighbours; the number must be odd", normalization.size))
        }
        Op::Normalize(normalization) if normalization.within_channel && normalization.size > LARGEST_PADDING => {
            Err(format!("normalises over {} neighbours, more than any picture has", normalization.size))
        }
        Op::Normalize(_) | Op::Activate(_) | Op::Softmax | Op::Identity => Ok([c, h, w]),
        Op::Concat { .. } | Op::Combine(_) | Op::General(_) => unreachable!("these were dealt with before"),
    }
}

fn convolve(convolution: &Convolution, [c, h, w]: [usize; 3]) -> Result<[usize; 3], String> {
    let Convolution { weight, bias, stride, padding, dilation, groups } = convolution;
    let &[out, _, kernel_h, kernel_w] = &weight.shape[..] else {
        return Err(format!("its weights have shape {:?}; a convolution needs four dimensions", weight.shape));
    };
    if *groups == 0 || c % groups != 0 || out % groups != 0 {
        return Err(format!("cannot split {c} channels in and {out} out into {groups} groups"));
    }
    expect_shape("weights", weight, &[out, c / groups, kernel_h, kernel_w])?;
    if let Some(bias) = bias {
        expect_shape("bias", bias, &[out])?;
    }
    let along = |axis: usize, size: usize, kernel: usize| {
        let window = Window { size, kernel, stride: stride[axis], padding: padding[axis], dilation: dilation[axis] };
        window.count(false)
    };
    let output = [out, along(0, h, kernel_h)?, along(1, w, kernel_w)?];
    let [padded_h, padded_w] = [h + padding[0].0 + padding[0].1, w + padding[1].0 + padding[1].1];
    expect_room("input with its padding", [c, padded_h, padded_w])?;
    Ok(output)
}

/// What an operation makes on its way must fit as its output must.
fn expect_room(what: &str, shape: [usize; 3]) -> Result<(), String> {
    let numbers = shape.iter().try_fold(1usize, |product, size| product.checked_mul(*size));
    match numbers.filter(|numbers| *numbers <= LARGEST_ACTIVATION) {
        Some(_) => Ok(()),
        None => Err(format!("its {what} has shape {shape:?}, more than any network needs")),
    }
}

fn spread(deconvolution: &Deconvolution, [c, h, w]: [usize; 3]) -> Result<[usize; 3], String> {
    let Deconvolution { weight, bias, stride, padding, dilation, groups, output_padding } = deconvolution;
    let &[_, out_of_group, kernel_h, kernel_w] = &weight.shape[..] else {
        return Err(format!("its weights have shape {:?}; a convolution needs four dimensions", weight.shape));
    };
    if *groups == 0 || c % groups != 0 {
        return Err(format!("cannot split {c} channels into {groups} groups"));
    }
    expect_shape("weights", weight, &[c, out_of_group, kernel_h, kernel_w])?;
    let too_large = || "its kernel, stride or padding is too large".to_owned();
    let out = out_of_group.checked_mul(*groups).ok_or_else(too_large)?;
    if let Some(bias) = bias {
        expect_shape("bias", bias, &[out])?;
    }
    let along = |axis: usize, size: usize, kernel: usize| {
        if kernel == 0 || stride[axis] == 0 || dilation[axis] == 0 {
            return Err("has a kernel, stride or dilation of 0".to_owned());
        }
        let steps = (size - 1).checked_mul(stride[axis]).ok_or_else(too_large)?;
        let extent = (kernel - 1).checked_mul(dilation[axis]).ok_or_else(too_large)?;
        let full = steps.checked_add(extent).and_then(|full| full.checked_add(1)).ok_or_else(too_large)?;
        let full = full.checked_add(output_padding[axis]).ok_or_else(too_large)?;
        let cut = padding[axis].0.checked_add(padding[axis].1).ok_or_else(too_large)?;
        if full > LARGEST_PADDING {
            return Err(too_large());
        }
        let left =
            full.checked_sub(cut).ok_or_else(|| format!("its padding {:?} cuts off everything", padding[axis]))?;
        Ok([full, left])
    };
    let ([full_h, left_h], [full_w, left_w]) = (along(0, h, kernel_h)?, along(1, w, kernel_w)?);
    expect_room("output before it is cut", [out, full_h, full_w])?;
    Ok([out, left_h, left_w])
}

fn connect(linear: &Linear, [c, h, w]: [usize; 3]) -> Result<[usize; 3], String> {
    let &[out, _] = &linear.weight.shape[..] else {
        return Err(format!("its weights have shape {:?}; two dimensions are needed", linear.weight.shape));
    };
    let taken = c.checked_mul(h).and_then(|plane| plane.checked_mul(w)).ok_or("its input is too large")?;
    expect_shape("weights", &linear.weight, &[out, taken])?;
    if let Some(bias) = &linear.bias {
        expect_shape("bias", bias, &[out])?;
    }
    Ok([out, 1, 1])
}

fn pool(pool: &Pool, [c, h, w]: [usize; 3]) -> Result<[usize; 3], String> {
    let along = |axis: usize, size: usize| {
        let padding = pool.padding[axis];
        if padding.0 >= pool.kernel[axis] || padding.1 >= pool.kernel[axis] {
            return Err(format!("pads {padding:?}, which its window of {} does not cover", pool.kernel[axis]));
        }
        let window = Window { size, kernel: pool.kernel[axis], stride: pool.stride[axis], padding, dilation: 1 };
        window.count(pool.ceil)
    };
    Ok([c, along(0, h)?, along(1, w)?])
}

fn concat(axis: usize, inputs: &[[usize; 3]]) -> Result<[usize; 3], String> {
    let mut shape = inputs[0];
    if axis > 2 {
        return Err(format!("joins along axis {axis}; an activation has axes 0 to 2"));
    }
    for other in &inputs[1..] {
        if (0..3).any(|a| a != axis && other[a] != shape[a]) {
            return Err(format!("cannot join shapes {shape:?} and {other:?}"));
        }
        shape[axis] = shape[axis].checked_add(other[axis]).ok_or("its inputs are too large")?;
    }
    Ok(shape)
}

fn broadcast(inputs: &[[usize; 3]]) -> Result<[usize; 3], String> {
    let mut shape = inputs[0];
    for other in &inputs[1..] {
        for axis in 0..3 {
            shape[axis] = match (shape[axis], other[axis]) {
                (a, b) if a == b => a,
                (1, b) => b,
                (a, 1) => a,
                _ => return Err(format!("cannot combine shapes {:?} and {other:?}", inputs[0])),
            };
        }
    }
    Ok(shape)
}

fn expect_shape(what: &str, weights: &Weights, expected: &[usize]) -> Result<(), String> {
    if weights.shape == expected {
        return Ok(());
    }
    Err(format!("its {what} have shape {:?}, but its input needs {expected:?}", weights.shape))
}

/// Windows along one axis.
struct Window {
    size: usize,
    kernel: usize,
    stride: usize,
    padding: (usize, usize),
    dilation: usize,
}

impl Window {
    /// How many windows there are. With `ceil` a last one that is not full counts, unless it would start outside the
    /// picture and its leading padding.
    fn count(&self, ceil: bool) -> Result<usize, String> {
        let Self { size, kernel, stride, padding, dilation } = *self;
        if kernel == 0 || stride == 0 || dilation == 0 {
            return Err("has a kernel, stride or dilation of 0".to_owned());
        }
        let too_large = || {
            format!("kernel {kernel}, dilation {dilation} and padding {padding:?} are larger than any network needs")
        };
        if padding.0.max(padding.1) > LARGEST_PADDING {
            return Err(too_large());
        }
        let extent = (kernel - 1).checked_mul(dilation).and_then(|e| e.checked_add(1)).ok_or_else(too_large)?;
        let padded = size.checked_add(padding.0).and_then(|s| s.checked_add(padding.1)).ok_or_else(too_large)?;
        let Some(room) = padded.checked_sub(extent) else {
            if ceil && extent - padded < stride {
                return Ok(1);
            }
            return Err(format!("its window of {extent} is larger than its padded input of {padded}"));
        };
        if !ceil {
            return Ok(room / stride + 1);
        }
        let count = room.div_ceil(stride) + 1;
        let last_is_outside = (count - 1).saturating_mul(stride) >= size + padding.0;
        Ok(if last_is_outside { count - 1 } else { count })
    }
}
