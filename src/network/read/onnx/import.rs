//! The nodes of the file one after the other.

use std::{collections::HashMap, path::Path};

use onnx_ir::{ModelProto, NodeProto, TensorProto};

use super::{
    super::super::{Graph, GraphBuilder, GraphError, Preprocessing, Source},
    attributes::Attributes,
    call::{Call, FOLDED_A_WEIGHT, MOST_FOLDED, Value},
    input::Input,
    names, operators, tensors,
};

/// The oldest version of the operators that is known.
const OLDEST: i64 = 7;
/// The newest.
const NEWEST: i64 = 26;

/// What is wrong, before it is known which file is to blame.
#[derive(Debug)]
pub(super) enum Problem {
    /// No code runs this operator.
    Unknown { layer: String, kind: String },
    /// Something does not fit.
    Wrong(GraphError),
}

impl From<GraphError> for Problem {
    fn from(error: GraphError) -> Self {
        Self::Wrong(error)
    }
}

/// Bytes taken from files beside the network's.
#[derive(Default)]
struct Beside(HashMap<String, u64>);

impl Beside {
    /// Tensors may share bytes, but a file that is taken many times over is no network's.
    fn take(&mut self, tensor: &TensorProto, folder: &Path) -> Result<(), String> {
        let Some((location, bytes)) = tensors::beside(tensor) else { return Ok(()) };
        let taken = self.0.entry(location.to_owned()).or_default();
        *taken = taken.saturating_add(bytes);
        let size = std::fs::metadata(folder.join(location)).map_or(u64::MAX, |metadata| metadata.len());
        if *taken > size.saturating_mul(4) {
            return Err(format!("takes more of `{location}` than is in it, with the tensors before it"));
        }
        Ok(())
    }
}

/// What the file gives numbers for, and how its operators are to be understood.
pub(super) struct Given {
    values: Vec<(String, Value)>,
    budget: usize,
    opset: i64,
}

impl Given {
    /// Takes the numbers out of the file's messages, so that they are in memory once, and those in files beside it in `folder`.
    pub fn take(model: &mut ModelProto, folder: &Path) -> Result<Self, Problem> {
        let opset = opset(model)?;
        let Some(graph) = model.graph.as_mut() else {
            return Err(GraphError::whole("the file holds no network").into());
        };
        if let Some(tensor) = graph.sparse_initializer.first() {
            let reason = format!("is a sparse tensor of shape {:?}; only dense ones can be read", tensor.dims);
            return Err(GraphError::layer("sparse_initializer", reason).into());
        }
        let mut beside = Beside::default();
        let mut weights = 0usize;
        let mut values = Vec::with_capacity(graph.initializer.len());
        for tensor in std::mem::take(&mut graph.initializer) {
            let literal = tensors::read(&tensor, folder).map_err(|reason| GraphError::layer(&tensor.name, reason))?;
            beside.take(&tensor, folder).map_err(|reason| GraphError::layer(&tensor.name, reason))?;
            weights = weights.saturating_add(literal.weights.values.len());
            values.push((tensor.name, literal.into()));
        }
        Ok(Self { values, budget: MOST_FOLDED.max(weights.saturating_mul(FOLDED_A_WEIGHT)), opset })
    }
}

/// The file's names and what they stand for.
pub(super) struct Importer<'a> {
    builder: GraphBuilder,
    values: HashMap<String, Value>,
    budget: usize,
    opset: i64,
    folder: &'a Path,
}

impl<'a> Importer<'a> {
    /// Begins with what the file gives; `folder` is where it lies.
    pub fn new(given: &Given, builder: GraphBuilder, folder: &'a Path) -> Self {
        let values = given.values.iter().cloned().collect();
        Self { builder, values, budget: given.budget, opset: given.opset, folder }
    }

    /// Says what a name stands for.
    pub fn set(&mut self, name: &str, value: Value) {
        self.values.insert(name.to_owned(), value);
    }

