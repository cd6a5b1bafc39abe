//! Indices over the vectors of a layer: quicker than looking at every image, and not always right.

use serde::{Deserialize, Serialize};

use super::{Metric, StoredLayer};

/// How an index is built.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IndexKind {
    /// Cells around centres, and codes of a few bits a number after a random rotation (RaBitQ, Gao and Long 2024). The
    /// best candidates are looked at exactly.
    #[default]
    IvfRq,
    /// Cells, a graph of near vectors in each (Malkov and Yashunin 2018), and a byte a number.
    IvfHnswSq,
    /// Cells, and a byte for each sixteen numbers (product quantization, Jégou et al. 2011): the smallest.
    IvfPq,
}

impl IndexKind {
    /// All of them, for menus.
    pub const ALL: [Self; 3] = [Self::IvfRq, Self::IvfHnswSq, Self::IvfPq];

    /// The name used on the command line and in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::IvfRq => "ivf-rq",
            Self::IvfHnswSq => "ivf-hnsw-sq",
            Self::IvfPq => "ivf-pq",
        }
    }

    /// What it is called in the window, to stand before `index`.
    pub fn title(self) -> &'static str {
        match self {
            Self::IvfRq => "Usual",
            Self::IvfHnswSq => "Large",
            Self::IvfPq => "Smallest",
        }
    }

    /// What it is, in a sentence.
    pub fn about(self) -> &'static str {
        match self {
            Self::IvfRq => "Cells, and codes of a few bits a number: quick to build, finds most.",
            Self::IvfHnswSq => "A graph of near vectors in each cell, and a byte a number: larger.",
            Self::IvfPq => "Cells, and a byte for sixteen numbers: the smallest, finds least.",
        }
    }
}

/// An index, and how well it finds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IndexRecord {
    /// Over which vectors.
    pub source: StoredLayer,
    /// How it is built.
    pub kind: IndexKind,
    /// The measure it was built for; it answers no other.
    pub metric: Metric,
    /// Images that are in it.
    pub rows: usize,
    /// Images that were there when its cells and codes were learned.
    #[serde(default)]
    pub built_rows: usize,
    /// Cells that are looked into.
    pub probes: usize,
    /// So many times the wanted number of candidates are looked at exactly.
    pub refine: u32,
    /// Of the `measured_k` nearest images this share is found, on average over `measured_probes` images of its own.
    pub recall: f64,
    /// The same for the worst of them.
    pub least_recall: f64,
    /// Neighbours that were asked for to measure it.
    pub measured_k: usize,
    /// Images that were asked for.
    pub measured_probes: usize,
    /// The median time of a question, in milliseconds.
    pub median_ms: f64,
    /// The time within which 99 of 100 questions were answered, in milliseconds.
    pub p99_ms: f64,
    /// The median time of the same questions when every image is looked at, in milliseconds.
    pub exact_median_ms: f64,
    /// How long it took to build, in seconds.
    pub built_secs: f64,
    /// When it was measured, in seconds since 1970; 0 if nobody wrote it down.
    #[serde(default)]
    pub measured_unix_secs: i64,
    /// What it took to take in the images that came last; `None` if none came since it was built.
    #[serde(default)]
    pub extended: Option<IndexExtension>,
}

/// What taking new images into an index came to, counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexExtension {
    /// Images that were taken in.
    pub rows: u64,
    /// Bytes that were written for it: the index's files and the table's list of them.
    pub bytes: u64,
}
