//! Labels and boxes that were imported, on real tables.

use tiramisu::domain::{ImageId, ImagePath, ImageSet, ImportedName, LabelOrigin, SaidLabel};
use tiramisu::store::{NewBox, NewLabel};

use super::{Place, files, image, images};

fn label(image: u32, label: &str) -> NewLabel {
    let (name, origin) = (ImportedName::One(label.to_owned()), LabelOrigin::Import("labels.csv".into()));
    NewLabel { image: ImageId(image), label: Some(SaidLabel { name, origin }), split: None }
}

fn marked(image: u32, left: f64) -> NewBox {
    NewBox { image: ImageId(image), frame: [left, 1.0, 2.0, 3.0], label: None, is_crowd: false }
}

#[test]
fn what_is_said_of_an_image_that_nothing_is_known_of_is_refused_and_nothing_is_lost() {
    let place = Place::new();
    let mut workspace = place.open();
    workspace.append_images(images(0..4)).unwrap();
    let recorder = workspace.recorder().unwrap();
    let known = |id: ImageId| (id.0 < 4).then(|| image(id.0).record);
    let all = ImageSet::first(4);
    recorder.replace_boxes(&all, &[marked(1, 5.0), marked(2, 6.0)], known).unwrap();
    recorder.keep_labels(&[label(1, "cat"), label(2, "dog")], known).unwrap();
    let (boxes, labels) = (workspace.boxes().unwrap(), workspace.imported_labels().unwrap());
    assert_eq!((boxes.len(), labels.images.len()), (2, 2));

    let refused = recorder.replace_boxes(&all, &[marked(0, 7.0), marked(9, 8.0)], known).unwrap_err().to_string();
    assert!(refused.contains("nothing is known of image 9"), "{refused}");
    let refused = recorder.keep_labels(&[label(0, "owl"), label(9, "ant")], known).unwrap_err().to_string();
    assert!(refused.contains("nothing is known of image 9"), "{refused}");
    assert_eq!((workspace.boxes().unwrap(), workspace.imported_labels().unwrap()), (boxes, labels));
}

#[test]
fn images_whose_paths_are_the_same_text_have_labels_and_boxes_of_their_own() {
    let place = Place::new();
    let mut workspace = place.open();
    let named = |id: u32| {
        let mut image = image(id);
        image.record.path = ImagePath { text: "caf\u{fffd}.jpg".to_owned(), raw: Some(vec![b'c', 0xe0 + id as u8]) };
        image
    };
    workspace.append_images(vec![named(0), named(1), image(2)]).unwrap();
    let recorder = workspace.recorder().unwrap();
    let known = |id: ImageId| Some(if id.0 < 2 { named(id.0) } else { image(id.0) }.record);
    recorder.keep_labels(&[label(0, "cat"), label(1, "dog"), label(2, "owl")], known).unwrap();
    recorder.keep_labels(&[label(1, "bee")], known).unwrap();
    let boxes = [marked(1, 5.0), marked(0, 6.0), marked(2, 7.0), marked(1, 8.0)];
    recorder.replace_boxes(&ImageSet::first(3), &boxes, known).unwrap();
    let lefts = |id: u32| -> Vec<f64> {
        let boxes = workspace.boxes_in(&known(ImageId(id)).unwrap()).unwrap();
        assert!(boxes.iter().all(|it| it.image == ImageId(id)), "{boxes:?}");
        boxes.iter().map(|it| it.left).collect()
    };
    assert_eq!((lefts(0), lefts(1), lefts(2)), (vec![6.0], vec![5.0, 8.0], vec![7.0]));
    let labels = workspace.imported_labels().unwrap().images;
    let names: Vec<_> = (0..3).map(|id| labels[&ImageId(id)].label.clone()).collect();
    assert_eq!(names, ["cat", "bee", "owl"].map(|name| ImportedName::One(name.to_owned())));
}

#[test]
fn labels_and_boxes_have_a_manifest_before_they_have_data() {
    let place = Place::new();
    let mut workspace = place.open();
    workspace.append_images(images(0..4)).unwrap();
    let recorder = workspace.recorder().unwrap();
    let known = |id: ImageId| Some(image(id.0).record);
    recorder.replace_boxes(&ImageSet::first(4), &[marked(1, 5.0)], known).unwrap();
    recorder.keep_labels(&[label(1, "cat")], known).unwrap();
    // Killed after the first, a process leaves an empty table and some data; before it, no data.
    for table in ["boxes.lance", "labels.lance"] {
        let manifests = files(&place.root().join(table).join("_versions"));
        let count = manifests.iter().filter(|(path, _)| path.extension().is_some_and(|end| end == "manifest")).count();
        assert_eq!(count, 2, "{table}: {manifests:?}");
    }
}
