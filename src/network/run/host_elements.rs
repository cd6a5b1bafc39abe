//! Sums, bounds and joins of activations on this processor.
//!
//! burn's own (flex) does these on one thread: they are little work for many numbers. Here all threads share them, and
//! where nobody else looks at an activation, they are done where it lies.

use burn::backend::Flex;
use burn::tensor::{Tensor, TensorData};
use tiramisu_kernels::convolution::Bounds;
use tiramisu_kernels::join;

use super::{super::Activation, apply, host::lend, threads};

/// Numbers that a thread works on at a time: a part of a core's second cache, and enough that handing it out costs little.
const PIECE: usize = 1 << 14;

/// The bounds that an activation keeps its values between, if that is all it does.
pub(super) fn bounds(activation: Activation) -> Option<Bounds> {
    if let Activation::Clip { min, max } = activation {
        return Some(Bounds { least: min, most: max });
    }
    (activation == Activation::Rectify { slope: 0.0 }).then_some(Bounds::RECTIFY)
}

/// # Shapes
/// `x`: any; returns the same.
pub(super) fn keep(x: Tensor<4>, bounds: Bounds) -> Tensor<4> {
    change(x, |_, values| {
        for value in values {
            *value = bounds.keep(*value);
        }
    })
}

/// The sum, kept between bounds if there are any.
///
/// # Shapes
/// `inputs`: `[n, c, h, w]`, any axis but the first also 1; returns the longest of each.
pub(super) fn sum(inputs: Vec<Tensor<4>>, bounds: Option<Bounds>) -> Tensor<4> {
    let dims = inputs.first().map(Tensor::dims);
    if inputs.iter().any(|input| Some(input.dims()) != dims) {
        let sum = apply::combine(&super::super::Combination::Sum(Vec::new()), inputs);
        return bounds.into_iter().fold(sum, keep);
    }
    let mut inputs = inputs.into_iter();
    let first = inputs.next().expect("shapes were checked: every node has an input");
    let last = inputs.len();
    if last == 0 {
        return bounds.into_iter().fold(first, keep);
    }
    inputs.enumerate().fold(first, |sum, (index, other)| {
        let bounds = bounds.filter(|_| index + 1 == last);
        lend(other, |other| {
            change(sum, |start, values| {
                let other = &other[start..][..values.len()];
                match bounds {
                    Some(bounds) => {
                        values.iter_mut().zip(other).for_each(|(value, other)| *value = bounds.keep(*value + other));
                    }
                    None => values.iter_mut().zip(other).for_each(|(value, other)| *value += other),
                }
            })
        })
    })
}

/// Channels one behind the other.
///
/// # Shapes
/// `inputs`: `[n, c, h, w]` with any `c`; returns `[n, sum of c, h, w]`.
pub(super) fn concat(inputs: Vec<Tensor<4>>) -> Tensor<4> {
    let first = inputs.first().expect("shapes were checked: every node has an input");
    let ([n, _, h, w], device) = (first.dims(), first.device());
    let channels = inputs.iter().map(|input| input.dims()[1]).sum();
    let values = lend_all(inputs, |parts| join::rows(n, parts, |pieces| threads::each(pieces, join::Piece::copy)));
    Tensor::from_data(TensorData::new(values, [n, channels, h, w]), &device)
}

/// As [`lend`], for several at once.
pub(super) fn lend_all<R>(all: Vec<Tensor<4>>, read: impl FnOnce(&[&[f32]]) -> R) -> R {
    let tensors = all.into_iter().map(|x| {
        let tensor = x.try_into_primitive::<Flex>().expect("only what runs on the processor is lent");
        if tensor.as_slice::<f32>().is_some() { tensor } else { tensor.to_contiguous() }
    });
    let tensors: Vec<_> = tensors.collect();
    let lent = tensors.iter().map(|tensor| tensor.as_slice().expect("activations are single precision"));
    read(&lent.collect::<Vec<_>>())
}

/// Has all threads change a tensor's numbers, piece by piece, in its own memory if nobody else has it. `change` is told
/// how many numbers come before.
fn change(x: Tensor<4>, change: impl Fn(usize, &mut [f32]) + Sync) -> Tensor<4> {
    let count = x.dims().iter().product::<usize>();
    let mut tensor = x.try_into_primitive::<Flex>().expect("only what runs on the processor is changed here");
    if tensor.as_slice::<f32>().is_none_or(|all| all.len() != tensor.storage::<f32>().len()) {
        tensor = tensor.to_contiguous();
    }
    // Copied where somebody else has it.
    let values = tensor.storage_mut::<f32>();
    assert_eq!(values.len(), count, "a tensor of its own");
    let pieces = values.chunks_mut(PIECE).enumerate().collect();
    threads::each(pieces, |(piece, values)| change(piece * PIECE, values));
    Tensor::from_primitive::<Flex>(tensor)
}
