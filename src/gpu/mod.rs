//! One device for burn and the window; a tensor's memory as a wgpu binding. The only home of cubecl internals.
//!
//! burn opens the GPU and the window borrows it ([`OpenDevice::shared`]), so that a shader can read a tensor where it
//! lies. Where there is no GPU, burn computes on the CPU and the window opens whatever it finds by itself.

// A new variant is to be missed by the compiler, not by the person.
#![deny(clippy::wildcard_enum_match_arm)]

pub mod adapters;
pub mod error;
pub mod layout;
pub mod open;
pub mod tensor_view;
pub mod windowless;

pub use error::GpuError;
pub use layout::Layout;
pub use open::{Compute, DeviceWhenNeeded, OpenDevice, WgpuHandles, open, open_with};
pub use tensor_view::{Memory, TensorView};
pub use windowless::leave_window_systems_alone;
