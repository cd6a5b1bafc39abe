//! AlexNet, in the version of Krizhevsky, "One weird trick for parallelizing convolutional neural networks" (2014).

use super::{Family, PLAIN};

pub(super) const FAMILY: Family = Family {
    name: "AlexNet",
    signs: &[
        "features.10.weight",
        "features.0.weight",
        "features.3.weight",
        "features.6.weight",
        "features.8.weight",
        "classifier.1.weight",
        "classifier.4.weight",
    ],
    build: |net| {
        net.scope("features", |net| {
            net.conv_padded("0", 4, [2, 2])?;
            net.relu("1")?;
            net.max_pool("2", 3, 2, 0, false)?;
            net.conv("3", 1)?;
            net.relu("4")?;
            net.max_pool("5", 3, 2, 0, false)?;
            for (conv, relu) in [("6", "7"), ("8", "9"), ("10", "11")] {
                net.conv(conv, 1)?;
                net.relu(relu)?;
            }
            net.max_pool("12", 3, 2, 0, false)
        })?;
        net.adaptive_pool("avgpool", 6)?;
        net.flatten("flatten")?;
        net.scope("classifier", |net| {
            net.dropout("0")?;
            net.linear("1")?;
            net.relu("2")?;
            net.dropout("3")?;
            net.linear("4")?;
            net.relu("5")?;
            net.classes("6")
        })?;
        Ok("AlexNet".to_owned())
    },
    ..PLAIN
};
