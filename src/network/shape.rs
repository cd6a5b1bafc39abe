//! The shape of an operation's output, and whether its weights fit its input.

use super::{Combination, Convolution, Deconvolution, Linear, Op, Pool, Weights};

/// More numbers than this in one activation of one image (half a gigabyte) can only be a mistake in the file.
const LARGEST_ACTIVATION: usize = 1 << 27;

/// The shape `[c, h, w]` that `op` makes of inputs of these shapes.
///
/// # Errors
/// What does not fit, in words.
pub(super) fn infer(op: &Op, inputs: &[[usize; 3]]) -> Result<[usize; 3], String> {
    let [c, h, w] = match (inputs, op) {
        ([], _) => return Err("takes nothing; it needs an input".to_owned()),
        (_, Op::Concat { axis }) => concat(*axis, inputs)?,
        (_, Op::Combine(combination)) => {
            if let Combination::Sum(weights) = combination
                && !weights.is_empty()
                && weights.len() != inputs.len()
            {
                return Err(format!("has {} coefficients for {} inputs", weights.len(), inputs.len()));
            }
            broadcast(inputs)?
        }
        ([input], op) => single(op, *input)?,
        _ => return Err(format!("takes {} inputs; it needs one", inputs.len())),
    };
    match c.checked_mul(h).and_then(|plane| plane.checked_mul(w)) {
        Some(0) => Err(format!("its output of shape {:?} is empty", [c, h, w])),
        Some(count) if count <= LARGEST_ACTIVATION => Ok([c, h, w]),
        _ => Err(format!("its output of shape {:?} is larger than any network needs", [c, h, w])),
    }
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
        Op::Normalize(_) | Op::Activate(_) | Op::Softmax | Op::Identity => Ok([c, h, w]),
        Op::Concat { .. } | Op::Combine(_) => unreachable!("these take any number of inputs"),
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
    Ok([out, along(0, h, kernel_h)?, along(1, w, kernel_w)?])
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
        full.checked_sub(cut).ok_or_else(|| format!("its padding {:?} cuts off everything", padding[axis]))
    };
    Ok([out, along(0, h, kernel_h)?, along(1, w, kernel_w)?])
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
        let too_large = || format!("kernel {kernel}, dilation {dilation} and padding {padding:?} are too large");
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
