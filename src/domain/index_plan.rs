//! What a preference does to indices, known before it is done.

use serde::Serialize;

use super::{IndexRecord, Preference, StoredLayer, Strategy, Workload, choose, counted, in_words};

/// A layer that may have an index.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerToIndex {
    /// The table of the vectors.
    pub table: String,
    /// Which vectors.
    pub source: StoredLayer,
    /// Images with vectors.
    pub rows: usize,
    /// Numbers of a vector.
    pub channels: usize,
    /// Its index, if there is one, and the bytes of that.
    pub index: Option<(IndexRecord, u64)>,
}

/// An index to be built.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PlannedIndex {
    /// The table of the vectors.
    pub table: String,
    /// Over which vectors.
    pub source: StoredLayer,
    /// About how many bytes it will take on disk.
    pub bytes: u64,
    /// About how long building takes, in seconds; `None` where none was built yet to judge by.
    pub secs: Option<f64>,
}

/// An index to be dropped.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DroppedIndex {
    /// The table of the vectors.
    pub table: String,
    /// Over which vectors.
    pub source: StoredLayer,
    /// Bytes it takes on disk.
    pub bytes: u64,
}

/// What becomes of indices.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct IndexPlan {
    /// Those to be built.
    pub build: Vec<PlannedIndex>,
    /// Those to be dropped.
    pub drop: Vec<DroppedIndex>,
}

impl IndexPlan {
    /// Plans for a preference: fast reads want an index wherever looking at every image takes longer than at once, little
    /// space wants none. Others leave what there is. Vectors of `exact_bytes` are looked at one by one where neighbours are asked for.
    pub fn of(preference: Option<Preference>, layers: &[LayerToIndex], exact_bytes: usize) -> Self {
        match preference {
            Some(Preference::FastReads) => {
                let secs_per_number = pace(layers);
                let without = layers.iter().filter(|layer| layer.index.is_none() && wants_index(layer, exact_bytes));
                let planned = |layer: &LayerToIndex| PlannedIndex {
                    table: layer.table.clone(),
                    source: layer.source.clone(),
                    bytes: expected_bytes(layer.rows, layer.channels),
                    secs: secs_per_number.map(|secs| secs * layer.rows as f64 * layer.channels as f64),
                };
                Self { build: without.map(planned).collect(), drop: Vec::new() }
            }
            Some(Preference::LittleSpace) => {
                let dropped = |layer: &LayerToIndex| {
                    let (_, bytes) = layer.index.as_ref()?;
                    Some(DroppedIndex { table: layer.table.clone(), source: layer.source.clone(), bytes: *bytes })
                };
                Self { build: Vec::new(), drop: layers.iter().filter_map(dropped).collect() }
            }
            Some(Preference::CheapUpdates) | None => Self::default(),
        }
    }

    /// Whether nothing becomes of any.
    pub fn is_empty(&self) -> bool {
        self.build.is_empty() && self.drop.is_empty()
    }

    /// The plan for the person, in a sentence; empty if there is nothing to be done.
    pub fn in_words(&self) -> String {
        let layers = |count: usize| counted(count, "layer", "layers");
        let mut sentences = Vec::new();
        if !self.build.is_empty() {
            let bytes = self.build.iter().map(|planned| planned.bytes).sum();
            let secs: Option<f64> = self.build.iter().map(|planned| planned.secs).sum();
            let time = match secs {
                Some(secs) => format!("takes about {}, judging by indices built before", in_words::duration(secs)),
                None => "takes an unknown time, because no index was built here yet".to_owned(),
            };
            sentences.push(format!(
                "Indices for {} will be built, about {} in all; this {time}.",
                layers(self.build.len()),
                in_words::bytes(bytes)
            ));
        }
        if !self.drop.is_empty() {
            let bytes = self.drop.iter().map(|dropped| dropped.bytes).sum();
            sentences.push(format!(
                "Indices for {} will be removed, {}.",
                layers(self.drop.len()),
                in_words::bytes(bytes)
            ));
        }
        sentences.join(" ")
    }
}

/// Whether an index would be asked, if it found all there is.
fn wants_index(layer: &LayerToIndex, exact_bytes: usize) -> bool {
    let (rows, channels, recall) = (layer.rows, layer.channels, Some(1.0));
    let job = Workload::Neighbours { rows, channels, recall, is_filtered: false, exactly: false, exact_bytes };
    choose(job).strategy == Strategy::Index
}

/// The usual index, IVF_RQ: of each number a bit, and four more in blocks of 64 numbers; beside them five factors of four
/// bytes that say how far a code is off, and which row it is of (four bytes as it is packed).
fn expected_bytes(rows: usize, channels: usize) -> u64 {
    const FACTORS_AND_ROW: usize = 5 * 4 + 4;
    let (signs, rest) = (channels.div_ceil(8), channels.next_multiple_of(64) / 2);
    (signs + rest + FACTORS_AND_ROW) as u64 * rows as u64
}

/// Seconds that building took for a number of a vector: the slowest so far.
fn pace(layers: &[LayerToIndex]) -> Option<f64> {
    let of = |layer: &LayerToIndex| {
        let (record, _) = layer.index.as_ref()?;
        let numbers = record.built_rows as f64 * layer.channels as f64;
        (numbers > 0.0 && record.built_secs > 0.0).then(|| record.built_secs / numbers)
    };
    layers.iter().filter_map(of).max_by(f64::total_cmp)
}
