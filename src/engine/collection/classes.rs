//! What the network says an image shows, from vectors that are stored already.

use std::sync::Arc;

use crate::domain::{ClassScale, ClassScore, ImageId, Pooling, StoredLayer, Vectors};
use crate::features;
use crate::network::NetworkFacts;

/// How many classes an export names.
const CLASSES: usize = 5;

/// Where an image's classes can be read.
#[derive(Clone)]
pub struct Classes {
    /// The vectors that are the numbers of the network's class layer.
    pub source: StoredLayer,
    labels: Arc<Vec<String>>,
    scale: ClassScale,
}

impl Classes {
    /// The layer whose average is what the network's class layer puts out; `None` if it is not among `stored`, or the
    /// network names no classes.
    pub fn of(network: &NetworkFacts, stored: &[StoredLayer]) -> Option<Self> {
        let labels = Arc::new(network.labels.clone()?);
        let averages = network.class_averages.iter();
        let mut sources = averages.map(|layer| StoredLayer { layer: layer.clone(), pooling: Pooling::Average });
        let source = sources.find(|source| stored.contains(source))?;
        Some(Self { source, labels, scale: network.class_scale })
    }

    /// The most probable classes of an image, best first; empty if it has no vector.
    pub fn of_image(&self, vectors: &Vectors, id: ImageId) -> Vec<ClassScore> {
        let Ok(row) = vectors.ids.binary_search(&id) else { return Vec::new() };
        let scores: Vec<f32> = vectors.matrix.row(row).iter().collect();
        features::top_classes(&scores, self.scale, &self.labels, CLASSES)
    }
}
