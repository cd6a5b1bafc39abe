//! Labels and boxes that are imported, through the engine's front door.

use std::path::Path;
use std::sync::Arc;

use tiramisu::domain::ImageRecord;
use tiramisu::engine::{Asked, Event, ImportReport, ImportWish, Problem, Request};

use super::extracted;
use crate::support::listener::Listener;

/// A file of COCO with a box in each of some images, and in one that is not there.
fn annotations(images: &[ImageRecord], file: &Path) {
    let mut pictures: Vec<_> = images
        .iter()
        .zip(1..)
        .map(|(image, id)| serde_json::json!({ "id": id, "file_name": image.path.text, "width": image.width, "height": image.height }))
        .collect();
    pictures.push(serde_json::json!({ "id": 99, "file_name": "nowhere.png" }));
    let boxes: Vec<_> = (1..=images.len())
        .map(|id| serde_json::json!({ "id": id, "image_id": id, "category_id": 1 + id % 2, "bbox": [1, 2, 10, 12] }))
        .collect();
    let categories = serde_json::json!([{ "id": 1, "name": "door" }, { "id": 2, "name": "wheel" }]);
    let document = serde_json::json!({ "images": pictures, "annotations": boxes, "categories": categories });
    std::fs::write(file, document.to_string()).expect("writable");
}

/// What importing would do.
fn planned(listener: &mut Listener, wish: &ImportWish) -> Result<Arc<ImportReport>, Problem> {
    listener.engine.send(Request::PlanImport(wish.clone()));
    listener.until("what it would do", |event| match event {
        Event::ImportPlanned(report) => Some(Ok(report.clone())),
        Event::Problem { of: Asked::Import, problem } => Some(Err(problem.clone())),
        Event::Imported(_) => panic!("nobody said so"),
        _ => None,
    })
}

fn boxes(listener: &mut Listener) -> usize {
    listener.engine.send(Request::TellBoxes);
    listener.until("the boxes", |event| match event {
        Event::Boxes(boxes) => Some(boxes.len()),
        _ => None,
    })
}

#[test]
fn what_an_import_would_do_is_told_without_doing_it_and_is_what_it_does() {
    let (dir, _workspace, mut listener, _collection) = extracted(12);
    let file = dir.path().join("instances_train.json");
    annotations(&listener.images[..6], &file);
    let wish = ImportWish { path: file, ..ImportWish::default() };
    let report = planned(&mut listener, &wish).expect("it is COCO");
    assert_eq!((report.pictures, report.matched, report.boxes.boxes), (7, 6, 6));
    assert_eq!(report.box_labels, [("door".to_owned(), 3), ("wheel".to_owned(), 3)]);
    assert_eq!(report.splits, [("train".to_owned(), 6)], "the file's name says it");
    assert_eq!(report.unmatched.count, 1);
    assert_eq!(boxes(&mut listener), 0, "nothing is written");

    listener.engine.send(Request::Import(wish));
    let progress = listener.until("the start", |event| match event {
        Event::ImportStarted(progress) => Some(progress.clone()),
        _ => None,
    });
    let imported = listener.until("the import", |event| match event {
        Event::Imported(report) => Some(report.clone()),
        _ => None,
    });
    assert_eq!(imported, report);
    assert!(progress.has_ended() && (progress.done(), progress.total()) == (6, 6));
    assert_eq!(boxes(&mut listener), 6);
    listener.engine.send(Request::CountBoxes);
    let counts = listener.until("the counts", |event| match event {
        Event::BoxCounts(counts) => Some(counts.clone()),
        _ => None,
    });
    assert_eq!(counts.labels.len(), 2, "they can be cut out at once");
    assert_eq!(listener.problems, []);
}

#[test]
fn what_is_no_data_set_is_refused_with_a_reason_and_what_to_do() {
    let (dir, _workspace, mut listener, _collection) = extracted(2);
    let file = dir.path().join("notes.bin");
    std::fs::write(&file, [0, 1, 2]).expect("writable");
    let problem = planned(&mut listener, &ImportWish { path: file, ..ImportWish::default() }).expect_err("it is none");
    assert!(problem.why.starts_with("it holds neither text nor Parquet nor a tar archive"), "{problem}");
    assert!(problem.remedy.contains("--format"), "{problem}");
}
