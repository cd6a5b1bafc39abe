//! From pictures to vectors in the workspace.

mod batching;
pub mod extract;
pub mod gathering;
pub mod store_thread;
pub mod writer;
