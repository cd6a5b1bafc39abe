//! The device of burn and that of the window; a tensor's memory as a wgpu binding. The only home of cubecl internals.
//!
//! burn opens the GPU, and the window draws by another device, on the same GPU where that can present on the screen and else on one
//! that can ([`on_screen::adapter_for_window`]), so that no frame waits for a batch. Without a screen ([`OpenDevice::for_window`]) it is
//! another one on the same GPU. Where both are one device ([`OpenDevice::draws_apart`]), a shader reads a tensor where it lies. Where
//! there is no GPU, burn computes on the CPU and the window opens whatever it finds by itself. A GPU that is lost, or fails for want of
//! memory ([`failure_in`]), is replaced by the CPU ([`DeviceWhenNeeded::give_up`]).

// A new variant is to be missed by the compiler, not by the person.
#![deny(clippy::wildcard_enum_match_arm)]

pub mod adapters;
pub mod drawing;
pub mod error;
pub mod failure;
pub mod handles;
pub mod layout;
pub mod on_screen;
pub mod open;
pub mod tensor_view;
pub mod when_needed;
pub mod windowless;

pub use error::GpuError;
pub use failure::{GpuFailure, failure_in};
pub use handles::WgpuHandles;
pub use layout::Layout;
pub use open::{Compute, OpenDevice, open, open_with};
pub use tensor_view::{Memory, TensorView};
pub use when_needed::DeviceWhenNeeded;
pub use windowless::leave_window_systems_alone;
