//! Labels that a person gave, told apart from those that were imported, on real tables.

use std::fs;

use tiramisu::domain::{
    Handwork, ImageId, ImagePath, ImageRecord, ImageSet, ImportedName, LABEL_TAG_PREFIX, LabelOrigin, SaidLabel,
};
use tiramisu::store::{NewLabel, Workspace};

use super::{Place, image, images, path};

fn by_hand(image: u32, label: &str) -> NewLabel {
    NewLabel { image: ImageId(image), label: Some(SaidLabel::by_hand(label)), split: None }
}

fn imported(image: u32, label: &str) -> NewLabel {
    let (name, origin) = (ImportedName::One(label.to_owned()), LabelOrigin::Import("all.csv".into()));
    NewLabel { image: ImageId(image), label: Some(SaidLabel { name, origin }), split: Some("train".to_owned()) }
}

fn known(id: ImageId) -> Option<ImageRecord> {
    Some(image(id.0).record)
}

/// A label, and whether a person gave it.
fn label(workspace: &Workspace, image: u32) -> Option<(String, bool)> {
    let labels = workspace.imported_labels().unwrap();
    let found = labels.images.get(&ImageId(image))?;
    match &found.label {
        ImportedName::One(label) => Some((label.clone(), found.is_by_hand())),
        ImportedName::OfFolder | ImportedName::Several(_) => None,
    }
}

fn theirs(label: &str) -> Option<(String, bool)> {
    Some((label.to_owned(), false))
}

fn mine(label: &str) -> Option<(String, bool)> {
    Some((label.to_owned(), true))
}

/// Bytes of the rows that all versions of the labels have.
fn bytes_of_rows(place: &Place) -> u64 {
    let files = fs::read_dir(place.root().join("labels.lance/data")).unwrap();
    files.map(|file| file.unwrap().metadata().unwrap().len()).sum()
}

#[test]
fn a_label_given_to_one_picture_writes_its_row_alone_however_many_were_imported() {
    const IMAGES: u32 = 4_000;
    let place = Place::new();
    let mut workspace = place.open();
    workspace.append_images(images(0..IMAGES)).unwrap();
    let recorder = workspace.recorder().unwrap();
    // No two alike, so that they take their room.
    let all: Vec<NewLabel> = (0..IMAGES).map(|id| imported(id, &format!("label of {id}"))).collect();
    recorder.keep_labels(&all, known).unwrap();
    let of_all = bytes_of_rows(&place);
    recorder.keep_labels(&[by_hand(7, "mended")], known).unwrap();
    let of_one = bytes_of_rows(&place) - of_all;
    assert!(0 < of_one && of_one < of_all / 8, "{of_one} bytes for one of {of_all}");
    assert_eq!((label(&workspace, 7), label(&workspace, 8)), (mine("mended"), theirs("label of 8")));

    // So many that small fragments are put together on the way.
    for id in 0..90 {
        recorder.keep_labels(&[by_hand(id * 40, &format!("by hand {id}"))], known).unwrap();
    }
    let labels = workspace.imported_labels().unwrap();
    assert_eq!(labels.images.len(), IMAGES as usize, "one row an image");
    for id in 0..IMAGES {
        let wanted = match id {
            7 => mine("mended"),
            id if id % 40 == 0 && id < 90 * 40 => mine(&format!("by hand {}", id / 40)),
            id => theirs(&format!("label of {id}")),
        };
        let found = &labels.images[&ImageId(id)];
        let name = ImportedName::One(wanted.clone().unwrap().0);
        assert_eq!((&found.label, found.is_by_hand()), (&name, wanted.unwrap().1), "image {id}");
        assert_eq!(found.split.as_deref(), Some("train"), "what was imported besides stays");
    }
    assert_eq!(
        labels.images[&ImageId(8)].origin,
        LabelOrigin::Import("all.csv".into()),
        "it is known where it came from"
    );
}

#[test]
fn a_table_that_does_not_say_who_gave_its_labels_is_one_of_imports_and_says_so_once_it_is_written() {
    let place = Place::new();
    let mut workspace = place.open();
    workspace.append_images(images(0..6)).unwrap();
    let recorder = workspace.recorder().unwrap();
    recorder.keep_labels(&(0..6).map(|id| imported(id, "cat")).collect::<Vec<_>>(), known).unwrap();
    recorder.keep_labels(&[by_hand(1, "dog")], known).unwrap();
    // As earlier versions wrote it.
    let table = place.root().join("labels.lance");
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let mut dataset = lance::Dataset::open(table.to_str().unwrap()).await.unwrap();
        dataset.drop_columns(&["origin"]).await.unwrap();
    });
    assert_eq!((label(&workspace, 0), label(&workspace, 1)), (theirs("cat"), theirs("dog")));
    assert!(workspace.handwork().unwrap().labels.is_empty(), "nobody knows of any");
    recorder.keep_labels(&[by_hand(2, "owl")], known).unwrap();
    assert_eq!((label(&workspace, 1), label(&workspace, 2)), (theirs("dog"), mine("owl")));
    assert_eq!(workspace.handwork().unwrap().labels["owl"], [path(2)]);
    assert_eq!(recorder.forget_labels(false).unwrap(), 1, "what was given by hand is kept");
    assert_eq!((label(&workspace, 1), label(&workspace, 2)), (None, mine("owl")));
    assert!(workspace.imported_labels().unwrap().split_of(ImageId(2)).is_none(), "its split was imported");
    assert_eq!(recorder.forget_labels(true).unwrap(), 0);
    assert!(workspace.imported_labels().unwrap().images.is_empty());
}

