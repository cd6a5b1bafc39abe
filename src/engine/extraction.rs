//! From pictures to vectors in the workspace.

pub mod batching;
pub mod extract;
pub mod gathering;
pub mod store_batch;
pub mod store_thread;
pub mod supplement_wish;
pub mod writer;
