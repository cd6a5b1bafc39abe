//! Pictures on disk: walking a folder, decoding, orienting, thumbnails; the built-in sample collection.
//!
//! A picture is decoded once: [`prepare()`] makes what the network sees and the thumbnail from the same pixels. Whatever a
//! file holds, the answer is a picture or an [`ImagesError`] worded for the person; it is never a panic.

// A new variant is to be missed by the compiler, not by the person.
#![deny(clippy::wildcard_enum_match_arm)]

pub mod budget;
pub mod content_hash;
pub mod cut_out;
pub mod decode;
mod developed;
pub mod error;
mod hashed;
pub mod hidden;
pub mod holds_files;
mod jpeg;
mod jpeg_eighth;
pub mod jpeg_end;
pub mod jpeg_header;
mod linked_folders;
pub mod measures;
pub mod perceptual_hash;
pub mod pieces;
pub mod prepare;
pub mod resampling;
pub mod resize;
pub mod sample;
pub mod thumbnail;
mod tiff_raw;
mod turning;
mod unread;
pub mod walk;

pub use cut_out::{CutOut, cut_out};
pub use decode::{Decoded, decode, look_at, upright_size};
pub use error::ImagesError;
pub use hidden::{is_hidden, is_left_by_system};
pub use holds_files::holds_files;
pub use pieces::PictureLevel;
pub use prepare::{
    NetworkInput, Prepared, network_input, network_input_of, prepare, prepare_and_hash, prepare_content, thumbnail_of,
};
pub use resampling::for_network;
pub use thumbnail::{Rgba, Thumbnail, thumbnail};
pub use unread::UnreadKind;
pub use walk::{Found, WalkProblem, WalkSummary, find_one, folders, walk};
