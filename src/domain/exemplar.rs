//! What is known of a channel over a whole collection: the images that excite it most, and what is usual.

use serde::{Deserialize, Serialize};

use super::{ImageId, StoredLayer};

/// An image that excites a channel.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exemplar {
    /// The image.
    pub image: ImageId,
    /// The largest value in its map, as it is stored; above 0.
    pub value: f32,
    /// Row and column of that value in the map; `None` if only the value was kept.
    pub place: Option<[u32; 2]>,
}

/// The exemplars of every channel of a layer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LayerExemplars {
    /// The layer's name.
    pub layer: String,
    /// One list a channel, best first, ties by id.
    pub lists: Vec<Vec<Exemplar>>,
}

/// Running statistics of every channel at one representation; one entry a channel in each column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayerStatistics {
    /// Which representation.
    pub source: StoredLayer,
    /// Finite numbers seen.
    pub counts: Vec<u64>,
    /// Numbers that were not finite and left out.
    pub skipped: Vec<u64>,
    /// Means.
    pub means: Vec<f64>,
    /// Sums of squared deviations from the mean.
    pub m2s: Vec<f64>,
}

/// A channel where one image is far from what is usual in the collection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UnusualChannel {
    /// Its layer, pooled how.
    pub source: StoredLayer,
    /// Its index in the layer.
    pub channel: usize,
    /// The image's value there.
    pub value: f32,
    /// How many standard deviations above the collection's mean; negative below it.
    pub z: f32,
}

/// What one channel adds to the similarity of two images, or to their difference.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChannelShare {
    /// Its index in the layer.
    pub channel: usize,
    /// Its value in the first image.
    pub a: f32,
    /// Its value in the second.
    pub b: f32,
    /// What it adds to the sum over all channels; negative when it speaks for the opposite.
    pub amount: f64,
    /// Its amount over the sum of all amounts without their signs, in `-1..=1`.
    pub share: f64,
}
