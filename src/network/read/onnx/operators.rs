//! Which file knows an operator.

use super::{
    arrange,
    call::{Call, Made},
    cut, fixed, normalise, planes, pointwise, reduce, resize,
};

/// Each runs a call if it is of one of its own operators.
const FILES: [fn(&mut Call) -> Option<Made>; 8] =
    [pointwise::run, reduce::run, planes::run, normalise::run, arrange::run, cut::run, resize::run, fixed::run];

/// Runs a call; `None` if there is no code for the operator.
///
/// # Errors
/// What does not fit, in words.
pub(super) fn run(call: &mut Call) -> Option<Made> {
    FILES.iter().find_map(|run| run(call))
}
