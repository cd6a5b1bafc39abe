//! Copies of what was done by hand, each of another day.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tiramisu::domain::{Handwork, ImageId};
use tiramisu::store::Workspace;

use super::{Place, files, image, images};

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
    assert!(workspace.tags().unwrap().images.is_empty(), "they are lost");
    workspace.keep_copy_of_handwork().unwrap();
    assert_eq!(copies(&place), whole, "no copy of nothing takes the place of one of something");
    let taken = workspace.take_handwork(&whole[0]).unwrap();
    assert_eq!((taken.tags_added, taken.tags_waiting), (18, 0));
    assert_eq!(workspace.tags().unwrap().images, expected.images);
}
