//! What the vectors are worth: neighbours of real pictures share their label.

use std::collections::BTreeMap;

use tiramisu::analysis::{Agreement, leave_one_out};
use tiramisu::domain::{DuplicateWish, ImageId, Metric, Pooling, StoredLayer};
use tiramisu::engine::{AnalysisAnswer, AnalysisWish, Event, Finding, NetworkFile, Request, describe};
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

/// One distance for every layer made 683 of 700 different pictures one group at an early layer.
#[test]
fn no_layer_takes_most_pictures_for_one_and_copies_are_found_where_networks_see_things() {
    let Some(pictures) = shared("images/caltech101") else { return };
    let dir = tempfile::tempdir().expect("a temporary folder");
    let folder = dir.path().join("pictures");
    let mut originals = Vec::new();
    for label in std::fs::read_dir(&pictures).expect("pictures").flatten() {
        let below = folder.join(label.file_name());
        std::fs::create_dir_all(&below).expect("a folder");
        let mut files: Vec<_> = std::fs::read_dir(label.path()).expect("files").flatten().collect();
        files.sort_by_key(std::fs::DirEntry::file_name);
        for (number, file) in files.iter().take(20).enumerate() {
            std::fs::copy(file.path(), below.join(file.file_name())).expect("a copy");
            // The first of each class once more, smaller and as another file: only a network can tell.
            if number == 0 {
                let picture = image::open(file.path()).expect("a picture");
                let (width, height) = (picture.width() * 4 / 5, picture.height() * 4 / 5);
                let smaller = picture.resize_exact(width, height, image::imageops::FilterType::Triangle).to_rgb8();
                smaller.save(below.join("again.jpg")).expect("a picture");
                originals.push((below.join(file.file_name()), below.join("again.jpg")));
            }
        }
    }
    let mut listener = Listener::start(options(dir.path()));
    listener.open(&folder, &dir.path().join("workspace"), NetworkFile::Builtin, true);
    let collection = listener.until_opened();
    assert!(!listener.until_extracted());
    let id = |path: &std::path::Path| {
        let below = path.strip_prefix(&folder).expect("it lies there").to_string_lossy().replace('\\', "/");
        listener.images.iter().find(|image| image.path.text == below).expect("it was found").id
    };
    let pairs: Vec<_> = originals.iter().map(|(first, again)| [id(first), id(again)]).collect();
    let mut most_found = 0;
    for source in collection.stored.iter().filter(|source| source.pooling == Pooling::Average) {
        let wish = DuplicateWish { by_content: false, bits: None, ..DuplicateWish::new(source.clone()) };
        listener.engine.send(Request::Analyse(AnalysisWish::Duplicates(wish)));
        let report = listener.until("duplicates", |event| match event {
            Event::Answered(AnalysisAnswer::Found(Finding::Duplicates(report))) => Some(report.clone()),
            Event::Problem { problem, .. } => panic!("{problem}"),
            _ => None,
        });
        listener.until("the end", |event| matches!(event, Event::AnalysisEnded { .. }).then_some(()));
        let largest = report.groups.first().map_or(0, |group| group.images.len());
        let is_found = |pair: &&[ImageId; 2]| {
            report.groups.iter().any(|group| pair.iter().all(|image| group.images.contains(image)))
        };
        let found = pairs.iter().filter(is_found).count();
        let at = report.layer_in_words().expect("vectors were compared");
        println!(
            "{at}: {} groups, the largest {largest}, {} copies, {found} of {} real ones",
            report.groups.len(),
            report.copies(),
            pairs.len()
        );
        assert!(largest * 20 <= report.compared, "{at}: {largest} of {} are one group", report.compared);
        assert!(report.copies() * 4 <= report.compared, "{at}: {} of {}", report.copies(), report.compared);
        most_found = most_found.max(found);
    }
    assert!(most_found * 4 >= pairs.len() * 3, "{most_found} of {} copies are found at the best layer", pairs.len());
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
