//! Copies of what was done by hand, each of another day.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tiramisu::domain::{ClassOrigin, Handwork, ImageId};
use tiramisu::store::{FeatureSpec, StoredClasses, Workspace};

use super::{Place, files, image, images, spec};

const COPIES: u32 = 7;

fn copy(place: &Place, number: u32) -> PathBuf {
    place.root().join(format!(".handwork/{number}.json"))
}

fn read(path: &Path) -> Handwork {
    serde_json::from_slice(&fs::read(path).expect("a copy")).expect("a whole document")
}

/// The copies there are, newest first.
fn copies(place: &Place) -> Vec<Handwork> {
    (1..).map(|number| copy(place, number)).take_while(|path| path.exists()).map(|path| read(&path)).collect()
}

/// The newest copy was made longer ago than a day.
fn a_day_passes(place: &Place) {
    let yesterday = SystemTime::now() - Duration::from_hours(25);
    let newest = fs::File::options().append(true).open(copy(place, 1)).expect("a copy");
    newest.set_modified(yesterday).expect("another time");
}

fn tag(workspace: &Workspace, id: u32, tag: &str) {
    let record = |id: ImageId| Some(image(id.0).record);
    workspace.recorder().unwrap().add_tag(&[ImageId(id)], tag, record).unwrap();
}

#[test]
fn handwork_is_copied_once_a_day_and_what_it_was_on_seven_days_can_be_had_back() {
    let place = Place::new();
    let mut workspace = place.open();
    workspace.append_images(images(0..12)).unwrap();
    workspace.keep_copy_of_handwork().unwrap();
    assert!(!place.root().join(".handwork").exists(), "nothing was done by hand");

    let mut days: Vec<BTreeSet<String>> = Vec::new();
    let mut known = BTreeSet::new();
    for day in 0..9 {
        tag(&workspace, day, &format!("day {day}"));
        known.insert(format!("day {day}"));
        days.insert(0, known.clone());
        workspace.keep_copy_of_handwork().unwrap();
        // What is done later that day is in the copy of the next.
        tag(&workspace, 11, &format!("later on day {day}"));
        known.insert(format!("later on day {day}"));
        let before = copies(&place);
        workspace.keep_copy_of_handwork().unwrap();
        assert_eq!(copies(&place), before, "one copy a day");
        a_day_passes(&place);
        let found: Vec<BTreeSet<String>> = before.iter().map(|copy| copy.tags.keys().cloned().collect()).collect();
        assert_eq!(found, days[..days.len().min(COPIES as usize)], "day {day}");
    }
    assert_eq!(files(&place.root().join(".handwork")).len(), COPIES as usize, "and nothing else lies there");

    // On a day on which nothing was done no copy goes.
    workspace.keep_copy_of_handwork().unwrap();
    let whole = copies(&place);
    a_day_passes(&place);
    workspace.keep_copy_of_handwork().unwrap();
    assert_eq!(copies(&place), whole);
    let looked_at = fs::metadata(copy(&place, 1)).and_then(|copy| copy.modified()).unwrap();
    assert!(looked_at.elapsed().is_ok_and(|ago| ago < Duration::from_hours(1)), "it is not compared again today");

    // The tags are lost: the copies stay, and are taken in where pictures of the same paths are.
    let expected = workspace.tags().unwrap();
    drop(workspace);
    for (manifest, _) in files(&place.root().join("tags.lance/_versions")) {
        fs::write(manifest, b"").unwrap();
    }
    a_day_passes(&place);
    let workspace = place.open();
    assert!(workspace.tags().unwrap().is_empty(), "they are lost");
    workspace.keep_copy_of_handwork().unwrap();
    assert_eq!(copies(&place), whole, "no copy of nothing takes the place of one of something");
    let taken = workspace.take_handwork(&whole[0]).unwrap();
    assert_eq!((taken.tags_added, taken.tags_waiting), (18, 0));
    assert_eq!(workspace.tags().unwrap(), expected);
}

#[test]
fn the_copy_gives_each_network_the_classes_that_were_made_beside_its_vectors() {
    let place = Place::new();
    let one = spec(&[("conv1", 4)]);
    let other =
        FeatureSpec { network: "Other Net".to_owned(), fingerprint: "fedcba9876543210".to_owned(), ..one.clone() };
    let mut workspace = place.open();
    workspace.append_images(images(0..12)).unwrap();
    for (spec, names) in [(&one, ["both", "first"]), (&other, ["both", "second"])] {
        workspace.features(spec).unwrap();
        let origins = names.map(|name| ClassOrigin::Where(format!("id < {}", name.len()))).to_vec();
        let classes = StoredClasses {
            made: "{}".to_owned(),
            layers: vec![("conv1".to_owned(), 4)],
            classes: names.map(str::to_owned).to_vec(),
            images: vec![4, 5],
            origins,
            values: vec![0.5; 8],
        };
        workspace.recorder().unwrap().save_classes(&spec.table_name(), &classes).unwrap();
    }
    workspace.keep_copy_of_handwork().unwrap();
    assert_eq!(workspace.handwork_of_copy().unwrap(), []);
    drop(workspace);
    let versions = place.root().join(format!("classes_{}.lance/_versions", one.table_name()));
    for (manifest, _) in files(&versions) {
        fs::write(manifest, b"").unwrap();
    }

    let names = |workspace: &Workspace, spec: &FeatureSpec| -> (Vec<String>, bool) {
        let own = workspace.own_classes_of(&spec.table_name()).unwrap();
        (own.classes.into_iter().map(|class| class.name).collect(), own.are_of_copy)
    };
    let check = |workspace: &Workspace| {
        assert_eq!(names(workspace, &one), (vec!["both".to_owned(), "first".to_owned()], true));
        assert_eq!(names(workspace, &other), (vec!["both".to_owned(), "second".to_owned()], false));
        assert_eq!(workspace.handwork_of_copy().unwrap(), [(one.table_name(), 2)]);
        assert_eq!(workspace.handwork().unwrap().classes.len(), 3, "each once");
    };
    check(&Workspace::open(&place.root()).unwrap());
    // The copy of the next day knows as much, though it is made of the one before.
    let workspace = place.open();
    a_day_passes(&place);
    tag(&workspace, 3, "so that it is another");
    workspace.keep_copy_of_handwork().unwrap();
    check(&workspace);
    // One of an earlier program does not say which are whose: all are had back.
    let mut written: serde_json::Value = serde_json::from_slice(&fs::read(copy(&place, 1)).unwrap()).unwrap();
    written.as_object_mut().unwrap().remove("classes_beside").expect("it is said");
    fs::write(copy(&place, 1), written.to_string()).unwrap();
    assert_eq!(names(&workspace, &one).0.len(), 3);
}
