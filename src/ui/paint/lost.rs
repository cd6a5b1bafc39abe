//! The device that draws may be lost: pulled out, reset, its driver renewed. A frame that is handed to it then is drawn by nobody.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use eframe::egui_wgpu::wgpu::{Device, Error};

/// Whether the device that draws is lost. Clones are the same one.
#[derive(Clone, Debug, Default)]
pub struct Loss(Arc<AtomicBool>);

impl Loss {
    /// Whether it is.
    pub fn is_there(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// Notes when `device` is lost, and calls `wake` then. What fails of it from then on is no mistake of ours, and ends nothing.
    pub fn watch(&self, device: &Device, wake: impl Fn() + Send + 'static) {
        let lost = self.0.clone();
        device.set_device_lost_callback(move |reason, why| {
            tracing::warn!("the device that draws was lost ({reason:?}): {why}");
            lost.store(true, Ordering::Release);
            wake();
        });
        let lost = self.0.clone();
        device.on_uncaptured_error(Arc::new(move |error: Error| {
            // Else it is a mistake of ours, which wgpu holds to be fatal as well.
            assert!(lost.load(Ordering::Acquire), "wgpu error: {error}");
            tracing::debug!("by a device that was lost: {error}");
        }));
    }
}
