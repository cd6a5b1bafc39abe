//! The full-network embedding, as it is kept and as it is used.

use crate::analysis::embedding::{BadCodes, LayerReference, Reference, TernaryCodes, Thresholds};
use crate::store::{LayerNumbers, StoredEmbedding};

/// What is usual in the collection, and what of it each image shows.
pub struct Embedding {
    /// By what codes are made.
    pub reference: Reference,
    /// Of each image.
    pub codes: TernaryCodes,
}

impl Embedding {
    /// As plain numbers.
    pub fn to_stored(&self, thresholds: Thresholds) -> StoredEmbedding {
        let numbers = |layer: &LayerReference| {
            let (lows, highs) = (0..layer.features()).map(|feature| layer.bounds(feature)).unzip();
            let (means, stds) = (layer.means().to_vec(), layer.stds().to_vec());
            LayerNumbers { layer: layer.name.clone(), means, stds, lows, highs }
        };
        StoredEmbedding {
            thresholds: serde_json::to_string(&thresholds).expect("numbers make JSON"),
            layers: self.reference.layers.iter().map(numbers).collect(),
            ids: self.codes.ids().to_vec(),
            codes: self.codes.to_bytes(),
            changed: Vec::new(),
        }
    }

    /// From plain numbers.
    ///
    /// # Errors
    /// When they contradict each other.
    pub fn from_stored(stored: StoredEmbedding) -> Result<Self, BadCodes> {
        let features = stored.features();
        let layer = |numbers: LayerNumbers| {
            let LayerNumbers { layer, means, stds, lows, highs } = numbers;
            LayerReference::from_columns(&layer, means, stds, lows, highs).expect("a row of the table has all columns")
        };
        let reference = Reference { layers: stored.layers.into_iter().map(layer).collect() };
        Ok(Self { reference, codes: TernaryCodes::from_bytes(stored.ids, features, &stored.codes)? })
    }

    /// The shares of codes that are +1 and -1.
    pub fn shares(&self) -> (f64, f64) {
        let (mut strong, mut weak) = (0u64, 0u64);
        for row in 0..self.codes.rows() {
            let code = self.codes.row(row);
            let count = |plane: &[u64]| plane.iter().map(|word| u64::from(word.count_ones())).sum::<u64>();
            strong += count(code.positive);
            weak += count(code.negative);
        }
        let all = (self.codes.rows() * self.codes.features()).max(1) as f64;
        (strong as f64 / all, weak as f64 / all)
    }
}
