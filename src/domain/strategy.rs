//! Which strategy answers: one function, from plain numbers, with its reason in words.

use serde::Serialize;

use super::{counted, in_words};

/// Bytes of vectors that are compared in 20 ms: 100,000 x 512 half floats (102 MB) took 13 ms on two cores, 8 GB/s.
/// What is quicker than that feels immediate, and exact answers need no explanation.
pub const EXACT_BYTES: usize = 160_000_000;
/// Products of a neighbour graph by all pairs, `rows² * channels`: so many take about ten seconds on two cores
/// (100,000 x 128 took 44 s).
pub const PAIRS_PRODUCTS: f64 = 3e11;
/// The share of the true neighbours that a graph which is not made by all pairs has to hold.
pub const GRAPH_RECALL: f64 = 0.95;
/// Vectors of a layer that are held in memory without a word; of more it is said.
pub const MEMORY_BYTES: usize = 4 << 30;
/// An index that finds less than this of what there is, is not asked unless the person insists.
pub const LEAST_RECALL: f64 = 0.9;

/// What does the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// Every vector is compared, in memory.
    ExactScan,
    /// An index is asked, and its best candidates compared.
    Index,
    /// Codes are compared bit by bit.
    Popcount,
    /// All pairs, as products of matrices.
    MatrixProduct,
    /// The rows of the nearest cells, as products of matrices, then neighbours of neighbours.
    Cells,
    /// One layer after the other is read, and no two are in memory at once.
    LayerByLayer,
    /// Some of the images stand for all.
    Sample,
}

/// The work to be done, as far as the choice depends on it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Workload {
    /// Neighbours of one probe by vectors.
    Neighbours {
        /// Images with vectors.
        rows: usize,
        /// Numbers of a vector.
        channels: usize,
        /// The measured recall of an index that answers this measure, if there is one.
        recall: Option<f64>,
        /// Whether only some images are wanted, or several layers are mixed: an index knows neither.
        is_filtered: bool,
        /// Whether the person wants every image to be looked at.
        exactly: bool,
        /// Vectors of so many bytes are compared one by one: [`EXACT_BYTES`], unless something else is wished for.
        exact_bytes: usize,
    },
    /// Neighbours of one probe by codes.
    Codes {
        /// Images with codes.
        rows: usize,
        /// Features of a code.
        features: usize,
    },
    /// The nearest neighbours of every image.
    Graph {
        /// Images.
        rows: usize,
        /// Numbers of a vector.
        channels: usize,
    },
    /// Something that is summed over all images, layer by layer: statistics, class vectors.
    Sums {
        /// Images.
        rows: usize,
        /// Numbers of all layers' vectors of one image.
        channels: usize,
        /// Layers.
        layers: usize,
    },
}

/// What was chosen, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StrategyChoice {
    /// What does the work.
    #[serde(rename = "engine")]
    pub strategy: Strategy,
    /// A sentence with the numbers that decided.
    pub reason: String,
}

/// Chooses.
pub fn choose(workload: Workload) -> StrategyChoice {
    let of = |strategy: Strategy, reason: String| StrategyChoice { strategy, reason };
    let size =
        |rows: usize, channels: usize| in_words::bytes((rows as u64).saturating_mul(channels as u64).saturating_mul(2));
    match workload {
        Workload::Neighbours { rows, channels, recall, is_filtered, exactly, exact_bytes } => {
            let size = size(rows, channels);
            let is_small = rows.saturating_mul(channels).saturating_mul(2) <= exact_bytes;
            let scan = |why: String| of(Strategy::ExactScan, format!("every vector was compared: {why}"));
            match recall {
                _ if exactly => scan("exact search was asked for".to_owned()),
                _ if is_small => scan(format!("{size} of vectors take less than 20 ms")),
                _ if is_filtered => scan("an index can neither filter images nor mix layers".to_owned()),
                None => scan(format!("{size} of vectors, and no index for this measure")),
                Some(recall) if recall < LEAST_RECALL => {
                    scan(format!("the index finds only {:.0} % of the neighbours", recall * 100.0))
                }
                Some(recall) => of(
                    Strategy::Index,
                    format!(
                        "the index was asked, since {size} of vectors take long; it finds {:.1} % of what there is",
                        recall * 100.0
                    ),
                ),
            }
        }
        Workload::Codes { rows, features } => {
            let size = in_words::bytes((rows as u64).saturating_mul(features as u64) / 4);
            of(
                Strategy::Popcount,
                format!(
                    "codes of {} were compared bit by bit: {size} in all",
                    counted(features, "feature", "features")
                ),
            )
        }
        Workload::Graph { rows, channels } if pairs(rows, channels) <= PAIRS_PRODUCTS / 1e9 => of(
            Strategy::MatrixProduct,
            format!(
                "all pairs of {} were compared, {:.1} billion products",
                counted(rows, "image", "images"),
                pairs(rows, channels)
            ),
        ),
        Workload::Graph { rows, channels } => of(
            Strategy::Cells,
            format!(
                "each of {} was compared with those of the nearest cells and with its neighbours' neighbours: all pairs are {:.0} billion products",
                counted(rows, "image", "images"),
                pairs(rows, channels)
            ),
        ),
        Workload::Sums { rows, channels, layers } => {
            let bytes = rows.saturating_mul(channels).saturating_mul(2) / layers.max(1);
            let (many, size) = (counted(layers, "layer", "layers"), size(rows, channels));
            let why = format!("{many}, {size}, were read and summed one after the other");
            let why = match bytes <= MEMORY_BYTES {
                true => format!("{why}: one fits into memory"),
                false => format!(
                    "{why}; each takes {} of memory, and no engine reads less at once yet",
                    in_words::bytes(bytes as u64)
                ),
            };
            of(Strategy::LayerByLayer, why)
        }
    }
}

fn pairs(rows: usize, channels: usize) -> f64 {
    rows as f64 * rows as f64 * channels as f64 / 1e9
}
