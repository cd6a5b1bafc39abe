//! What the full-network embedding came to.

use serde::Serialize;

use crate::analysis::embedding::Thresholds;

/// What an embedding came to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EmbeddingSummary {
    /// How thresholds were found.
    pub thresholds: Thresholds,
    /// Layers it is made of.
    pub layers: usize,
    /// Features an image.
    pub features: usize,
    /// Images that have one.
    pub images: usize,
    /// Bytes of all codes.
    pub bytes: usize,
    /// Bytes that the same features take as they are stored.
    pub bytes_of_vectors: usize,
    /// The share of codes that are +1.
    pub share_strong: f64,
    /// The share of codes that are -1.
    pub share_weak: f64,
    /// The name of its table in the workspace.
    pub table: String,
    /// How long it took to make.
    pub elapsed_secs: f64,
}
