//! The full-network embedding (Garcia-Gasulla et al. 2017, arXiv 1705.07706): what every layer has to say of an image,
//! in three words a feature.
//!
//! The features of all layers, one after another in network order, are standardised over a collection, `z = (x - mean) /
//! std` (population deviation, `z = 0` where it is 0), and become +1 where `z` is above a high threshold, -1 where it is
//! below a low one, and 0 between. No length is normalised away.
//!
//! It is made layer by layer, and of each layer by some images at a time, so that beside the codes little is in memory:
//!
//! ```text
//! for each layer:  statistics.add_rows(..), sample.offer(..)     one pass over the collection
//!                  reference.layers.push(LayerReference::learn(..))
//!                  reference.encode_some(layer, ids, rows, codes) another
//! ```
//!
//! A kept [`Reference`] encodes images that come later. Any scaling by a positive number and any shift of a raw feature
//! leave its codes as they are, once the reference has learned from the same scaled and shifted numbers.

mod codes;
mod layer;
mod quantiles;
mod sample;
mod standardised;
mod supervised;

use std::ops::Range;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

pub use codes::{BadCodes, TernaryCodes, TernaryRow};
pub use layer::LayerReference;
pub use sample::{RowSample, SAMPLE_ROWS};
pub use supervised::{Tell, Tendency, critical_distance, tells};

use super::{Cancelled, rows};
use crate::domain::{ImageId, NumbersRef, Vectors};

/// Rows of codes that one task writes between two questions whether to go on: a millisecond of work at most.
const BLOCK_ROWS: usize = 64;

/// Where `z` turns from 0 to -1 and to +1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Thresholds {
    /// The same for every feature.
    Fixed {
        /// Below it is -1.
        low: f64,
        /// Above it is +1.
        high: f64,
    },
    /// The quantiles of each feature's own `z`, as probabilities in `0..=1`, interpolated linearly between the values of
    /// a [`RowSample`]. With `low: 0.3, high: 0.7` up to 30 % of the images are -1 and up to 30 % +1 at each feature;
    /// fewer where many have the same value, as zeros after a ReLU.
    Quantiles {
        /// The share of images below which is -1.
        low: f64,
        /// The share of images above which is +1.
        high: f64,
    },
    /// Where labelled classes part from the rest: for each feature and class the two-sample Kolmogorov-Smirnov distance
    /// between the class and all others says whether the feature tells the class, and at which `z` they part.
    ///
    /// **Our reading of the paper**, which uses such distances to arrive at its two fixed numbers. A feature is +1 above
    /// the place where the class parts that it tells best by being strong, and -1 below the place where the class parts
    /// that it tells best by being weak. A side on which it tells no class is silent; so is the weaker side where the two
    /// places would cross. Computed on a [`RowSample`].
    Supervised {
        /// The least distance, in `0..=1`, by which a class is told.
        least: f64,
        /// The share of chance findings that is put up with for one feature and class (two-sided, asymptotic).
        significance: f64,
    },
}

impl Thresholds {
    /// The paper's.
    pub const PAPER: Self = Self::Fixed { low: -0.25, high: 0.15 };
    /// Our choice of the numbers that [`Thresholds::Supervised`] takes.
    pub const SUPERVISED: Self = Self::Supervised { least: 0.3, significance: 0.001 };

    /// Whether a [`RowSample`] is needed to learn them.
    pub fn needs_sample(self) -> bool {
        !matches!(self, Self::Fixed { .. })
    }
}

impl Default for Thresholds {
    fn default() -> Self {
        Self::PAPER
    }
}

/// +1 above `high`, -1 below `low`, 0 between and exactly at a bound. A side without a bound is silent.
///
/// What is not finite is 0: nothing is known of it.
pub fn ternary(z: f64, low: Option<f64>, high: Option<f64>) -> i8 {
    if !z.is_finite() {
        0
    } else if high.is_some_and(|high| z > high) {
        1
    } else if low.is_some_and(|low| z < low) {
        -1
    } else {
        0
    }
}

/// What is usual in a collection, layer by layer in network order: all that is needed to encode an image.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reference {
    /// The layers, in network order.
    pub layers: Vec<LayerReference>,
}

impl Reference {
    /// Features of all layers together.
    pub fn features(&self) -> usize {
        self.layers.iter().map(LayerReference::features).sum()
    }

    /// The place of a layer, by name.
    pub fn layer(&self, name: &str) -> Option<usize> {
        self.layers.iter().position(|layer| layer.name == name)
    }

    /// The first feature of a layer.
    pub fn first_feature(&self, layer: usize) -> usize {
        self.layers[..layer].iter().map(LayerReference::features).sum()
    }

    /// The layer, and the channel in it, of a feature of the embedding.
    pub fn channel_of(&self, feature: usize) -> Option<(usize, usize)> {
        let mut first = 0;
        self.layers.iter().enumerate().find_map(|(layer, reference)| {
            let channel = feature.checked_sub(first).filter(|channel| *channel < reference.features());
            first += reference.features();
            Some((layer, channel?))
        })
    }

