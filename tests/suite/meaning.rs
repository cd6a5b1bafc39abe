//! What the vectors are worth: neighbours of real pictures share their label.

use std::collections::BTreeMap;

use tiramisu::analysis::{Agreement, leave_one_out};
use tiramisu::domain::{Metric, Pooling, StoredLayer};
use tiramisu::engine::{NetworkFile, describe};
use tiramisu::store::Workspace;

use crate::support::listener::{Listener, options};
use crate::support::shared;

/// Leave-one-out 1-NN accuracy on 1,000 pictures of 20 classes: .963 was measured with OpenCV's vectors.
#[test]
fn neighbours_at_the_best_fire9_layer_share_their_label_as_often_as_opencv_says() {
    let Some(network) = shared("models/squeezenet_v1.0.prototxt") else { return };
    let Some(found) = worth(NetworkFile::File(network), "fire9") else { return };
    let best = found.iter().map(|(_, found)| found.nearest).fold(0.0, f64::max);
    assert!((best - 0.963).abs() <= 0.02, "{best:.3}");
}

/// On the same pictures, of which it never saw one: .806 was measured where it was trained, .282 are the colours alone.
#[test]
fn what_the_built_in_network_finds_alike_is_mostly_of_the_same_kind() {
    let Some(found) = worth(NetworkFile::Builtin, "features.12") else { return };
    let best = found.iter().map(|(_, found)| found.precision_at_k).fold(0.0, f64::max);
    assert!(best >= 0.7, "{best:.3}");
}

/// How often neighbours are of the same kind, at each layer whose name begins so; `None` without the pictures.
fn worth(network: NetworkFile, layers: &str) -> Option<Vec<(String, Agreement)>> {
    let pictures = shared("images/caltech101")?;
    let dir = tempfile::tempdir().expect("a temporary folder");
    let workspace = dir.path().join("workspace");
    let mut options = options(dir.path());
    options.commit_images = 2048;
    options.commit_secs = 30.0;
    let mut listener = Listener::start(options);
    listener.open(&pictures, &workspace, network, true);
    assert!(!listener.until_extracted());
    assert_eq!(listener.problems, []);
    drop(listener);

    let description = describe(&workspace).expect("a workspace");
    let opened = Workspace::open(&workspace).expect("a workspace");
    let labels: BTreeMap<_, _> =
        opened.images().expect("images").into_iter().map(|image| (image.id, image.label.unwrap_or_default())).collect();
    let table = opened.read_features(&description.tables[0].name).expect("a table");
    let mut worth = Vec::new();
    for column in &description.tables[0].layers {
        if !column.layer.starts_with(layers) || column.pooling != Pooling::Average.word() {
            continue;
        }
        let stored = StoredLayer { layer: column.layer.clone(), pooling: Pooling::Average };
        let vectors = table.vectors(&stored).expect("vectors");
        let labels: Vec<Option<&str>> = vectors.ids.iter().map(|id| Some(labels[id].as_str())).collect();
        let found = leave_one_out(&vectors, &labels, Metric::Cosine, 10, &|| false).expect("not cancelled");
        println!("{}: 1-NN {:.3}, precision@10 {:.3}", column.layer, found.nearest, found.precision_at_k);
        worth.push((column.layer.clone(), found));
    }
    Some(worth)
}
