//! An engine for who asks one question and goes.

use std::time::{Duration, Instant};

use tiramisu::domain::{ImageId, ImagePath, ImageRecord, IndexKind, Metric, NeighbourWish};
use tiramisu::engine::{
    AnalysisWish, EngineOptions, Event, ImagesWish, ImportWish, IndexWish, Look, NeighbourList, NetworkFile, OpenWish,
    Request,
};
use tiramisu::gpu::Compute;
use tiramisu::store::Reads;

use super::extracted;
use super::indices::append;
use crate::support::listener::{Listener, options};

const IMAGES: u32 = 9000;

#[test]
fn a_brief_engine_tells_nothing_unasked_and_answers_as_any_other_and_reads_little_the_second_time() {
    let (dir, workspace, listener, collection) = extracted(12);
    let (folder, source) = (collection.folder.clone(), collection.stored[0].clone());
    drop(listener);
    append(&workspace, IMAGES - 12);
    let path = "generated/06000.png";
    let wish = NeighbourWish::of(ImageId(6000), source, Metric::Cosine, 5);

    let mut others = Listener::start(options(dir.path()));
    others.open(&folder, &workspace, NetworkFile::Analytic, false);
    others.engine.send(Request::Look(Look::Neighbours(wish.clone())));
    let expected = others.until("neighbours", |event| match event {
        Event::Neighbours(list) => Some(list.neighbours.clone()),
        _ => None,
    });
    let expected_image = others.images[6000].clone();
    drop(others);

    let brief = || EngineOptions { is_brief: true, compute: Compute::Auto, ..options(dir.path()) };
    // What is read until one image is known by its path, and two by their numbers.
    let ask = || -> (Listener, Vec<ImageRecord>, Reads) {
        let mut listener = Listener::start(brief());
        listener.open(&folder, &workspace, NetworkFile::Analytic, false);
        let at = ImagesWish::At(ImagePath { text: path.to_owned(), raw: None });
        for wish in [at, ImagesWish::These(vec![ImageId(7), ImageId(6000)])] {
            listener.engine.send(Request::TellImages(wish));
        }
        let mut known = Vec::new();
        let device = listener.until("what is known", |event| {
            assert!(!matches!(event, Event::Images(_) | Event::Tags(_) | Event::Results { .. }), "{event:?}");
            match event {
                Event::Opened(collection) => known.push(Err(collection.device.clone())),
                Event::Known(images) => known.push(Ok(images.clone())),
                _ => {}
            }
            (known.len() == 3).then(|| known[0].clone().expect_err("the collection came first"))
        });
        assert_eq!(device, "", "a device was opened");
        let images = known.drain(1..).flat_map(|images| images.expect("images")).collect();
        let reads = listener.engine.reads().expect("something is open");
        (listener, images, reads)
    };
    let (listener, images, first) = ask();
    let ids: Vec<u32> = images.iter().map(|image| image.id.0).collect();
    assert_eq!((ids, &images[0], &images[2]), (vec![6000, 7, 6000], &expected_image, &expected_image));
    drop(listener);
    let (mut listener, again, second) = ask();
    println!("{first:?}, then {second:?}");
    assert_eq!(again, images);
    assert!(second.bytes < first.bytes, "{first:?}, then {second:?}");
    assert!(second.opens <= 2, "the images and the vectors: {second:?}");

    listener.engine.send(Request::Look(Look::Neighbours(wish)));
    let found = listener.until("neighbours", |event| match event {
        Event::Neighbours(list) => Some(list.neighbours.clone()),
        _ => None,
    });
    assert_eq!(found, expected);
    // All are told to who wants all.
    listener.engine.send(Request::TellImages(ImagesWish::All));
    let total = listener.until("all images", |event| match event {
        Event::Walked { total } => Some(*total),
        _ => None,
    });
    assert_eq!((total, listener.images.len()), (IMAGES as usize, IMAGES as usize));
    listener.engine.send(Request::TellTags);
    listener.until("the tags", |event| matches!(event, Event::Tags(_)).then_some(()));
    assert_eq!(listener.problems, []);
}

