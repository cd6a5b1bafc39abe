//! VGG, with and without batch normalisation: Simonyan, Zisserman, "Very deep convolutional networks for large-scale
//! image recognition" (2015).

use super::{super::layers::Layers, Family, PLAIN};
use crate::network::GraphError;

pub(super) const FAMILY: Family =
    Family { name: "VGG", signs: &["classifier.3.weight", "classifier.0.weight", "features.0.weight"], build, ..PLAIN };

fn build(net: &mut Layers) -> Result<String, GraphError> {
    let (mut convolutions, mut has_norms) = (0, false);
    net.scope("features", |net| {
        // Modules without weights are seen by the gaps in the numbering: an activation after every convolution, and
        // where one number more is left out, pooling.
        let mut index = 0;
        while net.has(&index.to_string()) {
            net.conv(&index.to_string(), 1)?;
            convolutions += 1;
            index += 1;
            if net.shape(&index.to_string()).len() == 1 {
                net.batch_norm(&index.to_string())?;
                has_norms = true;
                index += 1;
            }
            net.relu(&index.to_string())?;
            index += 1;
            if !net.has(&index.to_string()) {
                net.max_pool(&index.to_string(), 2, 2, 0, false)?;
                index += 1;
            }
        }
        Ok(())
    })?;
    net.adaptive_pool("avgpool", 7)?;
    net.flatten("flatten")?;
    net.scope("classifier", |net| {
        for (linear, relu, dropout) in [("0", "1", "2"), ("3", "4", "5")] {
            net.linear(linear)?;
            net.relu(relu)?;
            net.dropout(dropout)?;
        }
        net.classes("6")
    })?;
    Ok(format!("VGG-{}{}", convolutions + 3, if has_norms { " with batch normalisation" } else { "" }))
}
