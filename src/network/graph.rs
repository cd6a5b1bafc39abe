//! The network as everything after its reader sees it.

use super::{
    GraphError, Layout, Op, Preprocessing,
    layout::looked_at,
    shape::{self, Value},
};
use crate::domain::Layer;

/// Where a node takes a value from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// The picture.
    Input,
    /// The output of an earlier node, by index.
    Node(usize),
}

impl Source {
    /// The node; `None` for the picture.
    pub fn node(self) -> Option<usize> {
        match self {
            Source::Input => None,
            Source::Node(index) => Some(index),
        }
    }
}

/// One layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The name in the network's file, made unique (also as a column name) with a number where it was not.
    pub name: String,
    /// What the file calls it: `Convolution`, `ReLU` ...
    pub kind: String,
    /// What it computes.
    pub op: Op,
    /// What it takes.
    pub inputs: Vec<Source>,
    /// The dimensions of the output for one image; most often `[channels, height, width]`, but tables of tokens and
    /// others as well.
    pub dims: Vec<usize>,
    /// Which of them holds the channels.
    pub layout: Layout,
    /// How the output is looked at: `[channels, height, width]`.
    pub shape: [usize; 3],
    /// Number of weights and biases in the file.
    pub parameter_count: usize,
    /// Whether its vectors are stored unless the person chooses otherwise.
    pub stored_by_default: bool,
}

/// A network: nodes in the order in which they run.
///
/// Made by a [`GraphBuilder`](super::GraphBuilder), which checks that everything fits.
#[derive(Clone, Debug)]
pub struct Graph {
    /// What the network calls itself.
    pub name: String,
    /// The picture it takes: `[channels, height, width]`.
    pub input: [usize; 3],
    /// Every node comes after those it takes from.
    pub nodes: Vec<Node>,
    /// From a picture to the numbers it takes.
    pub preprocessing: Preprocessing,
    /// The node whose output the network is for, by index: mostly the last.
    pub answer: usize,
    /// The names of the classes of [`answer`](Self::answer).
    pub labels: Option<Vec<String>>,
    /// A paragraph for the person: what this network is, where it comes from, and what it is not.
    pub about: String,
}

impl Graph {
    /// What there is to look at: the same order and index as `nodes`.
    pub fn layers(&self) -> Vec<Layer> {
        self.nodes
            .iter()
            .map(|node| Layer {
                name: node.name.clone(),
                kind: node.kind.clone(),
                shape: node.shape,
                parameter_count: node.parameter_count,
                inputs: node.inputs.iter().map(|input| input.node()).collect(),
                multiplications: self.multiplications(node),
                stored_by_default: node.stored_by_default,
            })
            .collect()
    }

    /// The index of a layer by its name.
    pub fn layer_named(&self, name: &str) -> Option<usize> {
        self.nodes.iter().position(|node| node.name == name)
    }

    /// Number of weights and biases of all layers.
    pub fn parameter_count(&self) -> usize {
        self.nodes.iter().map(|node| node.parameter_count).sum()
    }

    fn multiplications(&self, node: &Node) -> u64 {
        let taken = node.inputs.first().map_or(0, |source| self.value(*source).dims.iter().product());
        node.op.multiplications(taken, node.dims.iter().product())
    }

    /// What a node takes.
    pub(super) fn value(&self, source: Source) -> Value<'_> {
        match source {
            Source::Input => Value { dims: &self.input, layout: Layout::Usual },
            Source::Node(index) => Value { dims: &self.nodes[index].dims, layout: self.nodes[index].layout },
        }
    }

    /// Checks again what the builder checked: every node takes from earlier ones and has the shape that follows.
    ///
    /// # Errors
    /// The first layer that does not fit.
    pub fn check(&self) -> Result<(), GraphError> {
        for (index, node) in self.nodes.iter().enumerate() {
            if node.inputs.iter().any(|input| matches!(input, Source::Node(other) if *other >= index)) {
                return Err(GraphError::layer(&node.name, "takes from a layer that comes later"));
            }
            let inputs: Vec<_> = node.inputs.iter().map(|input| self.value(*input)).collect();
            let (dims, layout) =
                shape::infer(&node.op, &inputs).map_err(|reason| GraphError::layer(&node.name, reason))?;
            if dims != node.dims || layout != node.layout || looked_at(&dims, layout) != node.shape {
                let reason = format!("has dimensions {dims:?}, but {:?} was declared", node.dims);
                return Err(GraphError::layer(&node.name, reason));
            }
        }
        Ok(())
    }
}
