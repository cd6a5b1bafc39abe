//! The dimensions of an operation's output, and whether its weights fit its input.

// A new operation is to be missed by the compiler, not by the person.
#![deny(clippy::wildcard_enum_match_arm)]

use super::{
    General, Layout, Op, Operand,
    general::{Axes, count},
    layout::kept,
    op::{LARGEST_ACTIVATION, Reach},
};

/// A value as operations take it: its dimensions without the batch's, and which of them holds the channels.
#[derive(Clone, Copy)]
pub(super) struct Value<'a> {
    pub dims: &'a [usize],
    pub layout: Layout,
}

/// The dimensions and the layout of what `op` makes of these inputs.
///
/// # Errors
/// What does not fit, in words.
pub(super) fn infer(op: &Op, inputs: &[Value]) -> Result<(Vec<usize>, Layout), String> {
    let first = match (inputs.first(), op) {
        (Some(first), _) => *first,
        // All that it works on may have come with the network.
        (None, Op::General(_)) => Value { dims: &[], layout: Layout::Usual },
        (None, _) => return Err("takes nothing; it needs an input".to_owned()),
    };
    let (dims, layout) = match op.reach() {
        Reach::Views(general) => (generalize(general, inputs)?, arrange(general, first)),
        Reach::Places if inputs.len() == 1 => (first.dims.to_vec(), first.layout),
        Reach::Combined(combination) if inputs.iter().all(|input| input.dims == first.dims) => {
            combination.fits(inputs.len())?;
            (first.dims.to_vec(), first.layout)
        }
        Reach::Combined(_) | Reach::Joined => {
            // Where the channels are last in all of them they stay there.
            let are_alike = inputs.iter().all(|input| input.dims.len() == 3 && input.layout == first.layout);
            let layout = if are_alike { first.layout } else { Layout::Usual };
            (infer_planes(op, inputs)?.to_vec(), layout)
        }
        Reach::Scales if first.layout == Layout::Unknown => (infer_planes(op, inputs)?.to_vec(), Layout::Unknown),
        Reach::Places | Reach::Scales | Reach::Planes => (infer_planes(op, inputs)?.to_vec(), Layout::Usual),
    };
    match count(&dims)? {
        0 => Err(format!("its output of shape {dims:?} is empty")),
        count if count <= LARGEST_ACTIVATION => Ok((dims, layout)),
        _ => Err(format!("its output of shape {dims:?} is larger than any network needs")),
    }
}

/// The shape `[c, h, w]` that an operation on planes makes of planes; a vector is planes of one pixel.
fn infer_planes(op: &Op, inputs: &[Value]) -> Result<[usize; 3], String> {
    let planes = |value: &Value| match value.dims {
        [_] | [_, _, _] => Ok(kept(value.dims)),
        dims => Err(format!("needs channels, height and width, but its input has dimensions {dims:?}")),
    };
    op.shape(&inputs.iter().map(planes).collect::<Result<Vec<_>, _>>()?)
}

fn generalize(general: &General, inputs: &[Value]) -> Result<Vec<usize>, String> {
    let views = general.operands.iter().filter_map(|operand| match operand {
        Operand::Input(view) => Some(view),
        Operand::Constant(_) => None,
    });
    if general.input_count() != inputs.len() {
        return Err(format!("takes {} inputs; it needs {}", inputs.len(), general.input_count()));
    }
    for (view, input) in views.zip(inputs) {
        if count(view)? != count(input.dims)? {
            return Err(format!("sees its input of shape {:?} as {view:?}", input.dims));
        }
    }
    let result = general.result()?;
    if count(&result)? != count(&general.output)? {
        return Err(format!("makes {result:?}, which cannot be kept as {:?}", general.output));
    }
    Ok(general.output.clone())
}

/// Where the channels are after a general operation: turned last by a permutation, kept first where planes become rows,
/// and left there by what follows.
fn arrange(general: &General, first: Value) -> Layout {
    if let &[rows, columns] = &general.output[..] {
        let is_first = match (general.function.axes(), first.dims) {
            (Axes::New, &[c, _, _]) => first.layout == Layout::Usual && rows == c && columns > 1,
            // With the batch's axis or without.
            (Axes::Turned(axes), [_, _]) => is_turned(general, axes) != (first.layout == Layout::ChannelsFirst),
            (Axes::Turned(_), _) => false,
            // What mixes the tokens may change how many there are.
            (axes @ (Axes::New | Axes::Mixed | Axes::Kept), &[c, tokens]) => {
                let is_kept = rows == c && (columns == tokens || axes == Axes::Mixed);
                is_kept && first.layout == Layout::ChannelsFirst
            }
            (Axes::New | Axes::Mixed | Axes::Kept, _) => false,
        };
        return if is_first { Layout::ChannelsFirst } else { Layout::Usual };
    }
    if general.output.len() != 3 || first.dims.len() != 3 {
        return if general.output.len() == 3 { Layout::Unknown } else { Layout::Usual };
    }
    match general.function.axes() {
        Axes::Turned(axes) => match (axes, first.layout) {
            ([1, 2, 0], Layout::Usual) | ([0, 2, 3, 1], Layout::Usual | Layout::Unknown) => Layout::ChannelsLast,
            ([0, 1, 2] | [1, 0, 2] | [0, 2, 1, 3], layout) => layout,
            ([2, 0, 1] | [0, 3, 1, 2], Layout::ChannelsLast) => Layout::Usual,
            _ => Layout::Unknown,
        },
        Axes::New if general.output != first.dims => Layout::Unknown,
        Axes::New | Axes::Mixed | Axes::Kept => first.layout,
    }
}

/// Whether a permutation changes the order of the only two axes that are longer than 1.
fn is_turned(general: &General, axes: &[usize]) -> bool {
    let Some(Operand::Input(view)) = general.operands.first() else { return false };
    let long: Vec<usize> =
        axes.iter().copied().filter(|axis| view.get(*axis).is_some_and(|length| *length > 1)).collect();
    matches!(long[..], [a, b] if a > b)
}
