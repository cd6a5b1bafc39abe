//! The device that computes, opened when it is first needed, and replaced where it is lost or fails.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, OnceLock};

use burn::tensor::{Device, Tensor};

use super::OpenDevice;
use super::open::{cpu, open_auto};

/// The device that computes, opened when it is first needed. Clones are the same one.
#[derive(Clone, Debug, Default)]
pub struct DeviceWhenNeeded(Arc<Opened>);

#[derive(Debug, Default)]
struct Opened {
    first: OnceLock<OpenDevice>,
    /// What computes since the first was given up.
    instead: OnceLock<OpenDevice>,
}

impl DeviceWhenNeeded {
    /// One that is open.
    pub fn opened(device: OpenDevice) -> Self {
        Self(Arc::new(Opened { first: OnceLock::from(device), instead: OnceLock::new() }))
    }

    /// The device. If none is open yet it is that of [`Compute::Auto`](super::Compute::Auto), which there always is.
    pub fn get(&self) -> &OpenDevice {
        self.0.instead.get().unwrap_or_else(|| self.0.first.get_or_init(open_auto))
    }

    /// Which it is and why, if it is open.
    pub fn description(&self) -> Option<&str> {
        self.0.instead.get().or_else(|| self.0.first.get()).map(|device| device.description.as_str())
    }

    /// From now on the processor computes; `why`, as its description goes on.
    pub fn give_up(&self, why: &str) -> &OpenDevice {
        self.0.instead.get_or_init(|| cpu(why))
    }
}

impl OpenDevice {
    /// Gives memory back to a GPU that nothing here uses any more.
    pub fn give_memory_back(&self) {
        self.device.memory_cleanup();
    }

    /// Whether it is a GPU that does not answer any more: it was pulled out, its driver was renewed or gave up. Asks it for a
    /// number and waits for that, so ask only where something has failed. Call it on the thread that computes.
    pub fn is_lost(&self) -> bool {
        self.graphics.is_some() && !catch_unwind(AssertUnwindSafe(|| answers(&self.device))).unwrap_or(false)
    }
}

fn answers(device: &Device) -> bool {
    Tensor::<1>::from_data([1.0f32], device).add_scalar(1.0).try_into_vec_as::<f32>().is_ok()
}
