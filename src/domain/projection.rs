//! Two numbers per image.

use serde::{Deserialize, Serialize};

use super::{ImageId, StoredLayer};

/// A map of the collection: where each image lies on a plane.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Projection {
    /// What was projected.
    pub source: StoredLayer,
    /// Whose points they are, ascending.
    pub ids: Vec<ImageId>,
    /// One point for each of `ids`.
    pub points: Vec<[f32; 2]>,
    /// The share of the total variance along each axis, in `0..=1`.
    pub explained: [f32; 2],
}
