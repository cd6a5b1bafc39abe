//! An activation that is shown and lies on the graphics device, where a view cannot read it.

use burn::tensor::Tensor;

use crate::domain::ImageId;

/// An activation on the graphics device that is shown.
pub(super) struct LookedAt {
    pub image: ImageId,
    pub layer: usize,
    /// `[1, c, h, w]`.
    pub activation: Tensor<4>,
}
