//! Files in, a [`Graph`](super::Graph) out: one room a format.

pub mod caffe;
pub mod onnx;
pub mod torch;
mod weigh;
