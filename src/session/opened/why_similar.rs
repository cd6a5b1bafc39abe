//! Why two images are alike.

use std::sync::Arc;

use crate::domain::{ImageId, Metric, StoredLayer};
use crate::engine::{ActivationView, Problem, WhySimilar};

/// Why two images are alike, as far as it is known.
#[derive(Clone, Debug)]
pub struct Why {
    /// The first image: the probe, or the one that a list is about.
    pub a: ImageId,
    /// The second: one of its neighbours.
    pub b: ImageId,
    /// The layer both are looked at (index in `Collection::layers`).
    pub layer: usize,
    /// The representation compared.
    pub source: StoredLayer,
    /// The measure.
    pub metric: Metric,
    /// The channels that contribute most, once they are there.
    pub similarity: Option<Arc<WhySimilar>>,
    /// Why it is not known, if it was asked for in vain.
    pub problem: Option<Problem>,
    /// The activations of the two, once they are there.
    pub pair: Option<Box<[ActivationView; 2]>>,
}
