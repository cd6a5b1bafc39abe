//! MNASNet B1: Tan et al., "MnasNet: Platform-aware neural architecture search for mobile" (2019).

use super::{
    super::layers::{Layers, Pushed},
    Family, PLAIN,
};
use crate::network::GraphError;

pub(super) const FAMILY: Family = Family {
    name: "MNASNet",
    signs: &["layers.8.0.layers.0.weight", "layers.13.0.layers.0.weight", "layers.0.weight", "layers.14.weight"],
    build,
    ..PLAIN
};

/// The strides of the stacks from layer 8 on.
const STRIDES: [usize; 6] = [2, 2, 2, 1, 2, 1];

fn build(net: &mut Layers) -> Result<String, GraphError> {
    net.scope("layers", |net| {
        triple(net, 0, 2, true)?;
        triple(net, 3, 1, true)?;
        triple(net, 6, 1, false)?;
        for (stack, stride) in (8..).zip(STRIDES) {
            for index in 0..net.count(|index| format!("{stack}.{index}.layers.0")) {
                let stride = if index == 0 { stride } else { 1 };
                net.scope(format!("{stack}.{index}"), |net| block(net, stride))?;
            }
        }
        triple(net, 14, 1, true)
    })?;
    net.global_pool("avgpool")?;
    net.scope("classifier", |net| {
        net.dropout("0")?;
        net.classes("1")
    })?;
    Ok("MNASNet".to_owned())
}

fn block(net: &mut Layers, stride: usize) -> Pushed {
    let (input, channels) = (net.at, net.channels());
    net.scope("layers", |net| {
        triple(net, 0, 1, true)?;
        triple(net, 3, stride, true)?;
        triple(net, 6, 1, false)
    })?;
    if stride == 1 && net.channels() == channels { net.add("add", [net.at, input]) } else { Ok(()) }
}

/// Convolution, batch normalisation and ReLU, numbered from `first`.
fn triple(net: &mut Layers, first: usize, stride: usize, is_active: bool) -> Pushed {
    net.conv(&first.to_string(), stride)?;
    net.batch_norm(&(first + 1).to_string())?;
    if is_active { net.relu(&(first + 2).to_string()) } else { Ok(()) }
}
