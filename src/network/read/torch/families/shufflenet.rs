//! ShuffleNet v2: Ma et al., "ShuffleNet V2: Practical guidelines for efficient CNN architecture design" (2018).

use super::{
    super::layers::{Layers, Pushed, RELU},
    Family, PLAIN,
};
use crate::network::GraphError;

pub(super) const FAMILY: Family = Family {
    name: "ShuffleNet v2",
    signs: &[
        "stage2.0.branch1.0.weight",
        "stage2.0.branch2.0.weight",
        "stage4.0.branch1.0.weight",
        "conv1.0.weight",
        "conv5.0.weight",
    ],
    build,
    ..PLAIN
};

fn build(net: &mut Layers) -> Result<String, GraphError> {
    net.unit("conv1", 2, Some(RELU))?;
    net.max_pool("maxpool", 3, 2, 1, false)?;
    for stage in 2..=4 {
        for index in 0..net.count(|index| format!("stage{stage}.{index}.branch2.0")) {
            net.scope(format!("stage{stage}.{index}"), block)?;
        }
    }
    net.unit("conv5", 1, Some(RELU))?;
    net.global_pool("avgpool")?;
    net.classes("fc")?;
    Ok("ShuffleNet v2".to_owned())
}

/// Two branches, side by side; where the size stays, the first is half of the channels as they are.
fn block(net: &mut Layers) -> Pushed {
    let input = net.at;
    let stride = if net.has("branch1.0") { 2 } else { 1 };
    if stride == 2 {
        net.scope("branch1", |net| {
            net.conv("0", 2)?;
            net.batch_norm("1")?;
            net.conv("2", 1)?;
            net.batch_norm("3")?;
            net.relu("4")
        })?;
    } else {
        net.half("half1", 0)?;
    }
    let left = std::mem::replace(&mut net.at, input);
    if stride == 1 {
        net.half("half2", 1)?;
    }
    net.scope("branch2", |net| {
        net.conv("0", 1)?;
        net.batch_norm("1")?;
        net.relu("2")?;
        net.conv("3", stride)?;
        net.batch_norm("4")?;
        net.conv("5", 1)?;
        net.batch_norm("6")?;
        net.relu("7")
    })?;
    net.concat("concat", &[left, net.at])?;
    net.shuffle("shuffle", 2)
}
