//! Which of the file's inputs is the picture.

use std::collections::HashSet;

use onnx_ir::{ModelProto, ValueInfoProto};

use super::super::super::GraphError;

/// What pictures are made to where the file does not say: the size of nearly every classifier.
const USUAL_SIDE: usize = 224;
/// Heights and widths that are tried where the file does not say and the network cannot be run on the usual: lines of text
/// first, whose networks make their height one, then what classifiers take.
pub(super) const OTHER_SIZES: [[usize; 2]; 11] = [
    [48, 320],
    [32, 320],
    [32, 100],
    [299, 299],
    [256, 256],
    [128, 128],
    [112, 112],
    [96, 96],
    [64, 64],
    [32, 32],
    [28, 28],
];

/// The picture.
pub(super) struct Input {
    pub name: String,
    /// `[c, h, w]`.
    pub shape: [usize; 3],
    /// Whether the file leaves height and width open.
    pub is_open: bool,
    /// Whether the file has `[n, h, w, c]`.
    pub is_channels_last: bool,
    /// Whether the network takes bytes from 0 to 255 and prepares them itself.
    pub takes_bytes: bool,
}

impl Input {
    /// The height and width of pictures where the file does not say.
    pub const USUAL: [usize; 2] = [USUAL_SIDE; 2];
}

/// Finds the only input that is not a weight.
///
/// # Errors
/// When there is none, several, or it is no picture.
pub(super) fn find(model: &ModelProto) -> Result<Input, GraphError> {
    let weights: HashSet<&str> = model.graph.initializer.iter().map(|tensor| tensor.name.as_str()).collect();
    let used: HashSet<&str> = model.graph.node.iter().flat_map(|node| &node.input).map(String::as_str).collect();
    let inputs: Vec<&ValueInfoProto> =
        model.graph.input.iter().filter(|input| !weights.contains(input.name.as_str())).collect();
    let wanted: Vec<_> = inputs.iter().filter(|input| used.contains(input.name.as_str())).collect();
    match wanted[..] {
        [input] => read(input),
        [] => Err(GraphError::whole("the network takes no input; one that takes a picture is needed")),
        ref several => {
            let names: Vec<&str> = several.iter().map(|input| input.name.as_str()).collect();
            Err(GraphError::whole(format!(
                "the network takes {} inputs ({}); only those that take one picture can be run",
                several.len(),
                names.join(", ")
            )))
        }
    }
}

fn read(input: &ValueInfoProto) -> Result<Input, GraphError> {
    let name = &input.name;
    let kind = input.type_.as_ref().filter(|kind| kind.has_tensor_type()).map(|kind| kind.tensor_type());
    let kind =
        kind.ok_or_else(|| GraphError::whole(format!("the input `{name}` is no tensor; a picture is needed")))?;
    // Codes of `onnx.proto`: single, half, double, bfloat16; and unsigned bytes.
    if !matches!(kind.elem_type, 1 | 10 | 11 | 16 | 2) {
        return Err(GraphError::whole(format!(
            "the input `{name}` takes whole numbers or text (type {}), not a picture; choose a network for pictures",
            kind.elem_type
        )));
    }
    let dims: Vec<Option<usize>> =
        kind.shape
            .dim
            .iter()
            .map(|dim| {
                if dim.has_dim_value() { usize::try_from(dim.dim_value()).ok().filter(|size| *size > 0) } else { None }
            })
            .collect();
    let [_, a, b, c] = dims[..] else {
        return Err(GraphError::whole(format!(
            "the input `{name}` has {} dimensions; four are needed: number, channels, height, width",
            dims.len()
        )));
    };
    let is_channels_last = c == Some(3) && a != Some(3);
    let [channels, height, width] = if is_channels_last { [c, a, b] } else { [a, b, c] };
    // Where only one side is open it is that of a square.
    let side = height.or(width).unwrap_or(USUAL_SIDE);
    let shape = [channels.unwrap_or(3), height.unwrap_or(side), width.unwrap_or(side)];
    let is_open = height.is_none() && width.is_none();
    Ok(Input { name: name.clone(), shape, is_open, is_channels_last, takes_bytes: kind.elem_type == 2 })
}
