//! Whole or scaled: a choice of the network's description, and what becomes of collections that know the other.

use std::fs;
use std::path::Path;

use tiramisu::domain::Decoding;
use tiramisu::engine::networks::{self, PreparationWish};
use tiramisu::engine::{Event, NetworkFile, Progress, make_sample};
use tiramisu::network::{NetworkChoice, load};
use tiramisu::store::Workspace;

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
fn a_collection_that_was_extracted_whole_goes_on_whole_and_a_new_one_is_scaled() {
    let data = tempfile::tempdir().unwrap();
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/caffe/old.caffemodel");
    make_sample(&data.path().join("pictures"), 4, 7, &Progress::new("sample")).expect("sample pictures");
    networks::add(&golden, Some("mine"), &PreparationWish::default(), Some(data.path())).unwrap();
    let mine = || NetworkFile::Known("mine".into());
    assert_eq!(extracted(data.path(), mine()), (Decoding::Whole, 1), "what others made is decoded as they did");

    // As when a later version of the program describes a network otherwise.
    let description = data.path().join("networks/mine.toml");
    let text = fs::read_to_string(&description).unwrap();
    assert!(!text.contains("decoding"), "{text}");
    fs::write(&description, text.replace("[preprocessing]\n", "[preprocessing]\ndecoding = \"scaled\"\n")).unwrap();
    make_sample(&data.path().join("pictures"), 8, 7, &Progress::new("sample")).expect("more sample pictures");
    assert_eq!(extracted(data.path(), mine()), (Decoding::Whole, 1), "all of a table are of one kind");

    fs::remove_dir_all(data.path().join("workspace")).unwrap();
    assert_eq!(extracted(data.path(), mine()), (Decoding::Scaled, 1));
    let known = networks::show("mine", Some(data.path())).unwrap();
    let words = known.preprocessing.expect("it is described").in_words();
    assert!(words.contains("decoded scaled"), "{words}");
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
