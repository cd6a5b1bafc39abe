//! Whole activations that are kept on disk.

use serde::{Deserialize, Serialize};

/// The activations of one layer in the workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredActivations {
    /// The layer.
    pub layer: String,
    /// Of one image: `[channels, height, width]`.
    pub shape: [usize; 3],
    /// Images whose activation is kept; in the window and on the command line those whose file is as it was then.
    pub images: usize,
    /// Bytes on disk, compressed.
    pub bytes: u64,
}

/// Bytes of the activations of `images` images at a layer in half precision, before they are compressed: what keeping
/// them costs at most.
///
/// # Shapes
/// `shape`: `[channels, height, width]`.
pub fn activation_bytes(images: usize, shape: [usize; 3]) -> u64 {
    shape.iter().fold(images as u64 * 2, |bytes, side| bytes.saturating_mul(*side as u64))
}