#[test]
fn a_label_that_waits_for_its_picture_is_not_taken_by_who_has_its_id_now() {
    let place = Place::new();
    let mut workspace = place.open();
    workspace.append_images(images(0..3)).unwrap();
    let recorder = workspace.recorder().unwrap();
    let elsewhere = |id: ImageId| {
        let path = ImagePath { text: "elsewhere.jpg".to_owned(), raw: None };
        Some(ImageRecord { path, ..image(id.0).record })
    };
    recorder.keep_labels(&[by_hand(4, "mine")], elsewhere).unwrap();
    // Others than that one came first.
    workspace.append_images(images(3..6)).unwrap();
    assert_eq!(label(&workspace, 4), None, "it is another picture");
    recorder.keep_labels(&[by_hand(4, "other")], known).unwrap();
    assert_eq!(label(&workspace, 4), mine("other"));
    let labels = workspace.handwork().unwrap().labels;
    assert_eq!((&labels["mine"], &labels["other"]), (&vec!["elsewhere.jpg".to_owned()], &vec![path(4)]));
}

#[test]
fn labels_given_by_hand_are_in_the_copy_of_the_handwork_and_come_back_from_it() {
    let place = Place::new();
    let mut workspace = place.open();
    workspace.append_images(images(0..6)).unwrap();
    let recorder = workspace.recorder().unwrap();
    recorder.keep_labels(&(0..6).map(|id| imported(id, "cat")).collect::<Vec<_>>(), known).unwrap();
    workspace.keep_copy_of_handwork().unwrap();
    assert!(!place.root().join(".handwork").exists(), "an import can be done again");
    recorder.keep_labels(&[by_hand(1, "dog"), by_hand(3, "dog"), by_hand(4, "owl")], known).unwrap();
    workspace.keep_copy_of_handwork().unwrap();
    let copy = fs::read(place.root().join(".handwork/1.json")).unwrap();
    let copy: Handwork = serde_json::from_slice(&copy).unwrap();
    assert_eq!((copy.format, copy.labels["dog"].len()), (2, 2), "who does not know of labels refuses it");

    recorder.forget_labels(true).unwrap();
    recorder.keep_labels(&[by_hand(3, "bee"), imported(1, "cat")], known).unwrap();
    let taken = workspace.take_handwork(&copy).unwrap();
    let counts = (taken.labels_added, taken.labels_known, taken.labels_left, taken.labels_waiting);
    assert_eq!(counts, (2, 0, 1, 0), "{taken:?}");
    assert_eq!((label(&workspace, 1), label(&workspace, 4)), (mine("dog"), mine("owl")));
    assert_eq!(label(&workspace, 3), mine("bee"), "what is there stays");
    let again = workspace.take_handwork(&copy).unwrap();
    assert_eq!((again.labels_added, again.labels_known, again.labels_left), (0, 2, 1), "twice is once: {again:?}");
}

#[test]
fn a_label_that_comes_with_handwork_takes_the_place_of_the_tags_of_other_labels() {
    let place = Place::new();
    let mut workspace = place.open();
    workspace.append_images(images(0..5)).unwrap();
    let recorder = workspace.recorder().unwrap();
    // As an import leaves pictures of several labels; the last one has none.
    let several = (0..4).flat_map(|id| ["label:cat", "label:pet"].map(|tag| (ImageId(id), tag.to_owned())));
    let tagged: ImageSet = (0..4).map(ImageId).collect();
    recorder.replace_tags(LABEL_TAG_PREFIX, &tagged, &several.collect::<Vec<_>>(), known).unwrap();
    recorder.add_tag(&[ImageId(1)], "mine", known).unwrap();
    // One was labelled here.
    recorder.keep_labels(&[by_hand(3, "bee")], known).unwrap();
    let of = |images: &[u32]| images.iter().map(|id| path(*id)).collect::<Vec<_>>();
    let handwork = Handwork {
        format: 2,
        tags: [("label:owl".to_owned(), of(&[2, 3])), ("label:wet".to_owned(), of(&[1]))].into(),
        labels: [("dog".to_owned(), of(&[1, 4])), ("owl".to_owned(), of(&[2, 3]))].into(),
        ..Handwork::default()
    };
    for turn in 0..2 {
        let taken = workspace.take_handwork(&handwork).unwrap();
        assert_eq!((taken.labels_added, taken.labels_left), ([3, 0][turn], 1), "{taken:?}");
        let tags = workspace.tags().unwrap();
        let tags_of = |image: u32| -> Vec<&str> {
            tags.iter().filter(|(_, bearers)| bearers.binary_search(&ImageId(image)).is_ok()).map(|it| it.0).collect()
        };
        assert_eq!(tags_of(0), ["label:cat", "label:pet"], "nobody said anything of it");
        assert_eq!(tags_of(1), ["label:dog", "label:wet", "mine"], "what the file names itself stays");
        assert_eq!(tags_of(2), ["label:owl"]);
        let joined = ["label:cat", "label:owl", "label:pet"];
        assert_eq!(tags_of(3), joined, "it keeps the label that it was given here, and with it its tags");
        assert_eq!(tags_of(4), [""; 0], "what had no tag gets none");
    }
}
