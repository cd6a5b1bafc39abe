//! SqueezeNet 1.0 and 1.1: Iandola et al., "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and <0.5MB model
//! size" (2016).

use super::{
    super::layers::{Layers, Pushed},
    Family, PLAIN,
};
use crate::network::GraphError;

pub(super) const FAMILY: Family = Family {
    name: "SqueezeNet",
    signs: &["features.3.squeeze.weight", "features.0.weight", "classifier.1.weight"],
    build,
    ..PLAIN
};

fn build(net: &mut Layers) -> Result<String, GraphError> {
    let version = if net.kernel("features.0") == [7, 7] { "1.0" } else { "1.1" };
    net.scope("features", |net| {
        net.conv_padded("0", 2, [0, 0])?;
        net.relu("1")?;
        // A number without weights is pooling; after two of them there is nothing more.
        let mut index = 2;
        while net.has(&format!("{index}.squeeze")) || net.has(&format!("{}.squeeze", index + 1)) {
            if net.has(&format!("{index}.squeeze")) {
                net.scope(index.to_string(), fire)?;
            } else {
                net.max_pool(&index.to_string(), 3, 2, 0, true)?;
            }
            index += 1;
        }
        Ok(())
    })?;
    // The network that is part of the program names no classes.
    if !net.has("classifier.1") {
        return Ok(format!("SqueezeNet {version}"));
    }
    net.scope("classifier", |net| {
        net.dropout("0")?;
        net.conv("1", 1)?;
        net.relu("2")?;
        net.global_pool("3")
    })?;
    Ok(format!("SqueezeNet {version}"))
}

fn fire(net: &mut Layers) -> Pushed {
    net.conv("squeeze", 1)?;
    net.relu("squeeze_activation")?;
    let squeezed = net.at;
    net.conv("expand1x1", 1)?;
    net.relu("expand1x1_activation")?;
    let left = std::mem::replace(&mut net.at, squeezed);
    net.conv("expand3x3", 1)?;
    net.relu("expand3x3_activation")?;
    net.concat("concat", &[left, net.at])
}
