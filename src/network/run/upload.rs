//! Weights on their way to the device.

use burn::tensor::{Device, Tensor, TensorData};

use super::super::Weights;

/// The weights on the device, of as many dimensions as their shape has.
pub(super) fn upload<const D: usize>(weights: &Weights, device: &Device) -> Tensor<D> {
    Tensor::from_data(TensorData::new(weights.values.to_vec(), weights.shape.clone()), device)
}
