//! ResNet, ResNeXt and Wide ResNet, which differ in widths and groups only: He et al., "Deep residual learning for image
//! recognition" (2016), with the stride in the middle convolution of a bottleneck.

use super::{
    super::layers::{Layers, Pushed},
    Family, PLAIN,
};
use crate::network::GraphError;

pub(super) const FAMILY: Family = Family {
    name: "ResNet",
    signs: &["layer1.0.conv1.weight", "layer1.0.bn1.weight", "layer4.0.conv1.weight", "conv1.weight", "bn1.weight"],
    build,
    ..PLAIN
};

fn build(net: &mut Layers) -> Result<String, GraphError> {
    if net.kernel("conv1") != [7, 7] {
        let reason = format!(
            "is of {:?}, but a ResNet for large pictures has a kernel of 7 by 7 there, and the file does not tell the \
             strides of another; {}",
            net.kernel("conv1"),
            super::super::export_advice::EXPORT
        );
        return Err(net.wrong("conv1", reason));
    }
    net.conv("conv1", 2)?;
    net.batch_norm("bn1")?;
    net.relu("relu")?;
    net.max_pool("maxpool", 3, 2, 1, false)?;
    let name = name(net);
    for stage in 1..=4 {
        for index in 0..net.count(|index| format!("layer{stage}.{index}.conv1")) {
            let stride = if stage > 1 && index == 0 { 2 } else { 1 };
            net.scope(format!("layer{stage}.{index}"), |net| block(net, stride))?;
        }
    }
    net.global_pool("avgpool")?;
    net.classes("fc")?;
    Ok(name)
}

fn block(net: &mut Layers, stride: usize) -> Pushed {
    let input = net.at;
    let convolutions = if net.has("conv3") { 3 } else { 2 };
    let strided = convolutions - 1;
    for index in 1..=convolutions {
        net.conv(&format!("conv{index}"), if index == strided { stride } else { 1 })?;
        net.batch_norm(&format!("bn{index}"))?;
        if index < convolutions {
            net.relu("relu")?;
        }
    }
    let mut shortcut = input;
    if net.has("downsample.0") {
        let end = std::mem::replace(&mut net.at, input);
        net.conv("downsample.0", stride)?;
        net.batch_norm("downsample.1")?;
        shortcut = std::mem::replace(&mut net.at, end);
    }
    net.add("add", [net.at, shortcut])?;
    net.relu("relu")
}

/// The field's name: layers with weights, and what is unusual about the widths.
fn name(net: &Layers) -> String {
    let blocks: usize = (1..=4).map(|stage| net.count(|index| format!("layer{stage}.{index}.conv1"))).sum();
    if !net.has("layer1.0.conv3") {
        return format!("ResNet-{}", 2 + 2 * blocks);
    }
    let depth = 2 + 3 * blocks;
    let [width, seen] = match net.shape("layer1.0.conv2") {
        [width, seen, ..] if *seen > 0 => [*width, *seen],
        _ => [1, 1],
    };
    let planes = net.outputs("layer1.0.conv3") / 4;
    match width / seen {
        1 if width == 2 * planes => format!("Wide ResNet-{depth}-2"),
        1 => format!("ResNet-{depth}"),
        groups => format!("ResNeXt-{depth} {groups}x{seen}d"),
    }
}
