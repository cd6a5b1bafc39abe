//! GoogLeNet with batch normalisation, as torchvision carried it over from TensorFlow.
//!
//! Szegedy et al., "Going deeper with convolutions" (2015). The branch that the paper gives a kernel of 5 by 5 has one of
//! 3 by 3 here.

use super::{
    super::layers::{Layers, Pushed},
    Family, PLAIN, Taken,
};
use crate::network::GraphError;

pub(super) const FAMILY: Family = Family {
    name: "GoogLeNet",
    signs: &["inception3a.branch1.conv.weight", "inception5b.branch4.1.conv.weight", "conv1.conv.weight"],
    ignored: &["aux1.", "aux2."],
    taken: |_| Taken::symmetric(224, 256),
    build,
    ..PLAIN
};

fn build(net: &mut Layers) -> Result<String, GraphError> {
    net.epsilon = 1e-3;
    unit(net, "conv1", 2)?;
    net.max_pool("maxpool1", 3, 2, 0, true)?;
    unit(net, "conv2", 1)?;
    unit(net, "conv3", 1)?;
    net.max_pool("maxpool2", 3, 2, 0, true)?;
    for name in ["3a", "3b"] {
        net.scope(format!("inception{name}"), inception)?;
    }
    net.max_pool("maxpool3", 3, 2, 0, true)?;
    for name in ["4a", "4b", "4c", "4d", "4e"] {
        net.scope(format!("inception{name}"), inception)?;
    }
    net.max_pool("maxpool4", 2, 2, 0, true)?;
    for name in ["5a", "5b"] {
        net.scope(format!("inception{name}"), inception)?;
    }
    net.global_pool("avgpool")?;
    net.dropout("dropout")?;
    net.classes("fc")?;
    Ok("GoogLeNet".to_owned())
}

/// Convolution, batch normalisation, ReLU.
fn unit(net: &mut Layers, name: &str, stride: usize) -> Pushed {
    net.scope(name, |net| {
        net.conv("conv", stride)?;
        net.batch_norm("bn")?;
        net.relu("relu")
    })
}

fn inception(net: &mut Layers) -> Pushed {
    let input = net.at;
    unit(net, "branch1", 1)?;
    let mut branches = vec![net.at];
    for branch in ["branch2", "branch3"] {
        net.at = input;
        unit(net, &format!("{branch}.0"), 1)?;
        unit(net, &format!("{branch}.1"), 1)?;
        branches.push(net.at);
    }
    net.at = input;
    net.max_pool("branch4.0", 3, 1, 1, true)?;
    unit(net, "branch4.1", 1)?;
    branches.push(net.at);
    net.concat("concat", &branches)
}
