//! Names of layers that a person can read.

use onnx_ir::NodeProto;

/// The node's name, shortened; failing that the name of its output; and where that is only a number, what it does as well.
///
/// PyTorch names nodes by the path to their module, each step with the steps before it:
/// `/features/features.0/Conv` says no more than `features.0/Conv`.
pub(super) fn of(node: &NodeProto) -> String {
    let output = node.output.iter().find(|output| !output.is_empty()).map_or("", String::as_str);
    let full = if node.name.is_empty() { output } else { &node.name };
    let short = shorten(full);
    if short.chars().all(|letter| letter.is_ascii_digit()) { format!("{}_{short}", node.op_type) } else { short }
}

fn shorten(name: &str) -> String {
    let steps: Vec<&str> = name.split('/').filter(|step| !step.is_empty()).collect();
    let is_repeated = |place: usize| {
        let next = steps.get(place + 1).and_then(|next| next.strip_prefix(steps[place]));
        next.is_some_and(|rest| rest.starts_with('.'))
    };
    let kept: Vec<&str> = (0..steps.len()).filter(|place| !is_repeated(*place)).map(|place| steps[place]).collect();
    kept.join("/")
}
