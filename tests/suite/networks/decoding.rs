//! Whole or scaled: a choice of the network's description, and what becomes of collections that know the other.

use std::fs;
use std::path::Path;

use half::f16;
use tiramisu::domain::{Decoding, ImageId, Pooling, StoredLayer};
use tiramisu::engine::networks::{self, PreparationWish};
use tiramisu::engine::{Event, NetworkFile, Progress, make_sample};
use tiramisu::network::{NetworkChoice, load};
use tiramisu::store::{FeatureRows, FeatureSpec, Workspace};

use super::super::support::listener::{Listener, options};

/// Extracts the folder; how its pictures were decoded, and how many tables of vectors there are afterwards.
fn extracted(data_dir: &Path, network: NetworkFile) -> (Decoding, usize) {
    let (folder, workspace) = (data_dir.join("pictures"), data_dir.join("workspace"));
    let mut listener = Listener::start(options(data_dir));
    listener.open(&folder, &workspace, network, true);
    let decoding = listener.until("the collection", |event| match event {
        Event::Opened(collection) => Some(collection.resizing.decoding),
        Event::Problem { problem, .. } => panic!("{problem}"),
        _ => None,
    });
    assert!(!listener.until_extracted());
    drop(listener);
    let tables = Workspace::open(&workspace).unwrap().feature_tables().unwrap();
    (decoding, tables.len())
}

#[test]
fn who_chooses_scaled_decoding_gets_it_beside_the_whole_vectors_that_are_there() {
    let data = tempfile::tempdir().unwrap();
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/caffe/old.caffemodel");
    make_sample(&data.path().join("pictures"), 4, 7, &Progress::new("sample")).expect("sample pictures");
    networks::add(&golden, Some("mine"), &PreparationWish::default(), Some(data.path())).unwrap();
    let mine = || NetworkFile::Known("mine".into());
    assert_eq!(extracted(data.path(), mine()), (Decoding::Whole, 1), "what others made is decoded as they did");
    let description = data.path().join("networks/mine.toml");
    let text = fs::read_to_string(&description).unwrap();
    assert!(!text.contains("decoding"), "{text}");
    fs::write(&description, text.replace("[preprocessing]\n", "[preprocessing]\ndecoding = \"scaled\"\n")).unwrap();
    assert_eq!(extracted(data.path(), mine()), (Decoding::Scaled, 2), "the two kinds are kept apart");
    let known = networks::show("mine", Some(data.path())).unwrap();
    let words = known.preprocessing.expect("it is described").in_words();
    assert!(words.contains("decoded scaled"), "{words}");
}

#[test]
fn a_collection_that_the_built_in_network_saw_whole_goes_on_whole_and_a_new_one_is_scaled() {
    let data = tempfile::tempdir().unwrap();
    let (folder, root) = (data.path().join("pictures"), data.path().join("workspace"));
    make_sample(&folder, 4, 7, &Progress::new("sample")).expect("sample pictures");
    assert_eq!(extracted(data.path(), NetworkFile::Builtin), (Decoding::Scaled, 1));

    // As an earlier version left it, which knew no other way.
    fs::remove_dir_all(&root).unwrap();
    let mut graph = load(&NetworkChoice::Builtin).unwrap();
    graph.preprocessing.decoding = Decoding::Whole;
    let layer = graph.layers().into_iter().find(|layer| layer.stored_by_default).expect("a layer that is stored");
    let columns = Pooling::ALL.map(|pooling| (StoredLayer { layer: layer.name.clone(), pooling }, layer.shape[0]));
    let spec = FeatureSpec {
        network: graph.name.clone(),
        fingerprint: graph.fingerprint(),
        precision: None,
        preprocessing: serde_json::to_string(&graph.preprocessing).unwrap(),
        columns: columns.to_vec(),
    };
    let mut workspace = Workspace::open_or_create(&root, &folder).unwrap();
    let zeros = vec![f16::ZERO; layer.shape[0]];
    let rows = FeatureRows {
        ids: vec![ImageId(0)],
        paths: vec!["checks/checks_0001.jpg".to_owned()],
        labels: vec![None],
        values: spec.columns.iter().map(|(column, _)| (column.clone(), zeros.clone().into())).collect(),
    };
    workspace.features(&spec).unwrap().append(rows).unwrap();
    drop(workspace);
    assert_eq!(extracted(data.path(), NetworkFile::Builtin).0, Decoding::Whole, "all of a table are of one kind");
}

#[test]
fn whole_and_scaled_are_two_networks_to_whoever_compares_vectors() {
    let mut graph = load(&NetworkChoice::Builtin).unwrap();
    let scaled = graph.fingerprint();
    graph.preprocessing.decoding = Decoding::Whole;
    let whole = graph.fingerprint();
    assert_ne!(scaled, whole);
    // What it was before there was a choice: workspaces are found by it.
    assert!(whole.starts_with("b73b1c30"), "{whole}");
}
