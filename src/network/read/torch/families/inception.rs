//! Inception v3: Szegedy et al., "Rethinking the Inception architecture for computer vision" (2016).

use super::{
    super::layers::{Layers, Pushed},
    Family, PLAIN, Taken,
};
use crate::network::{GraphError, Source};

pub(super) const FAMILY: Family = Family {
    name: "Inception v3",
    signs: &["Mixed_5b.branch1x1.conv.weight", "Mixed_7c.branch1x1.conv.weight", "Conv2d_1a_3x3.conv.weight"],
    ignored: &["AuxLogits."],
    taken: |_| Taken::symmetric(299, 342),
    build,
    ..PLAIN
};

/// What a branch is made of.
enum Step {
    /// Convolution, batch normalisation and ReLU that keep the size.
    Unit(&'static str),
    /// The same with a step of two and no padding.
    Halve(&'static str),
    /// Mean of 3 by 3.
    Mean,
    /// Largest of 3 by 3, with a step of two.
    Largest,
    /// Two units side by side, joined: 1 by 3 and 3 by 1.
    Both(&'static str, [&'static str; 2]),
}
use Step::{Both, Halve, Largest, Mean, Unit};

/// The blocks at 35 by 35 places.
const A: &[&[Step]] = &[
    &[Unit("branch1x1")],
    &[Unit("branch5x5_1"), Unit("branch5x5_2")],
    &[Unit("branch3x3dbl_1"), Unit("branch3x3dbl_2"), Unit("branch3x3dbl_3")],
    &[Mean, Unit("branch_pool")],
];
/// From 35 to 17.
const B: &[&[Step]] =
    &[&[Halve("branch3x3")], &[Unit("branch3x3dbl_1"), Unit("branch3x3dbl_2"), Halve("branch3x3dbl_3")], &[Largest]];
/// At 17 by 17.
const C: &[&[Step]] = &[
    &[Unit("branch1x1")],
    &[Unit("branch7x7_1"), Unit("branch7x7_2"), Unit("branch7x7_3")],
    &[
        Unit("branch7x7dbl_1"),
        Unit("branch7x7dbl_2"),
        Unit("branch7x7dbl_3"),
        Unit("branch7x7dbl_4"),
        Unit("branch7x7dbl_5"),
    ],
    &[Mean, Unit("branch_pool")],
];
/// From 17 to 8.
const D: &[&[Step]] = &[
    &[Unit("branch3x3_1"), Halve("branch3x3_2")],
    &[Unit("branch7x7x3_1"), Unit("branch7x7x3_2"), Unit("branch7x7x3_3"), Halve("branch7x7x3_4")],
    &[Largest],
];
/// At 8 by 8.
const E: &[&[Step]] = &[
    &[Unit("branch1x1")],
    &[Unit("branch3x3_1"), Both("branch3x3_2", ["branch3x3_2a", "branch3x3_2b"])],
    &[Unit("branch3x3dbl_1"), Unit("branch3x3dbl_2"), Both("branch3x3dbl_3", ["branch3x3dbl_3a", "branch3x3dbl_3b"])],
    &[Mean, Unit("branch_pool")],
];

fn build(net: &mut Layers) -> Result<String, GraphError> {
    net.epsilon = 1e-3;
    unit(net, "Conv2d_1a_3x3", 2, true)?;
    unit(net, "Conv2d_2a_3x3", 1, true)?;
    unit(net, "Conv2d_2b_3x3", 1, false)?;
    net.max_pool("maxpool1", 3, 2, 0, false)?;
    unit(net, "Conv2d_3b_1x1", 1, true)?;
    unit(net, "Conv2d_4a_3x3", 1, true)?;
    net.max_pool("maxpool2", 3, 2, 0, false)?;
    let blocks = [
        ("5b", A),
        ("5c", A),
        ("5d", A),
        ("6a", B),
        ("6b", C),
        ("6c", C),
        ("6d", C),
        ("6e", C),
        ("7a", D),
        ("7b", E),
        ("7c", E),
    ];
    for (name, branches) in blocks {
        net.scope(format!("Mixed_{name}"), |net| block(net, branches))?;
    }
    net.global_pool("avgpool")?;
    net.dropout("dropout")?;
    net.classes("fc")?;
    Ok("Inception v3".to_owned())
}

fn block(net: &mut Layers, branches: &[&[Step]]) -> Pushed {
    let input = net.at;
    let mut ends: Vec<Source> = Vec::new();
    for branch in branches {
        net.at = input;
        for step in *branch {
            match step {
                Unit(name) => unit(net, name, 1, false)?,
                Halve(name) => unit(net, name, 2, true)?,
                Mean => net.avg_pool("avg_pool", 3, 1, 1)?,
                Largest => net.max_pool("max_pool", 3, 2, 0, false)?,
                Both(joined, [left, right]) => {
                    let input = net.at;
                    unit(net, left, 1, false)?;
                    let end = std::mem::replace(&mut net.at, input);
                    unit(net, right, 1, false)?;
                    net.concat(&format!("{joined}.concat"), &[end, net.at])?;
                }
            }
        }
        ends.push(net.at);
    }
    net.concat("concat", &ends)
}

/// Convolution, batch normalisation, ReLU; `is_valid` without padding.
fn unit(net: &mut Layers, name: &str, stride: usize, is_valid: bool) -> Pushed {
    net.scope(name, |net| {
        if is_valid {
            net.conv_padded("conv", stride, [0, 0])?
        } else {
            net.conv("conv", stride)?
        }
        net.batch_norm("bn")?;
        net.relu("relu")
    })
}
