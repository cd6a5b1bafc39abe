//! DenseNet: Huang et al., "Densely connected convolutional networks" (2017).

use super::{
    super::layers::{Layers, Pushed},
    Family, PLAIN,
};
use crate::network::GraphError;

pub(super) const FAMILY: Family = Family {
    name: "DenseNet",
    signs: &[
        "features.transition1.conv.weight",
        "features.conv0.weight",
        "features.norm0.weight",
        "features.norm5.weight",
    ],
    rename,
    build,
    ..PLAIN
};

fn build(net: &mut Layers) -> Result<String, GraphError> {
    let mut weighted = 2;
    net.scope("features", |net| {
        net.conv("conv0", 2)?;
        net.batch_norm("norm0")?;
        net.relu("relu0")?;
        net.max_pool("pool0", 3, 2, 1, false)?;
        for block in 1.. {
            let layers = net.count(|index| format!("denseblock{block}.denselayer{}.conv1", index + 1));
            if layers == 0 {
                break;
            }
            weighted += 2 * layers;
            net.scope(format!("denseblock{block}"), |net| dense_block(net, layers))?;
            if net.has(&format!("transition{block}.conv")) {
                weighted += 1;
                net.scope(format!("transition{block}"), transition)?;
            }
        }
        net.batch_norm("norm5")
    })?;
    net.relu("relu")?;
    net.global_pool("avgpool")?;
    net.classes("classifier")?;
    Ok(format!("DenseNet-{weighted}"))
}

/// Every layer takes what came in and what all layers before it made.
fn dense_block(net: &mut Layers, layers: usize) -> Pushed {
    let mut made = vec![net.at];
    for index in 1..=layers {
        net.scope(format!("denselayer{index}"), |net| {
            if made.len() > 1 {
                net.concat("concat", &made)?;
            }
            for part in 1..=2 {
                net.batch_norm(&format!("norm{part}"))?;
                net.relu(&format!("relu{part}"))?;
                net.conv(&format!("conv{part}"), 1)?;
            }
            Ok(())
        })?;
        made.push(net.at);
    }
    net.concat("concat", &made)
}

fn transition(net: &mut Layers) -> Pushed {
    net.batch_norm("norm")?;
    net.relu("relu")?;
    net.conv("conv", 1)?;
    net.avg_pool("pool", 2, 2, 0)
}

/// The published files are older than today's names: `norm.1` has become `norm1`.
fn rename(name: String) -> String {
    if !name.contains(".denselayer") {
        return name;
    }
    let parts = ["norm", "relu", "conv"];
    let old = |part: &str, index: u8| (format!(".{part}.{index}."), format!(".{part}{index}."));
    parts.iter().flat_map(|part| [old(part, 1), old(part, 2)]).fold(name, |name, (old, new)| name.replace(&old, &new))
}
