//! Boxes that are counted, cut out by their labels, and opened as a collection of their own.

use std::fs;
use std::path::Path;

use serde_json::json;
use tiramisu::domain::{AnnotationFormat, ColumnNames, Pooling};
use tiramisu::engine::{
    AnalysisAnswer, AnalysisWish, CutOutWish, Event, ImportParts, ImportWish, NetworkFile, OpenWish, Request,
    WhichBoxes,
};

use super::sample;
use crate::support::listener::{Listener, options};

const LAYER: &str = "textures/relu";

/// Two boxes of wheels, one of a door, one without a name, and the first once more.
fn import(listener: &mut Listener, file: &Path) {
    let boxes = [(0, Some(1)), (1, Some(1)), (1, Some(2)), (2, None), (0, Some(1))];
    let annotations = boxes.iter().enumerate().map(|(place, (image, category))| {
        let mut mark = json!({ "id": place + 1, "image_id": image, "bbox": [4, 4, 30, 40] });
        if let Some(category) = category {
            mark["category_id"] = json!(category);
        }
        mark
    });
    let images = listener.images.iter().enumerate().map(|(place, image)| {
        json!({ "id": place, "file_name": image.path.text, "width": image.width, "height": image.height })
    });
    let set = json!({
        "images": images.collect::<Vec<_>>(),
        "categories": [{ "id": 1, "name": "wheel" }, { "id": 2, "name": "door" }],
        "annotations": annotations.collect::<Vec<_>>(),
    });
    fs::write(file, set.to_string()).expect("a file");
    listener.engine.send(Request::Import(ImportWish {
        path: file.to_owned(),
        format: Some(AnnotationFormat::Coco),
        split: None,
        columns: ColumnNames::default(),
        over_hand: false,
        parts: ImportParts::All,
    }));
    listener.until("the import", |event| matches!(event, Event::Imported(_)).then_some(()));
}

#[test]
fn boxes_are_counted_cut_out_by_label_and_opened_by_the_vectors_they_got() {
    let (dir, folder, workspace) = sample(12);
    let mut listener = Listener::start(options(dir.path()));
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    assert!(!listener.until_extracted(), "nobody cancelled");
    let counted = |listener: &mut Listener| {
        listener.engine.send(Request::CountBoxes);
        listener.until("the counts", |event| match event {
            Event::BoxCounts(counts) => Some(counts.clone()),
            _ => None,
        })
    };
    let none = counted(&mut listener);
    assert!(none.labels.is_empty() && none.left_out.count == 0, "{none:?}");

    import(&mut listener, &dir.path().join("instances.json"));
    let counts = counted(&mut listener);
    let labels: Vec<(Option<&str>, usize)> =
        counts.labels.iter().map(|(label, boxes)| (label.as_deref(), *boxes)).collect();
    assert_eq!(labels, [(None, 1), (Some("door"), 1), (Some("wheel"), 2)]);
    assert_eq!(counts.left_out.count, 1, "one is there twice: {counts:?}");

    let target = dir.path().join("cut");
    let wish = CutOutWish {
        boxes: WhichBoxes::Labelled([Some("wheel".to_owned())].into()),
        layers: vec![LAYER.to_owned()],
        pooling: Pooling::Average,
        folder: target.clone(),
        workspace: None,
        name: None,
    };
    listener.engine.send(Request::Analyse(AnalysisWish::CutOut(wish.clone())));
    let report = listener.until("the pictures", |event| match event {
        Event::Answered(AnalysisAnswer::CutOut(report)) => Some(report.clone()),
        _ => None,
    });
    assert_eq!((report.boxes, report.already, report.left_out.count), (2, 0, 1), "{report:?}");
    assert_eq!(fs::read_dir(target.join("wheel")).expect("a folder").count(), 2);
    assert!(!target.join("door").exists(), "nobody asked for doors");
    assert!(report.workspace.starts_with(dir.path()), "it lies among this program's own data: {report:?}");

    let nothing = WhichBoxes::Labelled([Some("window".to_owned())].into());
    listener.engine.send(Request::Analyse(AnalysisWish::CutOut(CutOutWish { boxes: nothing, ..wish })));
    assert!(listener.until_problem().why.contains("no such boxes"));

    // As the window opens it.
    let network = NetworkFile::Vectors(report.network.clone());
    listener.engine.send(Request::Open(OpenWish {
        folder: target,
        workspace: None,
        network,
        layers: None,
        extract: true,
    }));
    let opened = listener.until_opened();
    assert_eq!((opened.workspace.clone(), opened.workspace_is_usual), (report.workspace.clone(), true));
    assert!(!opened.stored.is_empty() && opened.stored.iter().all(|stored| stored.layer == LAYER), "{opened:?}");
    let images = listener.until("its pictures", |event| match event {
        Event::Images(images) if images.len() == 2 => Some(images.clone()),
        _ => None,
    });
    assert!(images.iter().all(|image| image.label == Some("wheel")), "{images:?}");
}
