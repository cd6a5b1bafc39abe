//! MobileNet v2: Sandler et al., "MobileNetV2: Inverted residuals and linear bottlenecks" (2018).

use super::{
    super::layers::{Layers, Pushed, RELU6},
    Family, PLAIN,
};
use crate::network::GraphError;

pub(super) const FAMILY: Family = Family {
    name: "MobileNet v2",
    signs: &[
        "features.1.conv.0.0.weight",
        "features.17.conv.0.0.weight",
        "features.18.0.weight",
        "features.0.0.weight",
    ],
    build,
    ..PLAIN
};

/// The blocks that halve the plane.
const HALVING: [usize; 4] = [2, 4, 7, 14];

fn build(net: &mut Layers) -> Result<String, GraphError> {
    net.scope("features", |net| {
        net.unit("0", 2, Some(RELU6))?;
        for index in 1..18 {
            let stride = if HALVING.contains(&index) { 2 } else { 1 };
            net.scope(index.to_string(), |net| block(net, stride))?;
        }
        net.unit("18", 1, Some(RELU6))
    })?;
    net.global_pool("avgpool")?;
    net.scope("classifier", |net| {
        net.dropout("0")?;
        net.classes("1")
    })?;
    Ok("MobileNet v2".to_owned())
}

fn block(net: &mut Layers, stride: usize) -> Pushed {
    let (input, channels) = (net.at, net.channels());
    // The first block has nothing to widen.
    let last = if net.has("conv.1.0") { 2 } else { 1 };
    for part in 0..last {
        net.unit(&format!("conv.{part}"), if part + 1 == last { stride } else { 1 }, Some(RELU6))?;
    }
    net.conv(&format!("conv.{last}"), 1)?;
    net.batch_norm(&format!("conv.{}", last + 1))?;
    if stride == 1 && net.channels() == channels { net.add("add", [input, net.at]) } else { Ok(()) }
}
