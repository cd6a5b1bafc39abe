//! Caffe's networks: a `.prototxt` with the layers and a `.caffemodel` with the weights.
//!
//! Both are the same message, `NetParameter`, once as text and once as bytes. Both are read into one form (old files
//! are upgraded on the way, as Caffe does), the phases of training are left out, and each layer becomes a node.
//! What a file declares is compared with what it holds before any memory is taken for it.

mod activations;
mod blobs;
mod bounds;
mod convolution;
mod fields;
mod files;
mod input;
mod layers;
mod mean;
mod pieces;
mod scaling;
mod schema;
mod shaping;
mod upgrade;

use std::path::Path;

use self::{blobs::Blobs, layers::Layers};
use super::super::{Graph, GraphBuilder, GraphError, NetworkError, Preprocessing, labels};

/// The mean colour of ImageNet in Caffe's order (blue, green, red), which its networks take away unless a mean file
/// lies beside them.
const IMAGENET_MEAN: [f32; 3] = [104.0, 117.0, 123.0];

/// Reads a network and, where they lie beside it, the names of its classes and its mean picture.
///
/// # Errors
/// See [`NetworkError`]; the message names the file.
pub fn load(prototxt: &Path, caffemodel: &Path) -> Result<Graph, NetworkError> {
    let description = upgrade::to_layers(files::read_description(prototxt)?)
        .map_err(|error| NetworkError::Graph { error, path: prototxt.to_owned() })?;
    let weights = upgrade::to_layers(files::read_weights(caffemodel)?)
        .map_err(|error| NetworkError::Graph { error, path: caffemodel.to_owned() })?;
    if weights.layer.is_empty() {
        return Err(NetworkError::Weights { reason: "it holds no layers".to_owned(), path: caffemodel.to_owned() });
    }
    let in_description = |error: GraphError| NetworkError::Graph { error, path: prototxt.to_owned() };
    let input = input::find(&description).map_err(in_description)?;
    let builder = GraphBuilder::new(input.shape).map_err(in_description)?;
    let mut layers = Layers::new(builder, &input, Blobs::new(weights.layer));
    for layer in &description.layer {
        layers.push(layer).map_err(|problem| problem.with_paths(prototxt, caffemodel))?;
    }
    let folder = prototxt.parent().unwrap_or(Path::new(""));
    let name = match description.name() {
        "" => prototxt.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        name => name.to_owned(),
    };
    let mean = match (mean::described(&description, folder), mean::find(folder)) {
        (Some((colour, scale)), _) => Mean { colour, scale, words: "the mean colour of its description" },
        (None, Some(colour)) => Mean { colour, scale: 1.0, words: "the mean colour of the file beside it" },
        (None, None) => Mean { colour: IMAGENET_MEAN, scale: 1.0, words: "ImageNet's mean colour" },
    };
    let preprocessing =
        Preprocessing { scale: mean.scale, ..Preprocessing::caffe(input.shape[2], input.shape[1], mean.colour) };
    let mut graph = layers.finish(&name, preprocessing).map_err(in_description)?;
    graph.labels = labels::find(folder, graph.nodes[graph.answer].shape[0]);
    graph.about = describe(&graph, caffemodel, mean.words);
    Ok(graph)
}

/// What is taken away from every picture.
struct Mean {
    /// Blue, green, red.
    colour: [f32; 3],
    /// By what the rest is multiplied.
    scale: f32,
    /// Where it was found.
    words: &'static str,
}

/// What this network is, as far as its files tell.
fn describe(graph: &Graph, caffemodel: &Path, mean: &str) -> String {
    let file = caffemodel.file_name().unwrap_or_default().to_string_lossy();
    let [_, height, width] = graph.input;
    let classes = labels::in_words(graph.labels.as_deref());
    format!(
        "{}, read from {file}: a trained network in Caffe's format with {} layers and {} weights. It takes pictures \
         stretched to {width} x {height} pixels, blue first, less {mean}. {classes} What it learned, and from which \
         pictures, the files do not say.",
        graph.name,
        graph.nodes.len(),
        graph.parameter_count(),
    )
}
