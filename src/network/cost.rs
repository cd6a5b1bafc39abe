//! What a node costs to run.

use super::op::{Convolution, Linear, Op};

/// Multiplications of weights for one image with an output of `[c, h, w]`: every number of the output takes all weights of
/// its channel. 0 where there are no weights to speak of.
pub(super) fn multiplications(op: &Op, [channels, height, width]: [usize; 3]) -> u64 {
    match op {
        Op::Convolution(Convolution { weight, .. }) | Op::Linear(Linear { weight, .. }) => {
            let of_a_number = weight.values.len() / weight.shape.first().copied().unwrap_or(1).max(1);
            (channels as u64).saturating_mul((height * width) as u64).saturating_mul(of_a_number as u64)
        }
        _ => 0,
    }
}
