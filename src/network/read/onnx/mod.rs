//! ONNX: networks of nearly every toolkit, in one file, with large weights beside it.
//!
//! The format's messages are decoded by `onnx-ir`'s own bindings. What it makes of them beyond that is for generated
//! code: it renames, merges and rewrites nodes, while a person who looks inside a network wants to see what is in the
//! file. So every node is taken as it is, in the file's order: if all it takes is known it is computed at once (sizes,
//! turned weights), else it becomes a node of the graph, under its own name.
//!
//! A file describes a batch, and is read for a batch of one picture. Nothing mixes the pictures of a batch, so what is
//! right for one is done for all of them alike, whatever the file does with that dimension. Where a file leaves the size of
//! pictures open and 224 x 224 does not fit, others are tried, and the description says which.
//!
//! # Operators
//!
//! Of the format's 203 operators 115 are known; another one is refused by name, with its node. Not known are
//!
//! - control flow and lists (If, Loop, Scan, Optional..., Sequence..., ConcatFromSequence, SplitToSequence),
//! - recurrent layers (RNN, GRU, LSTM, CausalConvWithState, LinearAttention, ReverseSequence, TensorScatter),
//! - quantised numbers (QuantizeLinear, DequantizeLinear, DynamicQuantizeLinear, QLinear..., ConvInteger, MatMulInteger, Bit...),
//! - what needs a value to know a shape (TopK, NonZero, Unique, Compress, OneHot, NonMaxSuppression),
//! - picking by element (GatherElements, GatherND, Scatter..., Trilu, EyeLike, CumSum, CumProd),
//! - newer or rarer layers (Attention, RotaryEmbedding, SwiGLU, Einsum, DeformConv, GridSample, AffineGrid, RoiAlign,
//!   MaxRoiPool, MaxUnpool, LpPool, GlobalLpPool, CenterCropPad, Col2Im, Det, Hardmax, IsInf, IsNaN),
//! - and what is of chance, training, sound or text.
//!
//! Convolutions have one dimension or two, pooling has two, and maximum pooling has no gaps in its window.

mod arrange;
mod attributes;
mod call;
mod cut;
mod fields;
mod fixed;
mod import;
mod input;
mod literal;
mod names;
mod normalise;
mod operators;
mod planes;
mod pointwise;
mod reduce;
mod resize;
mod strip;
mod tensors;

use std::{
    io::{Read, Seek},
    panic::{self, AssertUnwindSafe},
    path::Path,
};

use onnx_ir::{Message, ModelProto};

use self::{
    import::{Given, Importer, Problem},
    input::Input,
};
use super::super::{Graph, GraphBuilder, GraphError, NetworkError, Preprocessing, labels, plain_file};
use crate::domain::Fit;

/// A message of this format is never larger; more weights lie in files beside it.
const LARGEST_FILE: u64 = 1 << 31;

/// Reads a network and, where they lie beside it, the names of its classes.
///
/// # Errors
/// See [`NetworkError`]; the message names the file.
pub fn load(path: &Path) -> Result<Graph, NetworkError> {
    let model = read(path)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    // Everything is checked before it is computed; should a file find a gap all the same, it is the file that fails.
    let graph = panic::catch_unwind(AssertUnwindSafe(|| import(model, folder, &name)));
    let graph = graph.map_err(|_| NetworkError::Model {
        reason: "what it computes before any picture is impossible".to_owned(),
        path: path.to_owned(),
    })?;
    graph.map_err(|problem| match problem {
        Problem::Unknown { layer, kind } => NetworkError::UnknownLayer { layer, kind, path: path.to_owned() },
        Problem::Wrong(error) => NetworkError::Graph { error, path: path.to_owned() },
    })
}

fn read(path: &Path) -> Result<ModelProto, NetworkError> {
    let damaged = |reason: String| NetworkError::Model { reason, path: path.to_owned() };
    let unreadable = |source| NetworkError::Unreadable { source, path: path.to_owned() };
    let (mut file, bytes) = plain_file::open(path).map_err(unreadable)?;
    if bytes > LARGEST_FILE {
        return Err(damaged("it is larger than 2 GB, the most that the format allows".to_owned()));
    }
    super::weigh::weigh(&file, bytes, fields::Part::Model).map_err(damaged)?;
    file.rewind().map_err(unreadable)?;
    ModelProto::parse_from_reader(&mut file.take(bytes)).map_err(|error| damaged(error.to_string()))
}

