//! MobileNet v3, large and small: Howard et al., "Searching for MobileNetV3" (2019).

use super::{
    super::layers::{HARD_SIGMOID, HARD_SWISH, Layers, Pushed, RELU},
    Family, PLAIN,
};
use crate::network::GraphError;

pub(super) const FAMILY: Family = Family {
    name: "MobileNet v3",
    signs: &[
        "features.1.block.0.0.weight",
        "features.11.block.0.0.weight",
        "features.0.0.weight",
        "classifier.0.weight",
    ],
    build,
    ..PLAIN
};

/// For each version: its name, the number of its blocks, those that halve the plane, and the first that uses the hard
/// swish instead of ReLU.
const VERSIONS: [(&str, usize, &[usize], usize); 2] =
    [("MobileNet v3 large", 15, &[2, 4, 7, 13], 7), ("MobileNet v3 small", 11, &[1, 2, 4, 9], 4)];

fn build(net: &mut Layers) -> Result<String, GraphError> {
    net.epsilon = 1e-3;
    let (name, blocks, halving, swish_from) = VERSIONS[usize::from(!net.has("features.16.0"))];
    net.scope("features", |net| {
        net.unit("0", 2, Some(HARD_SWISH))?;
        for index in 1..=blocks {
            let stride = if halving.contains(&index) { 2 } else { 1 };
            net.scope(index.to_string(), |net| block(net, stride, index >= swish_from))?;
        }
        net.unit(&(blocks + 1).to_string(), 1, Some(HARD_SWISH))
    })?;
    net.global_pool("avgpool")?;
    net.scope("classifier", |net| {
        net.linear("0")?;
        net.act("1", HARD_SWISH)?;
        net.dropout("2")?;
        net.classes("3")
    })?;
    Ok(name.to_owned())
}

fn block(net: &mut Layers, stride: usize, is_swish: bool) -> Pushed {
    let (input, channels) = (net.at, net.channels());
    let activation = if is_swish { HARD_SWISH } else { RELU };
    let part = |index: usize| format!("block.{index}");
    // Parts: widen (not in the first block), look around, weigh channels (not everywhere), narrow.
    let around = usize::from(net.kernel("block.0.0") == [1, 1]);
    if around == 1 {
        net.unit(&part(0), 1, Some(activation))?;
    }
    net.unit(&part(around), stride, Some(activation))?;
    let mut last = around + 1;
    if net.has(&format!("{}.fc1", part(last))) {
        net.squeeze_excite(&part(last), RELU, HARD_SIGMOID)?;
        last += 1;
    }
    net.unit(&part(last), 1, None)?;
    if stride == 1 && net.channels() == channels { net.add("add", [input, net.at]) } else { Ok(()) }
}
