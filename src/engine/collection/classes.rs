//! What the network says an image shows, from vectors that are stored already.

use std::sync::Arc;

use crate::domain::{ClassScale, ClassScore, ImageId, Pooling, StoredLayer, Vectors};
use crate::features;
use crate::network::{Graph, Op, PoolKind, Source};

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
    pub fn of(graph: &Graph, stored: &[StoredLayer]) -> Option<Self> {
        let labels = Arc::new(graph.labels.clone()?);
        let mut layer = graph.class_layer()?;
        loop {
            let node = &graph.nodes[layer];
            let source = StoredLayer { layer: node.name.clone(), pooling: Pooling::Average };
            if stored.contains(&source) {
                return Some(Self { source, labels, scale: graph.class_scale() });
            }
            // The average of a plane is stored with the layer whose plane it is.
            let keeps_averages = matches!(node.op, Op::GlobalPool(PoolKind::Average { .. }) | Op::Identity);
            match (&node.inputs[..], keeps_averages) {
                ([Source::Node(before)], true) => layer = *before,
                _ => return None,
            }
        }
    }

    /// The most probable classes of an image, best first; empty if it has no vector.
    pub fn of_image(&self, vectors: &Vectors, id: ImageId) -> Vec<ClassScore> {
        let Ok(row) = vectors.ids.binary_search(&id) else { return Vec::new() };
        let scores: Vec<f32> = vectors.matrix.row(row).iter().collect();
        features::top_classes(&scores, self.scale, &self.labels, CLASSES)
    }
}
