//! Layers that slide a window: what their parameters say.

use super::{
    super::super::{Convolution, Deconvolution, Op, Pool, PoolKind, Weights},
    blobs::LayerBlobs,
    schema::{
        ConvolutionParameter, PoolingParameter,
        pooling_parameter::{PoolMethod, RoundMode},
    },
};

/// Number of blobs a convolution needs.
pub(super) fn blob_count(param: &ConvolutionParameter) -> usize {
    1 + usize::from(param.bias_term())
}

/// What a convolution and its transpose say alike.
struct Windows {
    kernel: [usize; 2],
    stride: [usize; 2],
    padding: [(usize, usize); 2],
    dilation: [usize; 2],
    groups: usize,
    out: usize,
}

impl Windows {
    /// Over `c` channels.
    fn new(param: &ConvolutionParameter, c: usize) -> Result<Self, String> {
        if param.axis() != 1 {
            return Err(format!("convolves along axis {}; only 1 can be run", param.axis()));
        }
        let kernel = pair("kernel", &param.kernel_size, param.kernel_h, param.kernel_w, None)?;
        let stride = pair("stride", &param.stride, param.stride_h, param.stride_w, Some(1))?;
        let pad = pair("pad", &param.pad, param.pad_h, param.pad_w, Some(0))?;
        let dilation = pair("dilation", &param.dilation, None, None, Some(1))?;
        let (groups, out) = (param.group() as usize, param.num_output() as usize);
        if groups == 0 || !c.is_multiple_of(groups) || out == 0 || !out.is_multiple_of(groups) {
            return Err(format!("cannot split {c} channels in and {out} out into {groups} groups"));
        }
        Ok(Self { kernel, stride, padding: pad.map(|pad| (pad, pad)), dilation, groups, out })
    }
}

fn bias(param: &ConvolutionParameter, blobs: &mut LayerBlobs, out: usize) -> Result<Option<Weights>, String> {
    if param.bias_term() { blobs.take(1, &[out]).map(Some) } else { Ok(None) }
}

/// A convolution over `[c, h, w]`.
pub(super) fn convolution(
    param: &ConvolutionParameter,
    [c, ..]: [usize; 3],
    mut blobs: LayerBlobs,
) -> Result<Op, String> {
    let windows = Windows::new(param, c)?;
    let Windows { kernel, stride, padding, dilation, groups, out } = windows;
    let weight = blobs.take(0, &[out, c / groups, kernel[0], kernel[1]])?;
    let bias = bias(param, &mut blobs, out)?;
    Ok(Op::Convolution(Convolution { weight, bias, stride, padding, dilation, groups }))
}

/// The transpose of a convolution, over `[c, h, w]`.
pub(super) fn deconvolution(
    param: &ConvolutionParameter,
    [c, ..]: [usize; 3],
    mut blobs: LayerBlobs,
) -> Result<Op, String> {
    let windows = Windows::new(param, c)?;
    let Windows { kernel, stride, padding, dilation, groups, out } = windows;
    let weight = blobs.take(0, &[c, out / groups, kernel[0], kernel[1]])?;
    let bias = bias(param, &mut blobs, out)?;
    let output_padding = [0, 0];
    Ok(Op::Deconvolution(Deconvolution { weight, bias, stride, padding, dilation, groups, output_padding }))
}

/// Pooling.
pub(super) fn pooling(param: &PoolingParameter) -> Result<Op, String> {
    let kind = match param.pool() {
        PoolMethod::Max => PoolKind::Maximum,
        // Caffe divides by the part of the window inside the padded picture.
        PoolMethod::Ave => PoolKind::Average { count_padding: true },
        PoolMethod::Stochastic => return Err("pools at random, which cannot be run".to_owned()),
    };
    if param.global_pooling() {
        return Ok(Op::GlobalPool(kind));
    }
    let one = |value: Option<u32>| value.into_iter().collect::<Vec<_>>();
    let kernel = pair("kernel", &one(param.kernel_size), param.kernel_h, param.kernel_w, None)?;
    let stride = pair("stride", &one(param.stride), param.stride_h, param.stride_w, Some(1))?;
    let pad = pair("pad", &one(param.pad), param.pad_h, param.pad_w, Some(0))?;
    let ceil = param.round_mode() == RoundMode::Ceil;
    Ok(Op::Pool(Pool { kind, kernel, stride, padding: pad.map(|pad| (pad, pad)), ceil }))
}

/// A setting down and across, in any of the forms Caffe knows: `x_h` and `x_w`, or `x` once for both or twice.
fn pair(
    what: &str,
    both: &[u32],
    down: Option<u32>,
    across: Option<u32>,
    default: Option<u32>,
) -> Result<[usize; 2], String> {
    let [h, w] = match (both, down, across) {
        ([], None, None) => {
            let value = default.ok_or_else(|| format!("does not say its {what} size"))?;
            [value, value]
        }
        ([], down, across) => {
            let missing = || format!("gives its {what} in one direction only");
            [down.or(default).ok_or_else(missing)?, across.or(default).ok_or_else(missing)?]
        }
        ([value], None, None) => [*value, *value],
        ([h, w], None, None) => [*h, *w],
        ([_, _, ..], None, None) => return Err(format!("gives {} values for {what}; pictures have 2", both.len())),
        _ => return Err(format!("gives its {what} twice, in two forms")),
    };
    Ok([h as usize, w as usize])
}