    /// Writes one layer's features of the codes, for the images that are in both `vectors` and `codes`; others stay as
    /// they are, which is 0 for an image that the layer has no vector of. `None` when cancelled; then some images are
    /// written and others not.
    ///
    /// # Shapes
    /// - `vectors.matrix`: `[images, channels of the layer]`; a block of the images will do
    /// - `codes`: `[_, self.features()]`
    ///
    /// # Panics
    /// When the numbers of features differ.
    pub fn encode(
        &self,
        layer: usize,
        vectors: &Vectors,
        codes: &mut TernaryCodes,
        cancelled: Cancelled<'_>,
    ) -> Option<()> {
        let channels = self.layers[layer].features();
        assert!(vectors.ids.is_empty() || vectors.matrix.columns() == channels, "vectors of another layer");
        self.write_layer(layer, codes, 0..codes.rows(), cancelled, |id, wide| {
            let row = vectors.row_of(id)?;
            rows::widen(vectors.matrix.row(row), wide);
            Some(())
        })
    }

    /// As [`encode`](Self::encode), of some images in any order. Those that the codes are not of are passed over.
    ///
    /// # Shapes
    /// - `values`: `[ids.len(), channels of the layer]`, row-major
    ///
    /// # Panics
    /// When `values` has another shape.
    pub fn encode_some(
        &self,
        layer: usize,
        ids: &[ImageId],
        values: NumbersRef<'_>,
        codes: &mut TernaryCodes,
        cancelled: Cancelled<'_>,
    ) -> Option<()> {
        let channels = self.layers[layer].features();
        assert_eq!(values.len(), ids.len() * channels, "one row an image");
        let mut places: Vec<(ImageId, usize)> = ids.iter().copied().zip(0..).collect();
        places.sort_unstable_by_key(|(id, _)| *id);
        let (Some((first, _)), Some((last, _))) = (places.first(), places.last()) else { return Some(()) };
        // Mostly they follow each other, in the codes as well.
        let rows = codes.ids().partition_point(|id| id < first)..codes.ids().partition_point(|id| id <= last);
        self.write_layer(layer, codes, rows, cancelled, |id, wide| {
            let place = places.binary_search_by_key(&id, |(id, _)| *id).ok()?;
            rows::widen(values.slice(places[place].1 * channels, channels), wide);
            Some(())
        })
    }

    /// As [`encode`](Self::encode), of numbers in single precision, one row for each of the codes' images.
    ///
    /// # Shapes
    /// - `values`: `[codes.rows(), channels of the layer]`, row-major
    ///
    /// # Panics
    /// When `values` has another shape.
    pub fn encode_wide(
        &self,
        layer: usize,
        values: &[f32],
        codes: &mut TernaryCodes,
        cancelled: Cancelled<'_>,
    ) -> Option<()> {
        let channels = self.layers[layer].features();
        assert_eq!(values.len(), codes.rows() * channels, "one row an image");
        let ids = codes.ids().to_vec();
        self.write_layer(layer, codes, 0..codes.rows(), cancelled, |id, wide| {
            let row = ids.binary_search(&id).ok()?;
            wide.copy_from_slice(&values[row * channels..(row + 1) * channels]);
            Some(())
        })
    }

    /// Of some rows. `read` fills in the values of an image, if it has any.
    fn write_layer(
        &self,
        layer: usize,
        codes: &mut TernaryCodes,
        of: Range<usize>,
        cancelled: Cancelled<'_>,
        read: impl Fn(ImageId, &mut [f32]) -> Option<()> + Sync,
    ) -> Option<()> {
        assert_eq!(codes.features(), self.features(), "codes of another network");
        let (channels, first_feature) = (self.layers[layer].features(), self.first_feature(layer));
        if channels == 0 {
            return Some(());
        }
        let encoder = self.layers[layer].encoder();
        let words = codes.words();
        let (ids, positive, negative) = codes.parts_mut();
        let (ids, bits) = (&ids[of.clone()], of.start * words..of.end * words);
        let (positive, negative) = (&mut positive[bits.clone()], &mut negative[bits]);
        let write_block = |(block, (positive, negative)): (usize, (&mut [u64], &mut [u64]))| {
            if cancelled() {
                return None;
            }
            let mut wide = vec![0.0f32; channels];
            let planes = positive.chunks_exact_mut(words).zip(negative.chunks_exact_mut(words));
            for (id, (positive, negative)) in ids[block * BLOCK_ROWS..].iter().zip(planes) {
                if read(*id, &mut wide).is_some() {
                    encoder.write(&wide, first_feature, positive, negative);
                }
            }
            Some(())
        };
        let blocks = positive.par_chunks_mut(words * BLOCK_ROWS).zip(negative.par_chunks_mut(words * BLOCK_ROWS));
        blocks.enumerate().map(write_block).collect()
    }
}
