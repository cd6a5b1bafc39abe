//! An image near a probe.

use serde::{Deserialize, Serialize};

use super::ImageId;

/// One entry of a neighbour list; lists are sorted nearest first, ties by id.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Neighbour {
    /// The image that was found.
    pub image: ImageId,
    /// Its similarity (cosine) or distance (Euclidean) to the probe.
    pub score: f32,
}
