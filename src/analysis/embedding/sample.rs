//! A bounded sample of a collection's rows at one layer.

use std::collections::BTreeMap;

use crate::domain::{ImageId, Numbers, NumbersRef};

/// Rows kept when nothing else is said. The share of images beyond a quantile then has a standard error of .004 at most
/// (`√(p(1-p)/n)`), and 4096 features take 128 MiB.
pub const SAMPLE_ROWS: usize = 16_384;

/// Some rows of a layer, drawn by their ids alone: the same images are in it whatever the batches, their order, and
/// the number of shards, and the same ones at every layer. A collection that fits is in it whole.
///
/// Each id is given a pseudo-random rank, and the lowest ranks stay ("bottom-k", Cohen and Kaplan 2007).
#[derive(Clone, Debug)]
pub struct RowSample {
    features: usize,
    capacity: usize,
    seed: u64,
    rows: BTreeMap<(u64, ImageId), Numbers>,
}

impl RowSample {
    /// An empty one that keeps up to `capacity` rows.
    pub fn new(features: usize, capacity: usize, seed: u64) -> Self {
        Self { features, capacity, seed, rows: BTreeMap::new() }
    }

    /// Offers the rows of some images; an image offered again replaces its row.
    ///
    /// # Shapes
    /// - `rows`: `[ids.len(), features]`, row-major
    ///
    /// # Panics
    /// When `rows` has another shape.
    pub fn offer<'a>(&mut self, ids: &[ImageId], rows: impl Into<NumbersRef<'a>>) {
        let rows = rows.into();
        assert_eq!(rows.len(), ids.len() * self.features, "one row an image");
        for (place, id) in ids.iter().enumerate() {
            let key = (rank(self.seed, *id), *id);
            let is_in = self.rows.len() < self.capacity
                || self.rows.last_key_value().is_some_and(|(last, _)| key < *last)
                || self.rows.contains_key(&key);
            if is_in {
                self.rows.insert(key, rows.slice(place * self.features, self.features).to_numbers());
            }
            if self.rows.len() > self.capacity {
                self.rows.pop_last();
            }
        }
    }

    /// Takes in the sample of another shard.
    ///
    /// # Panics
    /// When it was made with other features, capacity or seed.
    pub fn merge(&mut self, other: Self) {
        let settings = |sample: &Self| (sample.features, sample.capacity, sample.seed);
        assert_eq!(settings(self), settings(&other), "samples drawn alike");
        self.rows.extend(other.rows);
        while self.rows.len() > self.capacity {
            self.rows.pop_last();
        }
    }

    /// Number of features.
    pub fn features(&self) -> usize {
        self.features
    }

    /// Number of rows that are in it.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Whose rows are in it, in no particular order but always the same; classes of images are given in this order.
    pub fn ids(&self) -> impl Iterator<Item = ImageId> + '_ {
        self.rows.keys().map(|(_, id)| *id)
    }

    /// The rows, in the order of [`ids`](Self::ids).
    pub(super) fn rows(&self) -> Vec<NumbersRef<'_>> {
        self.rows.values().map(Numbers::as_ref).collect()
    }
}

/// SplitMix64 (Steele, Lea and Flood 2014) of the id.
fn rank(seed: u64, id: ImageId) -> u64 {
    let mut z = seed.wrapping_add(u64::from(id.0).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
