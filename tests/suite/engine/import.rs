//! Labels and boxes that are imported, through the engine's front door.

use std::path::Path;
use std::sync::Arc;

use tiramisu::domain::{ClusterMethod, ClusterWish, ImageId, ImageRecord};
use tiramisu::engine::{
    AnalysisAnswer, AnalysisWish, Asked, Event, ImportReport, ImportWish, Look, NetworkFile, Problem, Request,
};

use super::extracted;
use crate::support::listener::{Listener, options};

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
fn the_boxes_in_one_picture_are_told_to_whoever_looks_at_it_the_largest_first() {
    let (dir, _workspace, mut listener, _collection) = extracted(4);
    let of = |listener: &mut Listener, image: ImageId| {
        listener.engine.send(Request::Look(Look::Boxes { image }));
        listener.until("the boxes in it", |event| match event {
            Event::ImageBoxes(boxes) if boxes.image == image => Some(boxes.clone()),
            _ => None,
        })
    };
    let [first, second] = [listener.images[0].clone(), listener.images[1].clone()];
    assert_eq!(of(&mut listener, first.id).count, 0, "nothing was imported");
    let file = dir.path().join("instances.json");
    let annotations = serde_json::json!([
        { "id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 10, 12] },
        { "id": 2, "image_id": 2, "category_id": 1, "bbox": [3, 3, 5, 5] },
        { "id": 3, "image_id": 1, "category_id": 2, "bbox": [4, 0, 30, 20] },
    ]);
    let picture = |id: u32, image: &ImageRecord| serde_json::json!({ "id": id, "file_name": image.path.text });
    let categories = serde_json::json!([{ "id": 1, "name": "door" }, { "id": 2, "name": "wheel" }]);
    let pictures = [picture(1, &first), picture(2, &second)];
    let document = serde_json::json!({ "images": pictures, "annotations": annotations, "categories": categories });
    std::fs::write(&file, document.to_string()).expect("writable");
    listener.engine.send(Request::Import(ImportWish { path: file, ..ImportWish::default() }));
    listener.until("the import", |event| matches!(event, Event::Imported(_)).then_some(()));
    let found = of(&mut listener, first.id);
    let told: Vec<_> =
        found.boxes.iter().map(|it| (it.label.as_deref(), [it.left, it.top, it.width, it.height])).collect();
    assert_eq!(told, [(Some("wheel"), [4.0, 0.0, 30.0, 20.0]), (Some("door"), [1.0, 2.0, 10.0, 12.0])]);
    assert!(found.count == 2 && found.boxes.iter().all(|it| it.image == first.id), "{found:?}");
    assert_eq!(of(&mut listener, second.id).boxes.len(), 1);
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

/// A table that gives two of the first images labels that no folder has.
fn import_two(listener: &mut Listener, file: &Path) {
    let rows = listener.images.iter().zip(["zebra", "yak"]);
    let rows: String = rows.map(|(image, label)| format!("{},{label}\n", image.path.text)).collect();
    std::fs::write(file, format!("path,label\n{rows}")).expect("writable");
    listener.engine.send(Request::Import(ImportWish { path: file.to_owned(), ..ImportWish::default() }));
}

#[test]
fn labels_keep_their_places_and_so_their_colours_when_others_are_imported_and_the_folder_is_opened_again() {
    let (dir, workspace, mut listener, collection) = extracted(24);
    let first = listener.images[0].label.clone().expect("the name of its folder");
    import_two(&mut listener, &dir.path().join("labels.csv"));
    let (mut places, mut last) = (None, None);
    listener.until("the import", |event| {
        match event {
            Event::Images(images) => last = Some(images.label_places().clone()),
            Event::Imported(_) => places = last.take(),
            _ => {}
        }
        places.is_some().then_some(())
    });
    let places = places.expect("images were told with their labels");
    assert_eq!(places.of(&first), Some(0), "who was there first stays so");
    assert!(places.of("zebra") > places.of(&first) && places.of("yak").is_some());
    drop(listener);

    let mut listener = Listener::start(options(dir.path()));
    listener.open(&collection.folder, &workspace, NetworkFile::Analytic, false);
    let again = listener.until("the images", |event| match event {
        Event::Images(images) if images.len() == 24 => Some(images.label_places().clone()),
        _ => None,
    });
    assert_eq!(*again, *places);
}

#[test]
fn clusters_that_are_opened_again_are_described_by_the_labels_of_now() {
    let (dir, _workspace, mut listener, collection) = extracted(24);
    let source = collection.stored.last().expect("a layer is stored").clone();
    let wish = ClusterWish { count: 2, ..ClusterWish::new(ClusterMethod::KMeans, source) };
    listener.engine.send(Request::Analyse(AnalysisWish::Cluster(wish.clone())));
    listener.until("the clusters", |event| matches!(event, Event::AnalysisEnded { .. }).then_some(()));
    import_two(&mut listener, &dir.path().join("labels.csv"));
    listener.until("the import", |event| matches!(event, Event::Imported(_)).then_some(()));
    let labels = |listener: &mut Listener| -> Vec<String> {
        let clusters = listener.until("the clusters", |event| match event {
            Event::Answered(AnalysisAnswer::Clusters(clustering)) => Some(clustering.clone()),
            _ => None,
        });
        let labels = clusters.clusters.iter().flat_map(|cluster| cluster.labels.clone());
        labels.filter(|(_, images)| *images == 1).map(|(label, _)| label).collect()
    };
    listener.engine.send(Request::OpenClustering(wish.name()));
    let found = labels(&mut listener);
    assert!(found.contains(&"zebra".to_owned()) && found.contains(&"yak".to_owned()), "{found:?}");
    // Also where one gets a name, which is read from what is kept.
    listener.engine.send(Request::NameCluster { clustering: wish.name(), cluster: 0, name: Some("odd".into()) });
    assert_eq!(labels(&mut listener), found);
    assert_eq!(listener.problems, []);
}
