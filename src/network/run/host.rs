//! Activations on this processor.

use burn::{backend::Flex, tensor::Tensor};

/// Hands over a tensor's numbers in reading order, where they lie: several layers may take one activation, and a copy for
/// each would take longer than many of them do.
///
/// # Panics
/// When the tensor lies on another device.
pub(super) fn lend<R>(x: Tensor<4>, read: impl FnOnce(&[f32]) -> R) -> R {
    let tensor = x.try_into_primitive::<Flex>().expect("only what runs on the processor is lent");
    match tensor.as_slice::<f32>() {
        Some(numbers) => read(numbers),
        None => read(tensor.to_contiguous().as_slice().expect("activations are single precision")),
    }
}
