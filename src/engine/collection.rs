//! What a collection is on this machine: its images, its vectors and activations, and what is known of its channels.

pub mod activation_reader;
pub mod catalogue;
pub mod channels;
pub mod classes;
pub mod describe;
pub mod embedding;
pub mod free_memory;
pub mod library;
pub mod matching;
pub mod naming;
pub mod no_vector;
pub mod reader;
pub mod repair;
