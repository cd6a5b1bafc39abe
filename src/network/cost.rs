//! What a node costs to run.

use super::{
    Function, General,
    op::{Convolution, Deconvolution, Linear, Op},
};

/// Multiplications of products for one image. 0 where there are none to speak of.
///
/// `input` is how many numbers the node's first input has, `output` how many it makes.
pub(super) fn multiplications(op: &Op, input: usize, output: usize) -> u64 {
    let (numbers, each) = match op {
        // Every number of the output takes all weights of its channel.
        Op::Convolution(Convolution { weight, .. }) | Op::Linear(Linear { weight, .. }) => {
            (output, weight.values.len() / weight.shape.first().copied().unwrap_or(1).max(1))
        }
        // Every number of the input goes to all places under the kernel, for each output channel of its group.
        Op::Deconvolution(Deconvolution { weight, .. }) => (input, weight.shape.iter().skip(1).product()),
        Op::General(General { function: Function::Multiply, operands, .. }) => {
            (output, operands.first().and_then(|left| left.view().last()).copied().unwrap_or(0))
        }
        _ => (0, 0),
    };
    (numbers as u64).saturating_mul(each as u64)
}
