//! The file's dimensions without the batch's.
//!
//! A file describes a batch, and is read as a batch of one picture; our values leave that dimension out. It can stand
//! elsewhere than first for a while (PyTorch's attention puts the tokens first), or be multiplied into another, and then
//! it stays as a dimension of length 1, which is right as well: the same is done for every image.

use super::super::super::{General, Operand};

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
    if general.function.can_leave_first_out(&general.operands) {
        let longest = general.rank();
        general.function.leave_first_out();
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
