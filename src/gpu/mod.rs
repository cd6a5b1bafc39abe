//! One device for burn and the window; a tensor's memory as a wgpu binding. The only home of cubecl internals.

pub mod open;
pub mod tensor_view;

pub use open::{Compute, OpenDevice, open};
pub use tensor_view::TensorView;
