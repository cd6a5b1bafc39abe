//! The full-network embedding, as it is kept and as it is used.

use std::path::Path;

use crate::analysis::embedding::{LayerReference, Reference, TernaryCodes, Thresholds};
use crate::domain::{counted, thousands};
use crate::engine::collection::free_memory;
use crate::engine::message::Problem;
use crate::store::{LayerNumbers, StoredEmbedding};

/// What is usual in the collection, and what of it each image shows.
pub struct Embedding {
    /// By what codes are made.
    pub reference: Reference,
    /// Of each image.
    pub codes: TernaryCodes,
}

impl Embedding {
    /// By what it was made and whose it is, as plain numbers.
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
            changed: Vec::new(),
        }
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

/// What is usual in the collection, from plain numbers.
pub fn reference_of(layers: Vec<LayerNumbers>) -> Reference {
    let layer = |numbers: LayerNumbers| {
        let LayerNumbers { layer, means, stds, lows, highs } = numbers;
        LayerReference::from_columns(&layer, means, stds, lows, highs).expect("a row of the table has all columns")
    };
    Reference { layers: layers.into_iter().map(layer).collect() }
}

/// Whether there is room for the codes of so many images, as the files of the system below `root` say: they are compared in memory, all of them.
///
/// # Errors
/// When there is not, as far as the system says how much is free.
pub fn expect_room_for_codes(root: &Path, images: usize, features: usize) -> Result<(), Problem> {
    let of = counted(images, "image", "images");
    free_memory::expect_room(
        root,
        TernaryCodes::memory_bytes(images, features),
        "the full-network embedding",
        &format!("the codes of {of} at {} features", thousands(features)),
        "Close other programs, or extract fewer layers (`--layers`) into a workspace of their own (`--workspace`).",
    )
}
