//! Near-duplicates and outliers through the engine's front door.

use std::fs;

use tiramisu::domain::{DuplicateWish, OutlierScore, OutlierWish, StoredLayer};
use tiramisu::engine::{AnalysisWish, Collection, Event, NetworkFile, Request};

use super::sample;
use crate::support::listener::{Listener, options};

/// The last layer but the scores, averaged.
fn deep(collection: &Collection) -> StoredLayer {
    collection.stored[collection.stored.len() - 2].clone()
}

#[test]
fn copies_are_found_in_the_way_in_which_they_are_copies_and_contradictions_are_told() {
    let (dir, folder, workspace) = sample(22);
    let pictures: Vec<_> = {
        let mut found = Vec::new();
        for label in fs::read_dir(&folder).unwrap() {
            for file in fs::read_dir(label.unwrap().path()).unwrap() {
                found.push(file.unwrap().path());
            }
        }
        found.sort();
        found
    };
    // The same file under another label, and the same picture in another format in another split.
    let (a, b) = (&pictures[0], &pictures[5]);
    fs::create_dir_all(folder.join("train/elsewhere")).unwrap();
    fs::create_dir_all(folder.join("test/elsewhere")).unwrap();
    fs::copy(a, folder.join("train/elsewhere/copy.png")).unwrap();
    fs::copy(a, folder.join("test/elsewhere/copy.png")).unwrap();
    image::open(b).unwrap().to_rgb8().save(folder.join("train/elsewhere/other.bmp")).unwrap();
    let mut listener = Listener::start(options(dir.path()));
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    let collection = listener.until("the collection", |event| match event {
        Event::Opened(collection) => Some(collection.clone()),
        _ => None,
    });
    listener.until_extracted();
    let mut find = |wish: DuplicateWish| {
        listener.engine.send(Request::Analyse(AnalysisWish::Duplicates(wish)));
        let report = listener.until("duplicates", |event| match event {
            Event::Duplicates(report) => Some(report.clone()),
            Event::Problem(problem) => panic!("{problem}"),
            _ => None,
        });
        listener.until("the end", |event| matches!(event, Event::AnalysisEnded { .. }).then_some(()));
        let names: Vec<Vec<String>> = report
            .groups
            .iter()
            .map(|group| group.images.iter().map(|id| listener.images[id.index()].path.text.clone()).collect())
            .collect();
        (report, names)
    };
    let all = DuplicateWish::new(deep(&collection));
    let (report, names) = find(DuplicateWish { bits: None, features: None, ..all.clone() });
    assert_eq!((report.compared, report.unread, names.len()), (25, 0, 1));
    assert!(names[0].contains(&"train/elsewhere/copy.png".to_owned()) && names[0].len() == 3, "{names:?}");
    assert_eq!(report.groups[0].reasons, [("content".to_owned(), 0.0)]);
    assert_eq!(report.groups[0].labels.len(), 2, "its own label and elsewhere");
    assert_eq!(report.groups[0].splits, [("test".to_owned(), 1), ("train".to_owned(), 1)]);

    let other =
        |names: &[Vec<String>]| names.iter().any(|group| group.contains(&"train/elsewhere/other.bmp".to_owned()));
    let (_, names) = find(DuplicateWish { by_content: false, features: None, ..all.clone() });
    assert!(other(&names), "the same look: {names:?}");
    let (_, names) = find(DuplicateWish { by_content: false, bits: None, features: Some((deep(&collection), 1e-4)) });
    assert!(other(&names), "the same features: {names:?}");

    let (report, _) = find(all);
    let table = format!("{}.lance", report.table());
    assert!(workspace.join(&table).is_dir(), "{table} is kept");
}

#[test]
fn every_image_is_scored_and_a_stranger_stands_out() {
    let (dir, folder, workspace) = sample(66);
    // Noise among painted textures.
    let noise = image::RgbImage::from_fn(96, 96, |x, y| {
        let hash = (x * 7919 + y * 104_729).wrapping_mul(2_654_435_761);
        image::Rgb([hash as u8, (hash >> 8) as u8, (hash >> 16) as u8])
    });
    noise.save(folder.join("stranger.png")).unwrap();
    let mut listener = Listener::start(options(dir.path()));
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    let collection = listener.until("the collection", |event| match event {
        Event::Opened(collection) => Some(collection.clone()),
        _ => None,
    });
    listener.until_extracted();
    let stranger = listener.id("stranger.png");
    listener.engine.send(Request::Analyse(AnalysisWish::Outliers(OutlierWish { source: deep(&collection), k: 5 })));
    let report = listener.until("outliers", |event| match event {
        Event::Outliers(report) => Some(report.clone()),
        Event::Problem(problem) => panic!("{problem}"),
        _ => None,
    });
    listener.until("the end", |event| matches!(event, Event::AnalysisEnded { .. }).then_some(()));
    assert_eq!(report.ids.len(), 67);
    for by in OutlierScore::ALL {
        let first = report.first(by, 67);
        assert_eq!(first.len(), 67);
        assert!(first.is_sorted_by(|a, b| a.1 >= b.1), "{by:?}");
        assert_eq!(report.scores(by).len(), 67);
    }
    let place = report.first(OutlierScore::Distance, 67).iter().position(|(id, _)| *id == stranger);
    assert!(place.is_some_and(|place| place < 7), "{place:?}");
    assert_eq!(listener.problems, []);
    assert!(workspace.join(format!("{}.lance", report.table())).is_dir());
}
