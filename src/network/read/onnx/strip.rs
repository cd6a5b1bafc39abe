//! The file's dimensions without the batch's.
//!
//! A file describes a batch, and is read as a batch of one picture; our values leave that dimension out. It can stand
//! elsewhere than first for a while (PyTorch's attention puts the tokens first), or be multiplied into another, and then
//! it stays as a dimension of length 1, which is right as well: the same is done for every image.

use super::super::super::{Function, General, Operand};

/// The dimensions in which a value of the file is kept: without the batch's, if that can be told.
pub(super) fn kept_dims(dims: &[usize]) -> Vec<usize> {
    match dims {
        [1, rest @ ..] if !rest.is_empty() => rest.to_vec(),
        // Tokens first, the picture second.
        [tokens, 1, channels] => vec![*tokens, *channels],
        dims => dims.to_vec(),
    }
}

/// Leaves the batch's dimension out of an operation that does not touch it, so that what is left is recognised as planes
/// of channels or as tokens.
pub(super) fn strip(general: &mut General) {
    if can_strip(general) {
        let longest = general.operands.iter().map(|operand| operand.view().len()).max().unwrap_or(0);
        let longest = match &general.function {
            Function::Standardize { .. } => general.operands[0].view().len(),
            Function::Expand { to } => longest.max(to.len()),
            _ => longest,
        };
        shift(&mut general.function);
        for operand in &mut general.operands {
            let view = match operand {
                Operand::Input(view) => view,
                Operand::Constant(weights) => &mut weights.shape,
            };
            // Shorter operands broadcast over the batch already.
            if view.len() == longest {
                view.remove(0);
            }
        }
    }
}

fn can_strip(general: &General) -> bool {
    let Some(first) = general.operands.first().map(Operand::view) else { return false };
    let longest = general.operands.iter().map(|operand| operand.view().len()).max().unwrap_or(0);
    let starts_with_one = |view: &[usize]| view.len() < longest || view.first() == Some(&1);
    let all_start_with_one = general.operands.iter().all(|operand| starts_with_one(operand.view()));
    let is_one = first.len() >= 2 && first[0] == 1;
    match &general.function {
        Function::View => false,
        Function::Permute { axes } => is_one && axes[0] == 0,
        Function::Pair(_) | Function::Choose => longest >= 2 && all_start_with_one,
        Function::Multiply => longest >= 3 && all_start_with_one,
        Function::Reduce { axes, .. } => is_one && !axes.contains(&0),
        Function::Softmax { axis, .. } | Function::PlaceOfLargest { axis } | Function::Join { axis } => {
            *axis != 0 && first.len() >= 2 && all_start_with_one
        }
        Function::Take { picks } => is_one && picks.iter().all(|(axis, _)| *axis != 0),
        Function::Pad { places, .. } => is_one && places[0] == (0, 0),
        Function::Resample { along } => is_one && along.iter().all(|(axis, _)| *axis != 0),
        Function::Expand { to } => is_one && to.len() == first.len() && to[0] == 1,
        Function::Standardize { axes, affine, .. } => {
            is_one
                && !axes.contains(&0)
                && affine.len() == first.len()
                && affine[0] == 1
                && general.operands[1..].iter().all(|operand| operand.view().len() < first.len())
        }
    }
}

/// Axes count one less.
fn shift(function: &mut Function) {
    match function {
        Function::View | Function::Pair(_) | Function::Choose | Function::Multiply => {}
        Function::Permute { axes } => {
            axes.remove(0);
            axes.iter_mut().for_each(|axis| *axis -= 1);
        }
        Function::Reduce { axes, .. } => axes.iter_mut().for_each(|axis| *axis -= 1),
        Function::Softmax { axis, .. } | Function::PlaceOfLargest { axis } | Function::Join { axis } => *axis -= 1,
        Function::Take { picks } => picks.iter_mut().for_each(|(axis, _)| *axis -= 1),
        Function::Pad { places, .. } => {
            places.remove(0);
        }
        Function::Resample { along } => along.iter_mut().for_each(|(axis, _)| *axis -= 1),
        Function::Expand { to } => {
            to.remove(0);
        }
        Function::Standardize { axes, affine, .. } => {
            axes.iter_mut().for_each(|axis| *axis -= 1);
            affine.remove(0);
        }
    }
}
