//! How values of any number of dimensions lie in memory, and how they are looked at.
//!
//! A value of one image has dimensions of its own; a batch of them is always kept as four: `[n, a, b, c]`, the same
//! numbers in the same order. What a person looks at is planes of channels, `[c, h, w]`, and that follows from the
//! dimensions and from which of them holds the channels.

use burn::tensor::Tensor;

/// Which dimension holds the channels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// The first of three, or the last of two: `[c, h, w]`, `[tokens, c]`, `[c]`.
    #[default]
    Usual,
    /// The last of three: `[h, w, c]`.
    ChannelsLast,
    /// The first of two: `[c, tokens]`.
    ChannelsFirst,
    /// Any or none: parts of attention, groups. Looked at as the usual one.
    Unknown,
}

/// How many tokens stand before those of the picture's patches: none, a class token, one more of distillation, or a class
/// token and four registers.
const EXTRA_TOKENS: [usize; 4] = [0, 1, 2, 5];

/// The dimensions in memory after the batch's.
pub(super) fn kept(dims: &[usize]) -> [usize; 3] {
    match dims {
        [] => [1, 1, 1],
        [a] => [*a, 1, 1],
        [a, b] => [*a, *b, 1],
        [outer @ .., b, c] => [outer.iter().product(), *b, *c],
    }
}

/// The side of the square that the tokens of patches make, and how many tokens stand before them.
fn square(tokens: usize) -> Option<(usize, usize)> {
    EXTRA_TOKENS.into_iter().find_map(|extra| {
        let side = tokens.checked_sub(extra)?.isqrt();
        (side > 1 && side * side + extra == tokens).then_some((side, extra))
    })
}

/// The shape `[c, h, w]` in which a value is looked at.
///
/// Tokens `[t, c]` are a plane of their patches where these make a square; class tokens, which belong to no place, are left
/// out then, and a line `[c, t, 1]` otherwise.
pub(super) fn looked_at(dims: &[usize], layout: Layout) -> [usize; 3] {
    match (dims, layout) {
        ([channels, tokens], Layout::ChannelsFirst) | ([tokens, channels], _) => match square(*tokens) {
            Some((side, _)) => [*channels, side, side],
            None => [*channels, *tokens, 1],
        },
        ([h, w, c], Layout::ChannelsLast) => [*c, *h, *w],
        _ => kept(dims),
    }
}

/// A batch as it is looked at.
///
/// # Shapes
/// `x`: `[n, a, b, c]` as kept; returns `[n, c, h, w]`.
pub(super) fn look(x: Tensor<4>, dims: &[usize], layout: Layout) -> Tensor<4> {
    let n = x.dims()[0];
    match (dims, layout) {
        ([channels, tokens], Layout::ChannelsFirst) => match square(*tokens) {
            Some((side, extra)) => x.narrow(2, extra, side * side).reshape([n, *channels, side, side]),
            None => x,
        },
        ([tokens, channels], _) => match square(*tokens) {
            Some((side, extra)) => {
                x.narrow(1, extra, side * side).permute([0, 2, 1, 3]).reshape([n, *channels, side, side])
            }
            None => x.permute([0, 2, 1, 3]),
        },
        ([_, _, _], Layout::ChannelsLast) => x.permute([0, 3, 1, 2]),
        _ => x,
    }
}