#[test]
fn a_brief_engine_tells_labels_that_were_imported_and_reads_them_once_and_only_with_images() {
    let (dir, workspace, mut listener, collection) = extracted(12);
    let folder = collection.folder.clone();
    let told = listener.images.clone();
    let path = told[3].path.clone();
    let import = |listener: &mut Listener, label: &str| {
        let table = dir.path().join("labels.csv");
        std::fs::write(&table, format!("path,label\n{},{label}\n", path.text)).expect("a table");
        listener.engine.send(Request::Import(ImportWish { path: table, ..ImportWish::default() }));
        listener.until("the import", |event| matches!(event, Event::Imported(_)).then_some(()));
    };
    let labels = |images: &[ImageRecord]| images.iter().map(|image| image.label.clone()).collect::<Vec<_>>();
    let known = |listener: &mut Listener, wish: ImagesWish| -> Vec<Option<String>> {
        listener.engine.send(Request::TellImages(wish));
        listener.until("images", |event| match event {
            Event::Known(images) => Some(images.iter().map(|image| image.label.clone()).collect()),
            _ => None,
        })
    };
    import(&mut listener, "cat");
    drop(listener);

    let brief = || EngineOptions { is_brief: true, ..options(dir.path()) };
    let mut listener = Listener::start(brief());
    listener.open(&folder, &workspace, NetworkFile::Analytic, false);
    listener.until("the collection", |event| matches!(event, Event::Opened(_)).then_some(()));
    let opens = |listener: &Listener| listener.engine.reads().expect("something is open").opens;
    let at_first = opens(&listener);
    let cat = || Some("cat".to_owned());
    assert_eq!(known(&mut listener, ImagesWish::At(path.clone())), [cat()]);
    let with_labels = opens(&listener);
    assert!(with_labels > at_first, "labels are not read before an image is");
    assert_eq!(known(&mut listener, ImagesWish::These([4, 3].map(ImageId).to_vec())), [told[4].label.clone(), cat()]);
    assert_eq!(opens(&listener), with_labels, "labels are read once");
    // What is forgotten of images that were not read is not told of them afterwards.
    listener.engine.send(Request::ForgetImported { over_hand: false });
    listener.until("the end of it", |event| matches!(event, Event::ImportForgotten { .. }).then_some(()));
    assert_eq!(known(&mut listener, ImagesWish::At(path.clone())), labels(&told[3..4]));
    let all = |listener: &mut Listener| {
        listener.engine.send(Request::TellImages(ImagesWish::All));
        listener.until("all images", |event| matches!(event, Event::Walked { .. }).then_some(()));
    };
    all(&mut listener);
    assert_eq!(labels(&listener.images), labels(&told));
    // What is imported is told of images that were read.
    import(&mut listener, "dog");
    let mut expected = labels(&told);
    expected[3] = Some("dog".to_owned());
    assert_eq!(labels(&listener.images), expected);
    drop(listener);

    let mut listener = Listener::start(brief());
    listener.open(&folder, &workspace, NetworkFile::Analytic, false);
    all(&mut listener);
    assert_eq!(labels(&listener.images), expected, "all at once");
    assert_eq!(listener.problems, []);
}

#[test]
fn who_asks_for_image_after_image_by_path_has_all_of_them_read_once() {
    let (dir, workspace, listener, collection) = extracted(12);
    let folder = collection.folder.clone();
    let paths: Vec<ImagePath> = listener.images.iter().map(|image| image.path.clone()).collect();
    drop(listener);
    let mut listener = Listener::start(EngineOptions { is_brief: true, ..options(dir.path()) });
    listener.open(&folder, &workspace, NetworkFile::Analytic, false);
    let mut ask = |count: usize| {
        for at in 0..count {
            let path = paths[at % paths.len()].clone();
            listener.engine.send(Request::TellImages(ImagesWish::At(path.clone())));
            let found = listener.until("an image", |event| match event {
                Event::Known(images) => Some(images.clone()),
                _ => None,
            });
            assert_eq!(found.iter().map(|image| &image.path).collect::<Vec<_>>(), [&path]);
        }
        listener.engine.reads().expect("something is open").bytes
    };
    let [begun, few, many, more] = [10, 20, 60, 20].map(&mut ask);
    let (at_first, at_last) = (few - begun, more - many);
    assert!(at_last < at_first, "{at_last} bytes are read for twenty that are known, {at_first} for those before");
}

