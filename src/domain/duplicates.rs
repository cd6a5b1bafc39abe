//! Images that are the same picture, more or less.

use serde::{Deserialize, Serialize};

use super::{ImageId, StoredLayer};

/// How near two vectors must be for their images to be the same to a layer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Within {
    /// So far apart at most, by cosine distance, whatever the layer.
    Distance(f32),
    /// This share of the distance at which an image's tenth neighbour is at that layer, usually and for each of the two:
    /// 0.1 is a tenth of the least of the three.
    Share {
        /// The share.
        share: f32,
    },
}

impl Within {
    /// Vectors of one and the same picture may differ by so much through rounding.
    pub const ROUNDING: f32 = 1e-6;

    /// The cosine distance that it comes to at most, where `usual` is how far a tenth neighbour usually is.
    pub fn distance(self, usual: f32) -> f32 {
        match self {
            Self::Distance(distance) => distance,
            Self::Share { share } => (share * usual).max(Self::ROUNDING),
        }
    }
}

/// How duplicates are looked for. Each way can be left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DuplicateWish {
    /// Whether files of equal bytes are.
    pub by_content: bool,
    /// Pictures whose perceptual hashes (pHash, Zauner 2010) differ in at most so many of 64 bits are.
    pub bits: Option<u32>,
    /// Images so near each other at a layer are.
    pub features: Option<(StoredLayer, Within)>,
}

impl DuplicateWish {
    /// Differing bits of 64 up to which two pictures look the same: copies in another size or quality differ in 0 to 4,
    /// different pictures in some 32, seldom in fewer than 10.
    pub const BITS: u32 = 4;
    /// Images are the same to a layer if they are some seven times nearer than a tenth neighbour is, usually and for each of
    /// the two. No distance would do for every layer: at an early one the most different pictures are nearer than copies are
    /// at a late one. By one layer alone, of SqueezeNet or EfficientNet-Lite0, this finds some six in ten of copies that were
    /// made to try it, and of what it finds nine in ten are copies.
    pub const SHARE: f32 = 0.15;

    /// In all three ways.
    pub fn new(source: StoredLayer) -> Self {
        Self {
            by_content: true,
            bits: Some(Self::BITS),
            features: Some((source, Within::Share { share: Self::SHARE })),
        }
    }
}

/// Why images are taken for the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DuplicateReason {
    /// The files hold the same bytes.
    Content,
    /// The perceptual hashes differ in few bits.
    Appearance,
    /// The vectors at a layer are near.
    Features,
}

impl DuplicateReason {
    /// All of them, for menus.
    pub const ALL: [Self; 3] = [Self::Content, Self::Appearance, Self::Features];

    /// The name used on the command line and in tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Content => "content",
            Self::Appearance => "appearance",
            Self::Features => "features",
        }
    }
}

/// Images that are the same.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DuplicateGroup {
    /// Ascending.
    pub images: Vec<ImageId>,
    /// In which ways, each with how far apart the farthest pair is that it joins: nothing, bits, the cosine distance from the
    /// image in the middle of the group.
    pub reasons: Vec<(DuplicateReason, f32)>,
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
    /// Up to which cosine distance images were the same to the layer, if vectors were compared.
    pub within: Option<f32>,
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
    /// How many images there are too many: all of each group but one.
    pub fn copies(&self) -> usize {
        self.groups.iter().map(|group| group.images.len().saturating_sub(1)).sum()
    }

    /// At which layer images were the same up to which distance: `at conv3 (average) within 0.0213`; nothing if vectors were
    /// not compared.
    pub fn layer_in_words(&self) -> Option<String> {
        self.layer_called(&|layer| layer)
    }

    /// The same, with the layer as `name` calls it.
    pub fn layer_called<'a>(&'a self, name: &dyn Fn(&'a str) -> &'a str) -> Option<String> {
        let ((source, _), within) = self.wish.features.as_ref().zip(self.within)?;
        Some(format!("at {} ({}) within {}", name(&source.layer), source.pooling.word(), distance_in_words(within)))
    }

    /// The name of its table in the workspace.
    pub fn table(&self) -> String {
        format!("duplicates_{}", self.features)
    }
}

/// A distance in three digits that say something: `0.0213`, `0.000127`.
pub fn distance_in_words(distance: f32) -> String {
    let places = if distance > 0.0 { (2.0 - distance.log10().floor()).clamp(0.0, 9.0) as usize } else { 0 };
    format!("{distance:.places$}")
}
