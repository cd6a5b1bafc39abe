//! Vectors that are read before they are asked for: how large a layer may be is a question of how much memory is free.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use tiramisu::domain::{ImageId, IndexKind, Metric, NeighbourWish, StoredLayer};
use tiramisu::engine::{AnalysisWish, EngineOptions, Event, IndexWish, Look, NeighbourList, NetworkFile, Request};
use tiramisu::store::Workspace;

use super::extracted;
use super::free_memory::system;
use super::indices::append;
use crate::support::listener::{Listener, options};

const IMAGES: u32 = 4800;
/// So many questions in a row would meet what somebody reads meanwhile.
const QUESTIONS: u32 = 12;
const PATIENCE: Duration = Duration::from_secs(240);

/// The system says that so much is free.
fn say_free(root: &Path, kib: u64) {
    fs::write(root.join("proc/meminfo"), format!("MemAvailable: {kib} kB\n")).expect("a file");
}

fn question(source: &StoredLayer, image: u32) -> NeighbourWish {
    NeighbourWish::of(ImageId(image), source.clone(), Metric::Cosine, 10)
}

fn ask(listener: &mut Listener, wish: NeighbourWish) -> NeighbourList {
    listener.engine.send(Request::Look(Look::Neighbours(wish)));
    listener.until("neighbours", |event| match event {
        Event::Neighbours(list) => Some(list.clone()),
        Event::Problem { problem, .. } => panic!("{problem}"),
        _ => None,
    })
}

/// Asks the index of a layer; how often the disk was asked for the answer.
fn asked(listener: &mut Listener, source: &StoredLayer, image: u32) -> (NeighbourList, u64) {
    let before = listener.engine.reads().expect("something is open").requests;
    let list = ask(listener, question(source, image));
    let after = listener.engine.reads().expect("something is open").requests;
    assert!(list.recall.is_some(), "{}", list.how);
    (list, after - before)
}

/// Two sums in single precision differ in their last digits, so what is equally near may come in another order.
fn assert_alike(one: &NeighbourList, other: &NeighbourList) {
    assert_eq!((one.neighbours.len(), one.neighbours.len()), (10, other.neighbours.len()));
    for (a, b) in one.neighbours.iter().zip(&other.neighbours) {
        assert!((a.score - b.score).abs() < 1e-5, "{one:?} {other:?}");
    }
}

/// Asks until nothing is read for an answer any more.
fn ask_until_it_is_in_memory(listener: &mut Listener, source: &StoredLayer) {
    let deadline = Instant::now() + PATIENCE;
    while asked(listener, source, 40).1 > 0 {
        assert!(Instant::now() < deadline, "it does not come to memory");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_large_layer_comes_to_memory_where_a_quarter_of_what_is_free_holds_it_and_answers_stay_the_same() {
    let (dir, workspace, listener, collection) = extracted(12);
    drop(listener);
    append(&workspace, IMAGES - 12);
    let tables = Workspace::open(&workspace).expect("a workspace").feature_tables().expect("tables");
    let mut columns = tables[0].spec.columns.clone();
    columns.sort_by_key(|(_, channels)| *channels);
    // Codes are of whole bytes.
    let widest = columns.iter().rev().find(|(_, channels)| channels.is_multiple_of(8));
    let (source, channels) = widest.cloned().expect("a stored layer");
    let bytes = u64::from(IMAGES) * channels as u64 * 2;
    let least_kib = (4 * bytes).div_ceil(1024);
    // Two others that are kept without asking how much is free, one beside the other or not.
    let small = columns.iter().filter(|(_, small)| *small < channels).take(2);
    let small: Vec<StoredLayer> = small.map(|(source, _)| source.clone()).collect();
    assert_eq!(small.len(), 2, "{columns:?}");

    let made_up = system(&[("proc/meminfo", "MemAvailable: 0 kB\n")]);
    let root = made_up.path();
    let open = || {
        let (vector_bytes, system_root) = (bytes as usize - 1, root.to_owned());
        let options = EngineOptions { vector_bytes, exact_bytes: 0, system_root, ..options(dir.path()) };
        let mut listener = Listener::start(options);
        listener.open(&collection.folder, &workspace, NetworkFile::Analytic, false);
        listener.until("the collection", |event| matches!(event, Event::Tags(_)).then_some(()));
        listener
    };
    let mut listener = open();
    let build = IndexWish::Build { source: source.clone(), kind: IndexKind::IvfRq, metric: Metric::Cosine };
    listener.engine.send(Request::Analyse(AnalysisWish::Index(build)));
    listener.until("the end of the analysis", |event| matches!(event, Event::AnalysisEnded { .. }).then_some(()));
    assert_eq!(listener.problems, []);
    // To measure the index all vectors were read; the engine of another day has none.
    drop(listener);
    let mut listener = open();

    let images = |count: u32| (0..count).map(|number| 20 + 40 * number);
    let mut from_disk = Vec::new();
    say_free(root, least_kib - 1);
    for image in images(QUESTIONS) {
        let (found, reads) = asked(&mut listener, &source, image);
        assert!(reads > 0, "a layer of {bytes} bytes came to memory where {} KiB are free", least_kib - 1);
        from_disk.push(found);
        std::thread::sleep(Duration::from_millis(100));
    }
    say_free(root, least_kib);
    ask_until_it_is_in_memory(&mut listener, &source);
    let from_memory: Vec<_> = images(QUESTIONS).map(|image| asked(&mut listener, &source, image)).collect();
    assert!(from_memory.iter().all(|(_, reads)| *reads == 0), "{from_memory:?}");
    from_memory.iter().zip(&from_disk).for_each(|((found, _), expected)| assert_alike(found, expected));

    // It stays beside another layer while as much is free, and goes when it is not.
    assert!(ask(&mut listener, NeighbourWish { exactly: true, ..question(&small[0], 20) }).is_exact);
    assert_eq!(asked(&mut listener, &source, 20).1, 0, "it was let go for a small one");
    say_free(root, bytes / 1024 - 1);
    assert!(ask(&mut listener, NeighbourWish { exactly: true, ..question(&small[1], 20) }).is_exact);
    let (found, reads) = asked(&mut listener, &source, 20);
    assert!(reads > 0, "it is still there where {} KiB are free", bytes / 1024 - 1);
    assert_alike(&found, &from_disk[0]);
}