#[test]
fn what_another_process_imports_is_told_to_who_asks_again() {
    let (dir, workspace, listener, collection) = extracted(12);
    let folder = collection.folder.clone();
    let path = listener.images[3].path.clone();
    let of_folder = listener.images[3].label.clone();
    drop(listener);
    let brief = || {
        let listener = Listener::start(EngineOptions { is_brief: true, ..options(dir.path()) });
        listener.open(&folder, &workspace, NetworkFile::Analytic, false);
        listener
    };
    let (mut asking, mut other) = (brief(), brief());
    let label = |asking: &mut Listener| {
        asking.engine.send(Request::TellImages(ImagesWish::At(path.clone())));
        asking.until("an image", |event| match event {
            Event::Known(images) => Some(images[0].label.clone()),
            _ => None,
        })
    };
    let import = |other: &mut Listener, label: &str| {
        let table = dir.path().join("labels.csv");
        std::fs::write(&table, format!("path,label\n{},{label}\n", path.text)).expect("a table");
        other.engine.send(Request::Import(ImportWish { path: table, ..ImportWish::default() }));
        other.until("the import", |event| matches!(event, Event::Imported(_)).then_some(()));
    };
    assert_eq!(label(&mut asking), of_folder);
    import(&mut other, "cat");
    assert_eq!(label(&mut asking).as_deref(), Some("cat"));
    asking.engine.send(Request::TellImages(ImagesWish::All));
    asking.until("all images", |event| matches!(event, Event::Walked { .. }).then_some(()));
    import(&mut other, "dog");
    assert_eq!(label(&mut asking).as_deref(), Some("dog"), "also where all were read");
    other.engine.send(Request::ForgetImported { over_hand: false });
    other.until("the end of it", |event| matches!(event, Event::ImportForgotten { .. }).then_some(()));
    assert_eq!(label(&mut asking), of_folder);
    assert_eq!(asking.problems, []);
}

#[test]
fn an_index_that_will_be_asked_is_opened_ahead_and_answers_for_what_came_since() {
    let (dir, workspace, mut listener, collection) = extracted(12);
    let folder = collection.folder.clone();
    // Where no layer is named, it is the usual one.
    let usual = &collection.layers[collection.default_layer()].name;
    let source = collection.stored.iter().find(|stored| stored.layer == *usual).expect("it is stored").clone();
    drop(listener);
    append(&workspace, 1188);
    listener = Listener::start(options(dir.path()));
    listener.open(&folder, &workspace, NetworkFile::Analytic, false);
    let build = IndexWish::Build { source: source.clone(), kind: IndexKind::IvfHnswSq, metric: Metric::Cosine };
    listener.engine.send(Request::Analyse(AnalysisWish::Index(build)));
    listener.until("the end of it", |event| matches!(event, Event::AnalysisEnded { .. }).then_some(()));
    assert_eq!(listener.problems, []);
    drop(listener);

    // However few there are, the index is asked.
    let brief = |will_ask| EngineOptions { is_brief: true, exact_bytes: 0, will_ask, ..options(dir.path()) };
    let open_with = |will_ask, layers: Option<Vec<String>>| {
        let mut listener = Listener::start(brief(will_ask));
        listener.engine.send(Request::Open(OpenWish {
            folder: folder.clone(),
            workspace: Some(workspace.clone()),
            network: NetworkFile::Analytic,
            layers,
            extract: false,
        }));
        listener.until("the collection", |event| matches!(event, Event::Committed { .. }).then_some(()));
        listener
    };
    let open = |will_ask| open_with(will_ask, Some(vec![source.layer.clone()]));
    let ask = |listener: &mut Listener| -> NeighbourList {
        let wish = NeighbourWish::of(ImageId(700), source.clone(), Metric::Cosine, 30);
        listener.engine.send(Request::Look(Look::Neighbours(wish)));
        listener.until("neighbours", |event| match event {
            Event::Neighbours(list) => Some(list.clone()),
            _ => None,
        })
    };
    let bytes = |listener: &Listener| listener.engine.reads().expect("something is open").bytes;
    // Whoever opens it first reads what is remembered for all others.
    drop(open(None));
    let mut others = open(None);
    let until_opened_ahead = |ahead: &Listener, others: &Listener| {
        let begun = Instant::now();
        while bytes(ahead) <= bytes(others) {
            assert!(begun.elapsed() < Duration::from_secs(60), "no index was opened ahead");
            std::thread::sleep(Duration::from_millis(5));
        }
    };
    let unnamed = open_with(Some(source.pooling), None);
    until_opened_ahead(&unnamed, &open_with(None, None));
    drop(unnamed);
    let mut ahead = open(Some(source.pooling));
    until_opened_ahead(&ahead, &others);
    let (list, expected) = (ask(&mut ahead), ask(&mut others));
    assert!(list.recall.is_some() && expected.recall.is_some(), "{}", list.how);
    assert_eq!(list.neighbours, expected.neighbours);
    drop(others);

    // What another process commits after the index was opened is found as well.
    let waiting = open(Some(source.pooling));
    append(&workspace, 40);
    let (mut waiting, mut others) = (waiting, open(None));
    let (list, expected) = (ask(&mut waiting), ask(&mut others));
    assert!(list.recall.is_some(), "{}", list.how);
    assert_eq!(list.neighbours, expected.neighbours);
    assert!(list.neighbours.iter().any(|neighbour| neighbour.image.0 >= 1200), "one that came since is among them");
    assert_eq!((ahead.problems, waiting.problems), (Vec::new(), Vec::new()));
}
