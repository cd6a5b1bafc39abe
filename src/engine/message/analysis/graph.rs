//! Graphs that are written as files: what is wished, and what came of it.

use std::path::PathBuf;

use serde::Serialize;

use crate::domain::{GraphFormat, StoredLayer};

/// A wish for a graph.
#[derive(Clone, Debug, PartialEq)]
pub struct GraphWish {
    /// Between what.
    pub kind: GraphKind,
    /// How it is written.
    pub format: GraphFormat,
    /// The file.
    pub out: PathBuf,
    /// Whether it may be replaced.
    pub overwrite: bool,
}

/// What the edges connect.
#[derive(Clone, Debug, PartialEq)]
pub enum GraphKind {
    /// Images and their nearest neighbours at a layer, by cosine; the weight is how alike they are.
    Neighbours {
        /// By which vectors.
        source: StoredLayer,
        /// Nearest neighbours each image is joined with.
        k: usize,
        /// Whether both have to name each other.
        is_mutual: bool,
    },
    /// Images and the features that are strong in them; the weight is by how many standard deviations.
    Features {
        /// Above so many standard deviations from the mean a feature is strong; `None`: where the embedding says so.
        deviations: Option<f64>,
        /// Features that are strong in more than this share of the images are left out.
        most_share: f64,
    },
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GraphSummary {
    /// The file.
    pub out: PathBuf,
    /// The list of vertices beside it, of lines of edges.
    pub vertex_list: Option<PathBuf>,
    /// Images.
    pub images: usize,
    /// Features; 0 in a graph of images alone.
    pub features: usize,
    /// Features left out because they are strong in too many images.
    pub hubs_dropped: usize,
    /// Edges.
    pub edges: usize,
    /// How long it took.
    pub elapsed_secs: f64,
}
