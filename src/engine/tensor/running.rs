//! The network that runs, and what a batch comes to.

use std::{collections::BTreeMap, sync::Arc};

use burn::tensor::Device;

use super::Wanted;
use crate::domain::{Precision, StoredLayer};
use crate::engine::message::{Problem, Progress};
use crate::features::{PooledBatch, pool_with_places, pooled};
use crate::network::{Graph, Runner, Seen};

pub(super) struct Running {
    pub(super) graph: Arc<Graph>,
    pub(super) runner: Runner,
}

impl Running {
    /// Of a grey picture: no layer takes longer for another one. The first pass makes what is made once (on a GPU the
    /// programs of every layer); of the three after it, the quickest of each layer counts.
    pub(super) fn layer_secs(&self, device: &Device) -> Vec<f64> {
        let preprocessing = &self.graph.preprocessing;
        let grey = vec![128; preprocessing.width * preprocessing.height * 3];
        let pass = || self.runner.layer_secs(preprocessing.batch(&grey, 1, device));
        pass();
        let mut best = pass();
        for _ in 0..2 {
            best.iter_mut().zip(pass()).for_each(|(best, secs)| *best = best.min(secs));
        }
        best
    }
}

impl Running {
    /// Runs pictures together and pools what is wanted; `None` if it was stopped.
    pub(super) fn pass(&self, rgb: &[u8], count: usize, wanted: &Wanted, progress: &Progress) -> Option<PooledBatch> {
        let input = self.graph.preprocessing.batch(rgb, count, self.runner.device());
        let mut layers = BTreeMap::new();
        let stopped = || progress.is_cancelled();
        let finished = self.runner.summarize_unless(input, &wanted.layers, stopped, |layer, seen| {
            let seen = match seen {
                Seen::Activation(activation) => pool_with_places(activation),
                Seen::Summaries(summaries) => pooled(&summaries, count, self.runner.device()),
            };
            layers.insert(layer, seen);
        });
        // In their order, as what runs as one is seen at once.
        let mut batch = PooledBatch::new();
        for (parts, places) in layers.into_values() {
            parts.into_iter().for_each(|part| batch.push(part));
            batch.push_places(places);
        }
        finished.then_some(batch)
    }
}

/// Numbers that even single precision does not hold, or that the device's halves did not.
pub(super) fn beyond_all(stored: &StoredLayer, precision: Precision) -> Problem {
    let why = format!(
        "the network's numbers at {} are infinite for some images, which are left out of neighbours there",
        stored.layer
    );
    let problem = Problem::new("Some numbers are too large", why);
    match precision {
        Precision::Half => problem.with_remedy("Extract with --precision single into another workspace."),
        Precision::Single => problem.with_remedy("Look at other layers; these go beyond what single precision holds."),
    }
}
