//! What the window draws with, where a network computes on a GPU.
//!
//! Of one device there is one queue: what is handed in runs in order, so a frame that is handed in after a batch is drawn after
//! it. A second device on the same GPU has a queue of its own, and the driver lets both advance, so that no frame waits for a
//! batch. What one device made the other cannot read: a layer that is looked at is read back once, on the thread that made
//! it, and sent up once, some hundred kilobytes to a few megabytes.

use burn::tensor::Tensor;

use super::{GpuError, OpenDevice, TensorView, WgpuHandles};

impl OpenDevice {
    /// What a window without a screen is to draw with; `None` where it opens whatever it finds by itself. Each call opens a device where
    /// windows have one of their own, so call it once a window.
    pub fn for_window(&self) -> Option<WgpuHandles> {
        let computes = self.graphics.as_ref()?;
        if !self.draws_apart {
            return Some(computes.clone());
        }
        let own = computes.another().inspect_err(|error| {
            tracing::warn!("the window has no device of its own, so frames wait for batches: {error}");
        });
        // Views are on the host all the same, and can be drawn by any device.
        Some(own.unwrap_or_else(|_| computes.clone()))
    }

    /// A tensor as a window can draw it: where it lies, or read back where windows draw by a device of their own. Call it on
    /// the thread that made the tensor.
    ///
    /// # Shapes
    /// - `tensor`: `[c, h, w]`, of any float type.
    ///
    /// # Errors
    /// When the device was lost or the work that makes the tensor failed.
    pub fn view(&self, tensor: Tensor<3>) -> Result<TensorView, GpuError> {
        if self.draws_apart { TensorView::read_back(tensor) } else { TensorView::from_tensor(tensor) }
    }
}
