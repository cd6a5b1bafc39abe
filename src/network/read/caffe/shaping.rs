//! Layers that move numbers: cut, turn, join, see with other dimensions. Axes count the batch's as 0, as in Caffe.

use super::{
    super::super::{Function, General, Op, Operand, Reduction},
    schema::{
        ConcatParameter, CropParameter, FlattenParameter, ReductionParameter, ReshapeParameter, SliceParameter,
        TileParameter, reduction_parameter::ReductionOp,
    },
};

/// An operation and the dimensions of what it makes.
pub(super) type Shaped = (Op, Vec<usize>);

/// An axis inside a picture, from 0; from the end if negative.
///
/// # Errors
/// When it is the batch's, or there is none such.
pub(super) fn axis_of(axis: i32, dims: &[usize]) -> Result<usize, String> {
    let rank = dims.len() as i64 + 1;
    let counted = if axis < 0 { i64::from(axis) + rank } else { i64::from(axis) };
    match counted {
        0 => Err(format!("works along axis {axis}, which counts the images and is not inside a picture")),
        axis if (1..rank).contains(&axis) => Ok(axis as usize - 1),
        _ => Err(format!("works along axis {axis}, but its input has axes 1 to {}", rank - 1)),
    }
}

fn general(function: Function, dims: &[usize], output: Vec<usize>) -> Shaped {
    (Op::General(General { function, operands: vec![Operand::Input(dims.to_vec())], output: output.clone() }), output)
}

fn take(dims: &[usize], picks: Vec<(usize, Vec<usize>)>) -> Shaped {
    let mut output = dims.to_vec();
    for (axis, places) in &picks {
        output[*axis] = places.len();
    }
    general(Function::Take { picks }, dims, output)
}

/// The parts that a value is cut into.
pub(super) fn slice(param: &SliceParameter, dims: &[usize], parts: usize) -> Result<Vec<Shaped>, String> {
    let axis = match param.slice_dim {
        Some(axis) => axis_of(i32::try_from(axis).unwrap_or(i32::MAX), dims)?,
        None => axis_of(param.axis(), dims)?,
    };
    let size = dims[axis];
    let mut ends: Vec<usize> = param.slice_point.iter().map(|point| *point as usize).collect();
    if ends.is_empty() && parts > 0 {
        if !size.is_multiple_of(parts) {
            return Err(format!("cannot cut {size} into {parts} equal parts"));
        }
        ends = (1..parts).map(|part| part * (size / parts)).collect();
    }
    ends.push(size);
    let starts = [0].into_iter().chain(ends.iter().copied());
    let ranges: Vec<_> = starts.zip(ends.iter().copied()).map(|(start, end)| start..end).collect();
    if ranges.len() != parts || ranges.iter().any(|range| range.is_empty() || range.end > size) {
        return Err(format!("cuts {size} at {:?} into {parts} parts", param.slice_point));
    }
    Ok(ranges.into_iter().map(|range| take(dims, vec![(axis, range.collect())])).collect())
}

/// The part of a value that is as large as another.
pub(super) fn crop(param: &CropParameter, dims: &[usize], other: &[usize]) -> Result<Shaped, String> {
    let first = axis_of(param.axis(), dims)?;
    if dims.len() != other.len() {
        return Err(format!("cuts a value of {dims:?} to one of {other:?}"));
    }
    let offset = |index: usize| match &param.offset[..] {
        [] => Ok(0),
        [one] => Ok(*one as usize),
        several => several.get(index).map(|offset| *offset as usize).ok_or("gives too few offsets"),
    };
    let mut picks = Vec::new();
    for axis in first..dims.len() {
        let start = offset(axis - first)?;
        if start.checked_add(other[axis]).is_none_or(|end| end > dims[axis]) {
            return Err(format!("cuts {} from {start} out of {}", other[axis], dims[axis]));
        }
        picks.push((axis, (start..start + other[axis]).collect()));
    }
    Ok(take(dims, picks))
}

/// The same value several times along an axis.
pub(super) fn tile(param: &TileParameter, dims: &[usize]) -> Result<Shaped, String> {
    let axis = axis_of(param.axis(), dims)?;
    let tiles = usize::try_from(param.tiles()).unwrap_or(0);
    // Many more would be refused for their size, but only after a list of them all was made.
    if tiles == 0 || tiles.checked_mul(dims[axis]).is_none_or(|count| count > 1 << 20) {
        return Err(format!("repeats {} places {} times", dims[axis], param.tiles()));
    }
    let places = (0..tiles).flat_map(|_| 0..dims[axis]).collect();
    Ok(take(dims, vec![(axis, places)]))
}

/// Axes in another order.
pub(super) fn permute(order: &[u32], dims: &[usize]) -> Result<Shaped, String> {
    let mut axes: Vec<usize> = order.iter().map(|axis| *axis as usize).collect();
    // Axes that are not named follow in their order.
    axes.extend((0..=dims.len()).filter(|axis| !order.contains(&(*axis as u32))));
    let mut sorted = axes.clone();
    sorted.sort_unstable();
    if axes.first() != Some(&0) || sorted != (0..=dims.len()).collect::<Vec<_>>() {
        return Err(format!(
            "orders axes as {order:?}, but the images must stay first, and each of the others come once"
        ));
    }
    let axes: Vec<usize> = axes[1..].iter().map(|axis| axis - 1).collect();
    let output = axes.iter().map(|axis| dims[*axis]).collect();
    Ok(general(Function::Permute { axes }, dims, output))
}

