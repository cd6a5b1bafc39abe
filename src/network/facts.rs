//! What is known of a network without its weights.

use serde::{Deserialize, Serialize};

use super::{Graph, Op, PoolKind, Preprocessing, Source};
use crate::domain::{ClassNames, ClassScale, Decoding, Layer};

/// What a workspace is opened with, and what asks of its stored vectors: all that is known of a network without its weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NetworkFacts {
    /// What the network calls itself.
    pub name: String,
    /// A paragraph for the person.
    pub about: String,
    /// Every layer, in network order.
    pub layers: Vec<Layer>,
    /// From a picture to the numbers it takes.
    pub preprocessing: Preprocessing,
    /// See [`Graph::fingerprint`].
    pub fingerprint: String,
    /// The same of the network that decodes pictures whole, where this one does not.
    fingerprint_whole: Option<String>,
    /// The names of the classes.
    pub labels: Option<Vec<String>>,
    /// Whether there is a layer that says how likely each class is.
    pub has_class_layer: bool,
    /// The layers whose averages are the numbers of that layer, beginning with itself.
    pub class_averages: Vec<String>,
    /// How those become probabilities.
    pub class_scale: ClassScale,
    /// The layers whose channels are the classes.
    named_layers: Vec<String>,
}

impl NetworkFacts {
    /// What is known of a network. Reads every weight, once or twice.
    pub fn of(graph: &Graph) -> Self {
        let is_whole = graph.preprocessing.decoding == Decoding::Whole;
        let class_names = graph.class_names();
        Self {
            name: graph.name.clone(),
            about: graph.about.clone(),
            layers: graph.layers(),
            preprocessing: graph.preprocessing.clone(),
            fingerprint: graph.fingerprint(),
            fingerprint_whole: (!is_whole).then(|| graph.decoding_whole().fingerprint()),
            labels: graph.labels.clone(),
            has_class_layer: graph.class_layer().is_some(),
            class_averages: class_averages(graph),
            class_scale: graph.class_scale(),
            named_layers: class_names.layers().to_vec(),
        }
    }

    /// In the place of a network, where vectors came from elsewhere: each layer is one column of them, and nothing can be run.
    pub fn of_vectors(name: &str, about: String, layers: Vec<Layer>, fingerprint: String) -> Self {
        Self {
            name: name.to_owned(),
            about,
            layers,
            // No picture is ever prepared by it; a size that pictures can have harms nothing.
            preprocessing: Preprocessing { width: 224, height: 224, ..Preprocessing::default() },
            fingerprint,
            fingerprint_whole: None,
            labels: None,
            has_class_layer: false,
            class_averages: Vec::new(),
            class_scale: ClassScale::default(),
            named_layers: Vec::new(),
        }
    }

    /// Of the network that decodes pictures whole; `None` if this one does.
    pub fn decoding_whole(&self) -> Option<Self> {
        let mut whole = self.clone();
        whole.fingerprint = whole.fingerprint_whole.take()?;
        whole.preprocessing.decoding = Decoding::Whole;
        Some(whole)
    }

    /// What the channels of its layers are called.
    pub fn class_names(&self) -> ClassNames {
        ClassNames::new(self.named_layers.clone(), self.labels.clone().unwrap_or_default())
    }
}

impl Graph {
    /// The same network, for pictures that are decoded whole.
    pub fn decoding_whole(&self) -> Self {
        let mut whole = self.clone();
        whole.preprocessing.decoding = Decoding::Whole;
        whole
    }
}

/// The class layer, and what is before it as long as the average of a plane is stored with the layer whose plane it is.
fn class_averages(graph: &Graph) -> Vec<String> {
    let mut names = Vec::new();
    let mut next = graph.class_layer();
    while let Some(node) = next.map(|layer| &graph.nodes[layer]) {
        names.push(node.name.clone());
        let keeps_averages = matches!(node.op, Op::GlobalPool(PoolKind::Average { .. }) | Op::Identity);
        next = match (&node.inputs[..], keeps_averages) {
            ([Source::Node(before)], true) => Some(*before),
            _ => None,
        };
    }
    names
}
