//! What a collection is on this machine: its images, its vectors and activations, and what is known of its channels.

pub mod channels;
pub mod classes;
pub mod describe;
pub mod embedding;
pub mod kept_shelf;
pub mod library;
pub mod matching;
pub mod mending;
pub mod no_vector;
pub mod reader;
pub mod roll;
