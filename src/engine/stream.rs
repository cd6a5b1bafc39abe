//! Features of pictures that come as a stream, without a workspace: what other programs drive.
//!
//! What comes in and goes out is described where Arrow is at home, in [`store::stream`](crate::store::stream). Pictures are
//! prepared, run and pooled by what an extraction uses, so the vectors are those that a workspace would have.
//!
//! Memory is a few batches of those that come in, however long the stream is: rows are read when there is room for them, and
//! written when those before them are. However many rows a batch has, there is room for the vectors of those at work alone, and
//! what is larger than 4 GiB is refused before it is read.

mod picture;
mod reading;
mod waiting;
mod work;

use std::io::{Read, Write};
use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;

use crate::domain::{Layer, Pooling, Precision};
use crate::engine::message::{NetworkFile, Problem, Progress};
use crate::engine::networks;
use crate::engine::networks::layers::{feature_spec, stored_layers};
use crate::engine::options::EngineOptions;
use crate::network::{Graph, NetworkFacts, Preprocessing};
use crate::store::stream::{FeatureColumn, FeatureColumns};

/// Which features of which pictures are wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct StreamWish {
    /// The network.
    pub network: NetworkFile,
    /// Layers by name; the usual ones if none are named.
    pub layers: Option<Vec<String>>,
    /// How space is pooled away.
    pub poolings: Vec<Pooling>,
    /// In which numbers vectors are written.
    pub vectors: Precision,
    /// The column of the pictures; one with a usual name if none is named.
    pub column: Option<String>,
    /// Whether a small copy of each picture is wanted.
    pub thumbnails: bool,
    /// Whether the column of pictures' bytes is passed on.
    pub keep_content: bool,
    /// Where paths that are not absolute begin; the working directory if it is empty.
    pub folder: PathBuf,
}

/// A wish that is known to make sense: the network is there and has the layers.
pub struct StreamPlan {
    wish: StreamWish,
    options: EngineOptions,
    graph: Arc<Graph>,
    layers: Vec<Layer>,
    columns: FeatureColumns,
}

/// What will be written, for those who must know before there is any.
#[derive(Clone, Debug, Serialize)]
pub struct StreamDescription {
    /// The network's name.
    pub network: String,
    /// What tells it from every other.
    pub fingerprint: String,
    /// How pixels become its input.
    pub preprocessing: Preprocessing,
    /// Of the program.
    pub version: &'static str,
    /// The table that a workspace has for the network.
    pub table: String,
    /// Rows of a batch at most.
    pub rows_at_most: usize,
    /// Every column that is added, in its order.
    pub columns: Vec<DescribedColumn>,
}

/// One column that is added.
#[derive(Clone, Debug, Serialize)]
pub struct DescribedColumn {
    /// Its name.
    pub name: String,
    /// Its type, as pyarrow calls it: `uint32`, `string`, `binary` or `fixed_size_list`.
    #[serde(rename = "type")]
    pub data_type: &'static str,
    /// Of a column of vectors what is in it.
    #[serde(flatten)]
    pub vectors: Option<DescribedVectors>,
}

/// What is in a column of vectors.
#[derive(Clone, Debug, Serialize)]
pub struct DescribedVectors {
    /// The type of the numbers: `float16` or `float`.
    pub item: &'static str,
    /// How many a vector has.
    pub size: usize,
    /// The layer.
    pub layer: String,
    /// How space was pooled away.
    pub pooling: Pooling,
}

/// How a stream ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamEnd {
    /// All rows were written.
    Whole,
    /// It was stopped.
    Stopped,
    /// Nobody reads what is written any more.
    Closed,
}

/// What was done.
#[derive(Clone, Debug, PartialEq)]
pub struct Streamed {
    /// Rows that were written.
    pub rows: usize,
    /// Those of them with a problem.
    pub with_problem: usize,
    /// How it ended.
    pub end: StreamEnd,
    /// What computed.
    pub device: String,
    /// What was found amiss by the way.
    pub remarks: Vec<Problem>,
}

/// The version of the program.
const VERSION: &str = env!("CARGO_PKG_VERSION");

impl StreamPlan {
    /// Reads the network and finds its layers.
    ///
    /// # Errors
    /// When the network cannot be read, or has no such layers.
    pub fn new(wish: StreamWish, options: EngineOptions) -> Result<Self, Problem> {
        let graph = networks::load(&wish.network, options.data_dir.as_deref())?;
        let layers = graph.layers();
        let stored = stored_layers(&layers, wish.layers.as_deref())?;
        let spec = feature_spec(&NetworkFacts::of(&graph), &stored);
        let columns = FeatureColumns::new(spec, &wish.poolings, wish.vectors, VERSION);
        let columns = if wish.thumbnails { columns.with_thumbnails() } else { columns };
        Ok(Self { wish, options, graph: Arc::new(graph), layers, columns })
    }

    /// What will be written.
    pub fn description(&self) -> StreamDescription {
        let spec = self.columns.spec();
        let plain = |(name, data_type): (&str, _)| DescribedColumn { name: name.to_owned(), data_type, vectors: None };
        let vectors = |column: FeatureColumn| {
            let FeatureColumn { name, layer, pooling, item, size } = column;
            let vectors = Some(DescribedVectors { item, size, layer, pooling });
            DescribedColumn { name, data_type: "fixed_size_list", vectors }
        };
        let beside = self.columns.described_beside().into_iter().map(plain);
        StreamDescription {
            network: spec.network.clone(),
            fingerprint: spec.fingerprint.clone(),
            preprocessing: self.graph.preprocessing.clone(),
            version: VERSION,
            table: spec.table_name(),
            rows_at_most: self.columns.rows_at_most(),
            columns: beside.chain(self.columns.described().into_iter().map(vectors)).collect(),
        }
    }

    /// Takes all pictures of `input` through the network and writes their features to `output`. Cancelling `progress` stops
    /// it, even while it waits for input; what was read ahead is left.
    ///
    /// # Errors
    /// When what comes is no Arrow stream or lacks the column, when nothing can be written, and when the device fails. What
    /// was written until then is not marked as whole.
    pub fn run(
        &self,
        input: Box<dyn Read + Send>,
        output: impl Write,
        progress: &Arc<Progress>,
    ) -> Result<Streamed, Problem> {
        let _job = progress.enter_span();
        work::run(self, input, output, progress)
    }
}