fn import(mut model: ModelProto, folder: &Path, name: &str) -> Result<Graph, Problem> {
    if model.graph.is_none() || model.graph.node.is_empty() {
        return Err(GraphError::whole("the file holds no network").into());
    }
    let input = input::find(&model)?;
    let given = Given::take(&mut model, folder)?;
    let model = &model;
    let first = match import_for(model, &given, &input, folder, name) {
        Err(Problem::Wrong(error)) if input.is_open => error,
        done => return done,
    };
    let [channels, ..] = input.shape;
    for [height, width] in input::OTHER_SIZES {
        let other = Input { name: input.name.clone(), shape: [channels, height, width], ..input };
        match import_for(model, &given, &other, folder, name) {
            Err(Problem::Wrong(error)) if error.to_string() == first.to_string() => {
                // Another size makes no difference.
                return Err(first.into());
            }
            Err(_) => {}
            done => return done,
        }
    }
    let [height, width] = [input.shape[1], input.shape[2]];
    let tried = input::OTHER_SIZES.map(|[height, width]| format!("{width} x {height}")).join(", ");
    let more = format!(
        "; the file leaves open how large its pictures are, and it fits neither {width} x {height} nor {tried}: export it \
         again for a fixed size"
    );
    Err(match first {
        GraphError::Layer { layer, reason } => GraphError::Layer { layer, reason: reason + &more },
        GraphError::Whole { reason } => GraphError::Whole { reason: reason + &more },
    }
    .into())
}

/// As [`import`], for pictures of the input's size.
fn import_for(model: &ModelProto, given: &Given, input: &Input, folder: &Path, name: &str) -> Result<Graph, Problem> {
    let builder = GraphBuilder::new(input.shape)?;
    let mut importer = Importer::new(given, builder, folder);
    importer.take_picture(input)?;
    for node in &model.graph.node {
        importer.push(node)?;
    }
    // Of several outputs the first is the answer; the others are for training.
    let answer = model.graph.output.iter().find_map(|output| importer.node_of(&output.name));
    let mut graph = importer.finish(name, preprocessing(input))?;
    graph.answer = answer.unwrap_or(graph.answer);
    graph.labels = labels::find(folder, graph.nodes[graph.answer].shape[0]);
    graph.about = describe(&graph, model, input);
    Ok(graph)
}

/// The file does not say how pictures are prepared; most networks are torchvision's or follow it.
fn preprocessing(input: &Input) -> Preprocessing {
    let [_, height, width] = input.shape;
    let usual = match height == width {
        // 256 pixels for 224, and in that proportion for others.
        true => Preprocessing::torchvision((height * 256).div_ceil(224) as u32, height),
        false => Preprocessing { width, height, fit: Fit::Stretch, ..Preprocessing::torchvision(0, 0) },
    };
    match input.takes_bytes {
        true => Preprocessing { mean: [0.0; 3], deviation: [1.0; 3], ..usual },
        false => usual,
    }
}

/// What this network is, as far as its file tells.
fn describe(graph: &Graph, model: &ModelProto, input: &Input) -> String {
    let producer = match model.producer_name.as_str() {
        "" => String::new(),
        name => format!(", written by {name} {}", model.producer_version).trim_end().to_owned(),
    };
    let [_, height, width] = graph.input;
    let usual = Input::USUAL;
    let chosen = match input.is_open {
        true if [height, width] != usual => {
            format!(
                " How large they are the file leaves open; it cannot be run on {} x {}, the usual size, but it can on this.",
                usual[1], usual[0]
            )
        }
        _ => String::new(),
    };
    let classes = labels::in_words(graph.labels.as_deref());
    let prepared = if input.takes_bytes {
        "which it prepares itself"
    } else {
        "prepared as torchvision does for ImageNet, since the file does not say how; if its pictures are to be prepared in \
         another way, what it sees is distorted"
    };
    format!(
        "{}: a network in ONNX's format{producer}, with {} layers and {} weights. It takes pictures of {width} x {height} \
         pixels, {prepared}.{chosen} {classes} What it learned, and from which pictures, the file does not say.",
        graph.name,
        graph.nodes.len(),
        graph.parameter_count(),
    )
}
