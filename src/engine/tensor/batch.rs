//! What goes through the network together, and what it comes to.

use std::sync::Arc;

use crossbeam_channel::Sender;

use super::running::beyond_all;
use crate::domain::{Matrix, Numbers, Precision, Region, StoredLayer};
use crate::engine::message::{Asked, Problem, Progress};
use crate::engine::tensor::wanted::Wanted;
use crate::engine::thread::outbox::Outbox;
use crate::features::PooledRows;

/// Pictures to run through the network.
pub struct Batch {
    /// Pictures in the network's input size, one after the other, interleaved RGB.
    pub rgb: Vec<u8>,
    /// How many pictures.
    pub count: usize,
    /// What to keep of them.
    pub wanted: Arc<Wanted>,
    /// To stop between two layers.
    pub progress: Arc<Progress>,
    /// Where the vectors go: one `[count, channels]` block per entry of `wanted.columns`; `None` if it was stopped.
    pub reply: Sender<Result<Option<Pooled>, Problem>>,
}

/// Pictures whose whole activations are wanted.
pub struct ActivationBatch {
    /// Pictures in the network's input size, one after the other, interleaved RGB.
    pub rgb: Vec<u8>,
    /// How many pictures.
    pub count: usize,
    /// Which layers, ascending.
    pub layers: Arc<Vec<usize>>,
    /// Where they go: for each layer `[count, channels, height, width]`.
    pub reply: Sender<Result<Vec<Numbers>, Problem>>,
}

/// Pictures of which parts are wanted.
pub struct RegionBatch {
    /// Pictures in the network's input size, one after the other, interleaved RGB.
    pub rgb: Vec<u8>,
    /// The parts of each picture, as shares of the sides of the network's input.
    pub regions: Vec<Vec<Region>>,
    /// At which layers, pooled how.
    pub sources: Arc<Vec<StoredLayer>>,
    /// Where the vectors go: for each of `sources` one row of channels a part, picture by picture.
    pub reply: Sender<Result<Vec<Vec<f32>>, Problem>>,
}

/// What a batch came to.
pub struct Pooled {
    pub(super) rows: PooledRows,
    /// Of the network.
    pub(super) precision: Precision,
    /// How long the network took.
    pub elapsed_secs: f64,
}

impl Pooled {
    /// One `[count, channels]` block per wanted column in the precision that it needs; and for each layer where in their
    /// maps the largest values are, `y * width + x`: `[count, channels]`. Tells of numbers that no precision holds.
    ///
    /// Batches are to come in their order: from the first large number on all of a column's are single, and which batch was
    /// finished first is chance.
    pub fn into_columns(self, wanted: &Wanted, outbox: &Outbox) -> (Vec<Matrix>, Vec<Vec<u32>>) {
        let (columns, places) = self.rows.into_matrices(&wanted.in_single());
        if let Some(infinite) = wanted.learn(&columns) {
            outbox.complain(Asked::Extract, beyond_all(infinite, self.precision));
        }
        (columns, places)
    }
}