/// Channels dealt out anew: the first of every group, then the second of every group, and so on.
pub(super) fn shuffle(groups: usize, dims: &[usize]) -> Result<Shaped, String> {
    let Some((channels, places)) = dims.split_first() else { return Err("has no channels to shuffle".to_owned()) };
    if groups == 0 || channels % groups != 0 {
        return Err(format!("cannot shuffle {channels} channels in {groups} groups"));
    }
    let view = [groups, channels / groups, places.iter().product()];
    let (op, _) = general(Function::Permute { axes: vec![1, 0, 2] }, &view, dims.to_vec());
    Ok((op, dims.to_vec()))
}

/// The same numbers with other dimensions. `batch` is the number of images that the description was written for.
pub(super) fn reshape(param: &ReshapeParameter, dims: &[usize], batch: usize) -> Result<Shaped, String> {
    let whole: Vec<usize> = [batch].into_iter().chain(dims.iter().copied()).collect();
    let rank = whole.len() as i32;
    let start = if param.axis() < 0 { param.axis().saturating_add(rank + 1) } else { param.axis() };
    let end = if param.num_axes() < 0 { rank } else { start.saturating_add(param.num_axes()) };
    if start < 0 || start > rank || end < start || end > rank {
        return Err(format!("reshapes {} axes from axis {}", param.num_axes(), param.axis()));
    }
    let (start, end) = (start as usize, end as usize);
    let asked: &[i64] = param.shape.as_ref().map_or(&[], |shape| &shape.dim);
    let mut made = whole[..start].to_vec();
    let mut open = None;
    for (index, dim) in asked.iter().enumerate() {
        made.push(match dim {
            0 => *whole.get(start + index).ok_or("keeps an axis that its input has not")?,
            -1 if open.is_none() => {
                open = Some(made.len());
                1
            }
            dim => usize::try_from(*dim).map_err(|_| format!("asks for dimensions {asked:?}"))?,
        });
    }
    made.extend(&whole[end..]);
    let count = |dims: &[usize]| dims.iter().try_fold(1usize, |product, dim| product.checked_mul(*dim));
    let (Some(had), Some(given)) = (count(&whole), count(&made)) else { return Err("is too large".to_owned()) };
    if let Some(open) = open
        && given > 0
    {
        made[open] = had / given;
    }
    match &made[..] {
        [images, rest @ ..] if *images == batch && count(rest) == count(dims) && !rest.is_empty() && rest.len() < 8 => {
            Ok(general(Function::View, dims, rest.to_vec()))
        }
        _ => Err(format!("makes {made:?} of {whole:?}; the number of images and of values must stay")),
    }
}

/// Axes joined to one.
pub(super) fn flatten(param: &FlattenParameter, dims: &[usize]) -> Result<Shaped, String> {
    let (start, end) = (axis_of(param.axis(), dims)?, axis_of(param.end_axis(), dims)?);
    if end < start {
        return Err(format!("joins axes {} to {}", param.axis(), param.end_axis()));
    }
    let mut output = dims[..start].to_vec();
    output.push(dims[start..=end].iter().product());
    output.extend(&dims[end + 1..]);
    if output.len() == 1 {
        return Ok((Op::Flatten, output));
    }
    Ok(general(Function::View, dims, output))
}

/// `exp(x) / Σ exp(x)` along an axis.
pub(super) fn softmax(axis: i32, dims: &[usize]) -> Result<Shaped, String> {
    match axis_of(axis, dims)? {
        0 if matches!(dims.len(), 1 | 3) => Ok((Op::Softmax, dims.to_vec())),
        axis => Ok(general(Function::Softmax { axis, log: false }, dims, dims.to_vec())),
    }
}

/// One number for all along the axes from one on.
pub(super) fn reduce(param: &ReductionParameter, dims: &[usize]) -> Result<Shaped, String> {
    let first = axis_of(param.axis(), dims)?;
    let kind = match param.operation() {
        ReductionOp::Sum => Reduction::Sum,
        ReductionOp::Asum => Reduction::SumOfMagnitudes,
        ReductionOp::Sumsq => Reduction::SumOfSquares,
        ReductionOp::Mean => Reduction::Mean,
    };
    let output = if first == 0 { vec![1] } else { dims[..first].to_vec() };
    Ok(general(Function::Reduce { kind, axes: (first..dims.len()).collect() }, dims, output))
}

/// Values one after the other.
pub(super) fn concat(param: &ConcatParameter, inputs: &[&[usize]]) -> Result<Shaped, String> {
    let first = *inputs.first().ok_or("takes nothing; it needs a `bottom`")?;
    let axis = match param.concat_dim {
        Some(axis) => axis_of(i32::try_from(axis).unwrap_or(i32::MAX), first)?,
        None => axis_of(param.axis(), first)?,
    };
    let mut output = first.to_vec();
    output[axis] = inputs.iter().fold(0, |sum: usize, dims| sum.saturating_add(dims.get(axis).copied().unwrap_or(0)));
    if matches!(first.len(), 1 | 3) {
        return Ok((Op::Concat { axis }, output));
    }
    let operands = inputs.iter().map(|dims| Operand::Input(dims.to_vec())).collect();
    Ok((Op::General(General { function: Function::Join { axis }, operands, output: output.clone() }), output))
}
