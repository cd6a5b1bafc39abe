//! Where a description says what the network takes.

use super::{
    super::super::GraphError,
    schema::{BlobShape, NetParameter},
};

/// The picture a network takes.
pub(super) struct Input {
    /// The blob's name, which layers take it by.
    pub name: String,
    /// `[channels, height, width]`.
    pub shape: [usize; 3],
    /// How many pictures at once the description was written for; any number runs.
    pub batch: usize,
}

/// Finds the one input: `input` with `input_shape` or four `input_dim`, or a layer of type `Input`.
pub(super) fn find(net: &NetParameter) -> Result<Input, GraphError> {
    let mut inputs = Vec::new();
    for (index, name) in net.input.iter().enumerate() {
        let dims: Vec<i64> = match net.input_shape.get(index) {
            Some(shape) => shape.dim.clone(),
            None => net.input_dim.iter().skip(4 * index).take(4).map(|dim| i64::from(*dim)).collect(),
        };
        inputs.push((name.clone(), dims));
    }
    for layer in net.layer.iter().filter(|layer| layer.r#type() == "Input") {
        let shapes: &[BlobShape] = layer.input_param.as_ref().map_or(&[], |param| &param.shape);
        for (index, name) in layer.top.iter().enumerate() {
            let shape = shapes.get(index).or(shapes.first());
            inputs.push((name.clone(), shape.map_or_else(Vec::new, |shape| shape.dim.clone())));
        }
    }
    match &inputs[..] {
        [(name, dims)] => {
            let [batch, shape @ ..] = shape(name, dims)?;
            Ok(Input { name: name.clone(), shape, batch })
        }
        [] => Err(without_input(net)),
        several => Err(GraphError::whole(format!(
            "the network takes {} inputs; only those that take one picture can be run",
            several.len()
        ))),
    }
}

fn shape(name: &str, dims: &[i64]) -> Result<[usize; 4], GraphError> {
    let sizes: Vec<usize> = dims.iter().filter_map(|dim| usize::try_from(*dim).ok()).collect();
    match sizes[..] {
        [n, c, h, w] if dims.len() == 4 => Ok([n, c, h, w]),
        _ => Err(GraphError::whole(format!(
            "the input `{name}` has dimensions {dims:?}; four are needed: number, channels, height, width"
        ))),
    }
}

fn without_input(net: &NetParameter) -> GraphError {
    match net.layer.iter().find(|layer| layer.r#type().ends_with("Data")) {
        Some(layer) => GraphError::whole(format!(
            "this describes training (layer `{}` reads a database); choose the network's deploy.prototxt",
            layer.name()
        )),
        None => GraphError::whole("the description has no `input` and no layer of type Input"),
    }
}
