//! Nodes one after the other, checked as they come.

use std::collections::HashMap;

use super::{
    Graph, GraphError, Layout, Node, Op, Preprocessing, Source,
    layout::looked_at,
    shape::{self, Value},
};
use crate::domain::{Pooling, StoredLayer};

/// Builds a [`Graph`]: readers push what a file says, in the order in which it runs.
#[derive(Debug)]
pub struct GraphBuilder {
    input: [usize; 3],
    nodes: Vec<Node>,
    /// For each column the number that a further layer of that name gets.
    columns: HashMap<String, usize>,
}

/// More nodes than this are no network.
const MOST_NODES: usize = 100_000;

impl GraphBuilder {
    /// Starts with the picture, `[channels, height, width]`.
    ///
    /// # Errors
    /// When the picture has not three channels, or is empty or enormous.
    pub fn new(input: [usize; 3]) -> Result<Self, GraphError> {
        let [channels, height, width] = input;
        if channels != 3 {
            return Err(GraphError::whole(format!(
                "the network takes {channels} channels, but pictures have 3; choose a network for colour pictures"
            )));
        }
        if height == 0 || width == 0 || height > 4096 || width > 4096 {
            return Err(GraphError::whole(format!(
                "the network takes pictures of {width} x {height} pixels; sizes from 1 to 4096 can be run"
            )));
        }
        Ok(Self { input, nodes: Vec::new(), columns: HashMap::new() })
    }

    /// Adds a node.
    ///
    /// # Errors
    /// When it does not fit its inputs. The message names the layer.
    ///
    /// # Panics
    /// When an input is a node that does not exist yet.
    pub fn push(&mut self, name: &str, kind: &str, op: Op, inputs: &[Source]) -> Result<Source, GraphError> {
        let values: Vec<_> = inputs.iter().map(|input| self.value(*input)).collect();
        let (dims, layout) = shape::infer(&op, &values).map_err(|reason| GraphError::layer(name, reason))?;
        if self.nodes.len() == MOST_NODES {
            return Err(GraphError::layer(
                name,
                format!("is one layer more than {MOST_NODES}, which no network needs"),
            ));
        }
        let parameter_count = op.weights().iter().map(|weights| weights.values.len()).sum();
        let name = self.unique(name, kind);
        self.nodes.push(Node {
            name,
            kind: kind.to_owned(),
            op,
            inputs: inputs.to_vec(),
            shape: looked_at(&dims, layout),
            dims,
            layout,
            parameter_count,
            stored_by_default: false,
        });
        Ok(Source::Node(self.nodes.len() - 1))
    }

    fn value(&self, source: Source) -> Value<'_> {
        match source {
            Source::Input => Value { dims: &self.input, layout: Layout::Usual },
            Source::Node(index) => Value { dims: &self.nodes[index].dims, layout: self.nodes[index].layout },
        }
    }

    /// How many nodes there are so far.
    pub fn node_count(&self) -> usize {
        self.nodes.len()
    }

    /// Names nodes after the one layer of the file that they all come from: the last is that layer, those before are its
    /// steps, `NAME/0` and so on. Where the layer has several results every node is one of these.
    pub fn name_parts(&mut self, name: &str, first: usize, has_several_results: bool) {
        let count = self.nodes.len() - first;
        if count < 2 {
            return;
        }
        for node in &self.nodes[first..] {
            self.columns.remove(&column(&node.name));
        }
        let kind = self.nodes[first].kind.clone();
        let steps = if has_several_results { count } else { count - 1 };
        for part in (0..count).rev() {
            let name = if part < steps { format!("{name}/{part}") } else { name.to_owned() };
            self.nodes[first + part].name = self.unique(&name, &kind);
        }
    }

    /// The dimensions of a value for one image.
    ///
    /// # Panics
    /// When it is a node that does not exist yet.
    pub fn dims_of(&self, source: Source) -> &[usize] {
        self.value(source).dims
    }

    /// The shape in which a value is looked at, `[c, h, w]`.
    ///
    /// # Panics
    /// When it is a node that does not exist yet.
    pub fn shape_of(&self, source: Source) -> [usize; 3] {
        match source {
            Source::Input => self.input,
            Source::Node(index) => self.nodes[index].shape,
        }
    }

    /// The whole network.
    ///
    /// # Errors
    /// When it has no layer.
    pub fn finish(mut self, name: &str, preprocessing: Preprocessing) -> Result<Graph, GraphError> {
        if self.nodes.is_empty() {
            return Err(GraphError::whole("the network has no layers"));
        }
        self.mark_stored();
        Ok(Graph {
            name: name.to_owned(),
            input: self.input,
            answer: self.nodes.len() - 1,
            nodes: self.nodes,
            preprocessing,
            labels: None,
            about: String::new(),
        })
    }

    /// Layers are found by name, and their vectors by a column named after them, so both must be unique.
    fn unique(&mut self, name: &str, kind: &str) -> String {
        let base =
            if name.is_empty() { format!("{}{}", kind.to_lowercase(), self.nodes.len() + 1) } else { name.to_owned() };
        let of_base = column(&base);
        let mut unique = base.clone();
        while self.columns.contains_key(&column(&unique)) {
            // Goes on where the last of that name stopped: a file may hold one name many times.
            let number = self.columns.entry(of_base.clone()).or_insert(2);
            unique = format!("{base}_{number}");
            *number += 1;
        }
        self.columns.insert(column(&unique), 2);
        unique
    }

    /// Marks what convolutions, concatenations and fully connected layers put out, after their activation: if only an
    /// activation takes a value, what the activation makes of it is marked in its place.
    fn mark_stored(&mut self) {
        let mut takers = vec![Vec::new(); self.nodes.len()];
        for (index, node) in self.nodes.iter().enumerate() {
            for input in &node.inputs {
                if let Source::Node(taken) = input {
                    takers[*taken].push(index);
                }
            }
        }
        for start in 0..self.nodes.len() {
            if !self.nodes[start].op.is_representation() {
                continue;
            }
            let mut stored = start;
            while let [taker] = takers[stored][..]
                && self.nodes[taker].op.is_activation()
            {
                stored = taker;
            }
            self.nodes[stored].stored_by_default = true;
        }
    }
}

/// The column that holds a layer's vectors. Databases fold case, so `fc` and `FC` would be the same one.
fn column(layer: &str) -> String {
    StoredLayer { layer: layer.to_owned(), pooling: Pooling::Average }.column().to_lowercase()
}
