//! PyTorch's networks: a file of named tensors (`.pth`, `.pt`, `.safetensors`), without a word on how they are joined.
//!
//! Nothing of the file is executed: the pickle in it is read by a parser that knows data only. The architecture is
//! recognised from names and shapes; `families` then pushes its layers, and takes their sizes from the file rather
//! than from a table, so a network with other widths, depths or classes works like the published ones. Layers are named
//! as torchvision's modules are.
//!
//! A tensor that nobody asked for means that the network is another one than it seems, and is refused: a wrong picture
//! of a network is worse than none.

mod export_advice;
mod families;
mod files;
mod layers;
mod numbers;
mod recognise;
mod state;

use std::path::Path;

use self::{families::Taken, layers::Layers, state::State};
use super::super::{Graph, GraphBuilder, GraphError, NetworkError, Preprocessing, labels};
use crate::domain::{Decoding, Fit, Interpolation};

/// Reads a network and, where it lies beside it, the list of its classes' names.
///
/// # Errors
/// See [`NetworkError`]; the message names the file.
pub fn load(path: &Path) -> Result<Graph, NetworkError> {
    let state = files::open(path)?;
    let mut graph = build(state).map_err(|error| NetworkError::Graph { error, path: path.to_owned() })?;
    graph.labels = labels::find(path.parent().unwrap_or(Path::new("")), graph.nodes[graph.answer].shape[0]);
    graph.about = describe(&graph, path);
    Ok(graph)
}

/// Weights that are part of the program, of SqueezeNet's kind, for pictures that are stretched to `side` pixels.
///
/// # Errors
/// When they are not what they should be; a test reads them.
pub(in crate::network) fn embedded(weights: &[u8], name: &str, side: usize) -> Result<Graph, GraphError> {
    let source = files::Source::Bytes(weights.to_vec());
    let state = State::new(files::safetensors(source, weights.len() as u64).map_err(GraphError::whole)?);
    let mut layers = Layers::new(GraphBuilder::new([3, side, side])?, state);
    (families::SQUEEZENET.build)(&mut layers)?;
    let (builder, state) = layers.finish();
    state.expect_all_used(name, &[])?;
    builder.finish(
        name,
        Preprocessing { fit: Fit::Stretch, decoding: Decoding::Scaled, ..Preprocessing::torchvision(0, side) },
    )
}

/// From named tensors to nodes.
fn build(state: State) -> Result<Graph, GraphError> {
    let names = state.names().count();
    let (family, state) = recognise::recognise(state)?;
    let is_part = state.names().count() < names;
    let taken = (family.taken)(&state);
    let builder = GraphBuilder::new([3, taken.side, taken.side])?;
    let mut layers = Layers::new(builder, state);
    let name = (family.build)(&mut layers)?;
    if is_part && !layers.has_classes {
        // What finds objects or outlines has such a network in it, but often with other strides.
        return Err(GraphError::whole(format!(
            "there is {name} in this file, without its last layer, as part of a larger network that may run it another \
             way; {}",
            export_advice::EXPORT
        )));
    }
    let (builder, state) = layers.finish();
    state.expect_all_used(&name, family.ignored)?;
    builder.finish(&name, preprocessing(&taken))
}

/// torchvision's way of preparing pictures.
fn preprocessing(taken: &Taken) -> Preprocessing {
    let interpolation =
        if taken.bicubic { Interpolation::BicubicAntialiased } else { Interpolation::BilinearAntialiased };
    Preprocessing {
        mean: taken.mean.map(of_bytes),
        deviation: taken.deviation.map(of_bytes),
        interpolation,
        ..Preprocessing::torchvision(taken.shorter as u32, taken.side)
    }
}

/// From numbers for pixels between 0 and 1 to those for bytes, to the third digit: as they are written elsewhere, so that
/// the same network has the same fingerprint.
fn of_bytes(number: f32) -> f32 {
    ((f64::from(number) * 255e3).round() / 1e3) as f32
}

/// What this network is, as far as its file tells.
fn describe(graph: &Graph, path: &Path) -> String {
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let [_, height, width] = graph.input;
    let classes = labels::in_words(graph.labels.as_deref());
    format!(
        "{}, recognised from the names and shapes in {file}: weights in PyTorch's form for torchvision's architecture, \
         with {} layers and {} weights. It takes pictures of {width} x {height} pixels, prepared as torchvision does. \
         {classes} What it learned, and from which pictures, the file does not say.",
        graph.name,
        graph.nodes.len(),
        graph.parameter_count(),
    )
}
