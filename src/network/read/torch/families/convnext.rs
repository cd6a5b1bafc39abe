//! ConvNeXt: Liu et al., "A ConvNet for the 2020s" (2022).

use super::{
    super::layers::{GELU, Layers, Pushed},
    Family, PLAIN,
};
use crate::network::GraphError;

pub(super) const FAMILY: Family = Family {
    name: "ConvNeXt",
    signs: &["features.1.0.layer_scale", "features.1.0.block.0.weight", "features.2.1.weight", "features.0.0.weight"],
    build,
    ..PLAIN
};

const EPSILON: f32 = 1e-6;

fn build(net: &mut Layers) -> Result<String, GraphError> {
    let (width, depth) = (net.outputs("features.0.0"), net.count(|index| format!("features.5.{index}.block.0")));
    net.scope("features", |net| {
        net.conv_padded("0.0", 4, [0, 0])?;
        net.layer_norm("0.1", EPSILON)?;
        let mut stage = 1;
        while net.has(&format!("{stage}.0.block.0")) {
            for index in 0..net.count(|index| format!("{stage}.{index}.block.0")) {
                net.scope(format!("{stage}.{index}"), block)?;
            }
            if net.has(&format!("{}.1", stage + 1)) {
                net.layer_norm(&format!("{}.0", stage + 1), EPSILON)?;
                net.conv_padded(&format!("{}.1", stage + 1), 2, [0, 0])?;
            }
            stage += 2;
        }
        Ok(())
    })?;
    net.global_pool("avgpool")?;
    net.scope("classifier", |net| {
        net.layer_norm("0", EPSILON)?;
        net.classes("2")
    })?;
    Ok(match [width, depth] {
        [96, 9] => "ConvNeXt-Tiny".to_owned(),
        [96, 27] => "ConvNeXt-Small".to_owned(),
        [128, 27] => "ConvNeXt-Base".to_owned(),
        [192, 27] => "ConvNeXt-Large".to_owned(),
        _ => "ConvNeXt".to_owned(),
    })
}

/// Numbers 1 and 6 only turn the axes.
fn block(net: &mut Layers) -> Pushed {
    let input = net.at;
    net.scope("block", |net| {
        net.conv("0", 1)?;
        net.layer_norm("2", EPSILON)?;
        net.linear_everywhere("3")?;
        net.act("4", GELU)?;
        net.linear_everywhere("5")
    })?;
    net.layer_scale("layer_scale")?;
    net.add("add", [net.at, input])
}