    /// Gives the picture its name, in the order of dimensions that the file wants.
    pub fn take_picture(&mut self, input: &Input) -> Result<(), Problem> {
        let [c, h, w] = input.shape;
        if !input.is_channels_last {
            self.set(&input.name, Value::Computed { source: Source::Input, dims: vec![1, c, h, w], is_whole: false });
            return Ok(());
        }
        let node = NodeProto { op_type: "Transpose".to_owned(), ..NodeProto::default() };
        let name = format!("{}/turned", input.name);
        let turned = self.call(&node, name.clone(), Vec::new()).picture_last(Source::Input, input.shape);
        let turned = turned.map_err(|reason| GraphError::layer(&name, reason))?;
        self.set(&input.name, turned);
        Ok(())
    }

    fn call<'b>(&'b mut self, node: &'b NodeProto, name: String, inputs: Vec<Option<Value>>) -> Call<'b> {
        Call {
            builder: &mut self.builder,
            budget: &mut self.budget,
            attributes: Attributes::new(node),
            node,
            inputs,
            opset: self.opset,
            folder: self.folder,
            name,
        }
    }

    /// Takes in a node.
    pub fn push(&mut self, node: &NodeProto) -> Result<(), Problem> {
        let name = names::of(node);
        let wrong = |reason: String| Problem::Wrong(GraphError::layer(&name, reason));
        if !matches!(node.domain.as_str(), "" | "ai.onnx") {
            return Err(Problem::Unknown { kind: format!("{}.{}", node.domain, node.op_type), layer: name });
        }
        if let Some(graph) =
            node.attribute.iter().find(|attribute| attribute.g.is_some() || !attribute.graphs.is_empty())
        {
            let reason = format!("holds a network of its own (`{}`), which cannot be run", graph.name);
            return Err(wrong(reason));
        }
        let mut inputs = Vec::with_capacity(node.input.len());
        for input in &node.input {
            inputs.push(match (input.as_str(), self.values.get(input)) {
                ("", _) => None,
                (_, Some(value)) => Some(value.clone()),
                (input, None) => return Err(wrong(format!("takes `{input}`, which no earlier layer makes"))),
            });
        }
        let first = self.builder.node_count();
        let Some(outputs) = operators::run(&mut self.call(node, name.clone(), inputs)) else {
            return Err(Problem::Unknown { layer: name, kind: node.op_type.clone() });
        };
        // Outputs that no code makes (the places of a pooling's largest values, a mask) are missed by who takes them.
        let outputs = outputs.map_err(wrong)?;
        self.builder.name_parts(&name, first, outputs.len() > 1);
        for (output, value) in node.output.iter().zip(outputs) {
            if !output.is_empty() {
                self.values.insert(output.clone(), value);
            }
        }
        Ok(())
    }

    /// The node that makes a value; `None` for the picture and for what is known without one.
    pub fn node_of(&self, name: &str) -> Option<usize> {
        match self.values.get(name)? {
            Value::Computed { source, .. } => source.node(),
            Value::Literal(_) => None,
        }
    }

    /// The whole network.
    pub fn finish(self, name: &str, preprocessing: Preprocessing) -> Result<Graph, GraphError> {
        self.builder.finish(name, preprocessing)
    }
}

/// The version of the standard operators that the file uses.
fn opset(model: &ModelProto) -> Result<i64, GraphError> {
    let imports = model.opset_import.iter().filter(|import| matches!(import.domain.as_str(), "" | "ai.onnx"));
    let version = imports.map(|import| import.version).max();
    match version {
        Some(version) if (OLDEST..=NEWEST).contains(&version) => Ok(version),
        Some(version) => Err(GraphError::whole(format!(
            "the network uses version {version} of ONNX's operators; versions {OLDEST} to {NEWEST} can be run, so export it \
             again with one of these (`opset_version=17`)"
        ))),
        None => Err(GraphError::whole("the file does not say which version of ONNX's operators it uses")),
    }
}
