//! The shapes that operations on planes of channels make.

use super::planes::{Convolution, Deconvolution, LARGEST_PADDING, Linear, Pool};
use crate::network::Weights;

/// More numbers than this in one activation of one image (half a gigabyte) can only be a mistake in the file.
pub(in crate::network) const LARGEST_ACTIVATION: usize = 1 << 27;

pub(super) fn convolve(convolution: &Convolution, [c, h, w]: [usize; 3]) -> Result<[usize; 3], String> {
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

pub(super) fn spread(deconvolution: &Deconvolution, [c, h, w]: [usize; 3]) -> Result<[usize; 3], String> {
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

pub(super) fn connect(linear: &Linear, [c, h, w]: [usize; 3]) -> Result<[usize; 3], String> {
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

pub(super) fn pool(pool: &Pool, [c, h, w]: [usize; 3]) -> Result<[usize; 3], String> {
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

pub(super) fn concat(axis: usize, inputs: &[[usize; 3]]) -> Result<[usize; 3], String> {
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

pub(super) fn broadcast(inputs: &[[usize; 3]]) -> Result<[usize; 3], String> {
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

pub(super) fn expect_shape(what: &str, weights: &Weights, expected: &[usize]) -> Result<(), String> {
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
