//! A download of a network.

use std::sync::Arc;

use crate::engine::Progress;

/// A download that runs.
#[derive(Clone, Debug)]
pub struct Fetch {
    /// Which network.
    pub name: String,
    /// How many bytes of how many.
    pub progress: Arc<Progress>,
}
