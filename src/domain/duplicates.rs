//! Images that are the same picture, more or less.

use serde::{Deserialize, Serialize};

use super::{ImageId, StoredLayer};

/// How near two images are that are the same to a layer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Nearness {
    /// At most so far apart by cosine distance.
    Distance(f32),
    /// At most so far apart as this share of the median distance between two images at the layer.
    Share {
        /// Of 1.
        share: f32,
    },
}

impl Nearness {
    /// The distance that it means where the median distance between two images is `median`.
    pub fn distance(self, median: f32) -> f32 {
        match self {
            Self::Distance(distance) => distance,
            Self::Share { share } => share * median,
        }
    }
}

/// How duplicates are looked for. Each way can be left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DuplicateWish {
    /// Whether files of equal bytes are.
    pub by_content: bool,
    /// Pictures whose perceptual hashes differ in at most so many of 64 bits are.
    pub bits: Option<u32>,
    /// Images that are so near at a layer are.
    pub features: Option<(StoredLayer, Nearness)>,
}

impl DuplicateWish {
    /// Differing bits of 64 up to which two pictures look the same: copies in another size or quality differ in 0 to 4,
    /// different pictures in some 32, seldom in fewer than 10.
    pub const BITS: u32 = 4;
    /// Share of the median distance at a layer up to which two images are the same to it.
    pub const SHARE: f32 = 0.04;

    /// In all three ways.
    pub fn new(source: StoredLayer) -> Self {
        Self {
            by_content: true,
            bits: Some(Self::BITS),
            features: Some((source, Nearness::Share { share: Self::SHARE })),
        }
    }
}

/// Images that are the same.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DuplicateGroup {
    /// Ascending.
    pub images: Vec<ImageId>,
    /// In which ways (`content`, `appearance`, `features`), each with how far apart the farthest pair is that it joins:
    /// nothing, bits, cosine distance.
    pub reasons: Vec<(String, f32)>,
    /// Labels with how many of the images have each, if they are not all of one.
    pub labels: Vec<(String, usize)>,
    /// Splits (`train`, `test` ... as folders are named) in the same way.
    pub splits: Vec<(String, usize)>,
}

/// All that were found.
#[derive(Clone, Debug, PartialEq)]
pub struct DuplicateReport {
    /// The table of the vectors that were compared.
    pub features: String,
    /// What was asked for.
    pub wish: DuplicateWish,
    /// Largest first.
    pub groups: Vec<DuplicateGroup>,
    /// Cosine distance up to which images were taken for the same at the layer; `None` where no layer was asked, and of
    /// what was found by earlier versions.
    pub distance: Option<f32>,
    /// How many images were compared.
    pub compared: usize,
    /// Files that could not be read and were passed over.
    pub unread: usize,
    /// How long it took.
    pub elapsed_secs: f64,
}

impl DuplicateReport {
    /// The name of its table in the workspace.
    pub fn table(&self) -> String {
        format!("duplicates_{}", self.features)
    }
}
