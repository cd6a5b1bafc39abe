//! RegNet X and Y: Radosavovic et al., "Designing network design spaces" (2020).

use super::{
    super::layers::{Layers, Pushed, RELU, SIGMOID},
    Family, PLAIN,
};
use crate::network::GraphError;

pub(super) const FAMILY: Family = Family {
    name: "RegNet",
    signs: &[
        "trunk_output.block1.block1-0.f.a.0.weight",
        "trunk_output.block1.block1-0.proj.0.weight",
        "stem.0.weight",
    ],
    build,
    ..PLAIN
};

fn build(net: &mut Layers) -> Result<String, GraphError> {
    let kind = if net.has("trunk_output.block1.block1-0.f.se.fc1") { "Y" } else { "X" };
    net.unit("stem", 2, Some(RELU))?;
    let mut stage = 1;
    while net.has(&format!("trunk_output.block{stage}.block{stage}-0.f.a.0")) {
        net.scope(format!("trunk_output.block{stage}"), |net| {
            for index in 0..net.count(|index| format!("block{stage}-{index}.f.a.0")) {
                let stride = if index == 0 { 2 } else { 1 };
                net.scope(format!("block{stage}-{index}"), |net| block(net, stride))?;
            }
            Ok(())
        })?;
        stage += 1;
    }
    net.global_pool("avgpool")?;
    net.classes("fc")?;
    Ok(format!("RegNet {kind}"))
}

fn block(net: &mut Layers, stride: usize) -> Pushed {
    let input = net.at;
    let mut shortcut = input;
    if net.has("proj.0") {
        net.unit("proj", stride, None)?;
        shortcut = std::mem::replace(&mut net.at, input);
    }
    net.scope("f", |net| {
        net.unit("a", 1, Some(RELU))?;
        net.unit("b", stride, Some(RELU))?;
        if net.has("se.fc1") {
            net.squeeze_excite("se", RELU, SIGMOID)?;
        }
        net.unit("c", 1, None)
    })?;
    net.add("add", [shortcut, net.at])?;
    net.relu("activation")
}
