//! Images that are the same picture, more or less.

use serde::{Deserialize, Serialize};

use super::{ImageId, StoredLayer};

/// How duplicates are looked for. Each way can be left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DuplicateWish {
    /// Whether files of equal bytes are.
    pub by_content: bool,
    /// Pictures whose perceptual hashes (pHash, Zauner 2010) differ in at most so many of 64 bits are.
    pub bits: Option<u32>,
    /// Images at most so far apart at a layer, by cosine distance, are.
    pub features: Option<(StoredLayer, f32)>,
}

impl DuplicateWish {
    /// Differing bits of 64 up to which two pictures look the same: copies in another size or quality differ in 0 to 4,
    /// different pictures in some 32, seldom in fewer than 10.
    pub const BITS: u32 = 4;
    /// Cosine distance up to which two images are the same to a network.
    pub const DISTANCE: f32 = 0.02;

    /// In all three ways.
    pub fn new(source: StoredLayer) -> Self {
        Self { by_content: true, bits: Some(Self::BITS), features: Some((source, Self::DISTANCE)) }
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
