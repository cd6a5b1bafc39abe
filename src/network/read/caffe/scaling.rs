//! Layers that shift and scale: with numbers of the file, with their own statistics, or with another layer's output.

use super::{
    super::super::{Function, General, Normalization, Op, Operand, Pair, Reduction, Weights},
    blobs::LayerBlobs,
    schema::{LayerParameter, MvnParameter, lrn_parameter::NormRegion},
};

/// Caffe stores sums of means and of variances, and in a third blob by what to divide them.
pub(super) fn batch_norm(mut blobs: LayerBlobs, c: usize, eps: f32) -> Result<Op, String> {
    let (mean, variance, factor) = (blobs.take(0, &[c])?, blobs.take(1, &[c])?, blobs.take(2, &[1])?);
    let factor = f64::from(factor.values[0]);
    let factor = if factor == 0.0 { 0.0 } else { 1.0 / factor };
    let both = mean.values.iter().zip(variance.values.iter()).map(|(mean, variance)| {
        let scale = 1.0 / (f64::from(*variance) * factor + f64::from(eps)).sqrt();
        (scale as f32, (-f64::from(*mean) * factor * scale) as f32)
    });
    let (scale, shift) = both.unzip();
    Ok(Op::Affine { scale: Weights::vector(scale), shift: Weights::vector(shift) })
}

/// One number a channel to multiply with and, if `has_bias`, one to add.
pub(super) fn scale(mut blobs: LayerBlobs, c: usize, has_bias: bool) -> Result<Op, String> {
    let scale = blobs.take(0, &[c])?;
    let shift = if has_bias { blobs.take(1, &[c])? } else { Weights::vector(vec![0.0; c]) };
    Ok(Op::Affine { scale, shift })
}

/// The axes that a layer's numbers are for, `axis` counted with the batch's: dimensions with 1 elsewhere, which
/// broadcast.
///
/// # Errors
/// When there are no such axes, in words.
pub(super) fn along(dims: &[usize], axis: i32, num_axes: i32) -> Result<Vec<usize>, String> {
    let rank = dims.len() as i32 + 1;
    let first = if axis < 0 { axis + rank } else { axis };
    let end = if num_axes < 0 { rank } else { first.saturating_add(num_axes) };
    if first < 1 || end > rank {
        return Err(format!("works along {num_axes} axes from axis {axis}, but its input has axes 1 to {}", rank - 1));
    }
    Ok((1..rank).map(|axis| if (first..end).contains(&axis) { dims[axis as usize - 1] } else { 1 }).collect())
}

/// Numbers of the file, `shape` as [`along`] gives it, with every place.
pub(super) fn with_constant(pair: Pair, dims: &[usize], shape: &[usize], numbers: Weights) -> Op {
    let numbers = Weights { shape: shape.to_vec(), values: numbers.values };
    let operands = vec![Operand::Input(dims.to_vec()), Operand::Constant(numbers)];
    Op::General(General { function: Function::Pair(pair), operands, output: dims.to_vec() })
}

/// Another layer's output, seen as `shape`, with every place.
pub(super) fn with_other(pair: Pair, dims: &[usize], shape: &[usize]) -> Op {
    let operands = vec![Operand::Input(dims.to_vec()), Operand::Input(shape.to_vec())];
    Op::General(General { function: Function::Pair(pair), operands, output: dims.to_vec() })
}

/// Krizhevsky's normalisation, across or within channels.
pub(super) fn local_response(layer: &LayerParameter) -> Op {
    let param = layer.lrn_param.unwrap_or_default();
    let within_channel = param.norm_region() == NormRegion::WithinChannel;
    Op::Normalize(Normalization {
        size: param.local_size() as usize,
        alpha: param.alpha(),
        beta: param.beta(),
        // Caffe's version within a channel has a fixed 1 here.
        k: if within_channel { 1.0 } else { param.k() },
        within_channel,
    })
}

/// The lengths that vectors over the channels (or everything) are divided by, squared.
pub(super) fn square_length(dims: &[usize], is_across_places: bool) -> Op {
    let axes: Vec<usize> = (0..if is_across_places { dims.len() } else { 1 }).collect();
    let output = dims.iter().enumerate().map(|(axis, size)| if axes.contains(&axis) { 1 } else { *size }).collect();
    let function = Function::Reduce { kind: Reduction::SumOfSquares, axes };
    Op::General(General { function, operands: vec![Operand::Input(dims.to_vec())], output })
}

/// Mean 0 and variance 1, by each channel's own statistics or by those of all.
pub(super) fn standardize(param: MvnParameter, dims: &[usize]) -> Op {
    let axes: Vec<usize> = (usize::from(!param.across_channels())..dims.len()).collect();
    let affine = dims.to_vec();
    let function = Function::Standardize { axes, epsilon: param.eps(), after_root: true, centre: true, affine };
    Op::General(General { function, operands: vec![Operand::Input(dims.to_vec())], output: dims.to_vec() })
}

/// The means that [`standardize`] takes away.
pub(super) fn means(param: MvnParameter, dims: &[usize]) -> Op {
    let axes: Vec<usize> = (usize::from(!param.across_channels())..dims.len()).collect();
    let output = dims.iter().enumerate().map(|(axis, size)| if axes.contains(&axis) { 1 } else { *size }).collect();
    let function = Function::Reduce { kind: Reduction::Mean, axes };
    Op::General(General { function, operands: vec![Operand::Input(dims.to_vec())], output })
}
