//! Caffe's messages as Rust types, made from `caffe.proto` when the crate is built, and their descriptors.

use std::sync::LazyLock;

use prost_reflect::{DescriptorPool, MessageDescriptor};

#[allow(missing_docs, unused_qualifications, clippy::all, clippy::pedantic, reason = "a program wrote it")]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/caffe.rs"));
}

pub use generated::*;

static POOL: LazyLock<DescriptorPool> = LazyLock::new(|| {
    let descriptors = include_bytes!(concat!(env!("OUT_DIR"), "/caffe.descriptors"));
    DescriptorPool::decode(descriptors.as_ref()).expect("the descriptors were made with the crate")
});

/// The descriptor of `NetParameter`, a whole network.
pub fn net_descriptor() -> MessageDescriptor {
    POOL.get_message_by_name("caffe.NetParameter").expect("the schema has a network")
}
