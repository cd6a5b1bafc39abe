//! What goes through the network together, and what it comes to.

use std::sync::Arc;

use crossbeam_channel::Sender;

use crate::domain::{Matrix, Numbers};
use crate::engine::message::{Problem, Progress};
use crate::engine::tensor::wanted::Wanted;

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

/// What a batch came to.
pub struct Pooled {
    /// One `[count, channels]` block per wanted column.
    pub columns: Vec<Matrix>,
    /// For each layer where in their maps the largest values are, `y * width + x`: `[count, channels]`.
    pub places: Vec<Vec<u32>>,
    /// How long the network took.
    pub elapsed_secs: f64,
}
