//! Words that a person gives to images, on a real table.

use super::{Place, image, images};
use tiramisu::domain::{ImageId, ImageSet};
use tiramisu::store::Workspace;

fn ids(numbers: &[u32]) -> Vec<ImageId> {
    numbers.iter().copied().map(ImageId).collect()
}

#[test]
fn tags_are_kept_with_the_paths_of_their_images_and_taken_away_again() {
    let place = Place::new();
    let mut workspace = place.open();
    workspace.append_images(images(0..12)).unwrap();
    assert!(workspace.tags().unwrap().is_empty(), "there is no table yet");
    let recorder = workspace.recorder().unwrap();
    let record = |id: ImageId| Some(image(id.0).record);
    assert_eq!(recorder.add_tag(&ids(&[7, 3, 3, 9]), "it's; drop", record).unwrap(), ids(&[3, 7, 9]));
    assert_eq!(recorder.add_tag(&ids(&[9, 1]), "it's; drop", record).unwrap(), ids(&[1]), "only what is new changes");
    assert_eq!(recorder.add_tag(&ids(&[9]), "übrig ☕", record).unwrap(), ids(&[9]));

    let known = workspace.reader().tags().unwrap();
    assert_eq!(known.iter().map(|(tag, _)| tag).collect::<Vec<_>>(), ["it's; drop", "übrig ☕"]);
    assert_eq!(known.bearers("it's; drop"), ids(&[1, 3, 7, 9]));
    assert_eq!(known.of(ImageId(9)).collect::<Vec<_>>(), ["it's; drop", "übrig ☕"]);

    assert_eq!(recorder.remove_tag(&ids(&[9, 2, 3]), "it's; drop").unwrap(), ids(&[3, 9]));
    assert_eq!(recorder.remove_tag(&ids(&[9]), "' or '1'='1").unwrap(), ids(&[]), "no such tag, no such trick");
    let known = workspace.tags().unwrap();
    assert_eq!((known.bearers("it's; drop"), known.bearers("übrig ☕")), (&ids(&[1, 7])[..], &ids(&[9])[..]));

    assert_eq!(recorder.remove_tag(&ids(&[0, 1, 7]), "it's; drop").unwrap(), ids(&[1, 7]), "all that bore it");
    drop((recorder, workspace));
    let again = Workspace::open(&place.root()).unwrap().tags().unwrap();
    assert_eq!(again.iter().map(|(tag, _)| tag).collect::<Vec<_>>(), ["übrig ☕"]);
}

#[test]
fn many_small_changes_of_tags_stay_readable_after_fragments_are_put_together() {
    let place = Place::new();
    let mut workspace = place.open();
    workspace.append_images(images(0..100)).unwrap();
    let recorder = workspace.recorder().unwrap();
    for id in 0..80 {
        recorder.add_tag(&ids(&[id]), if id % 2 == 0 { "even" } else { "odd" }, |_| None).unwrap();
    }
    recorder.remove_tag(&ids(&[0, 2, 4]), "even").unwrap();
    let known = workspace.tags().unwrap();
    assert_eq!(known.bearers("even"), (6..80).step_by(2).map(ImageId).collect::<Vec<_>>());
    assert_eq!(known.bearers("odd").len(), 40);
}

#[test]
fn tags_that_take_the_place_of_others_are_one_version() {
    let place = Place::new();
    let mut workspace = place.open();
    workspace.append_images(images(0..12)).unwrap();
    let recorder = workspace.recorder().unwrap();
    let record = |id: ImageId| Some(image(id.0).record);
    let versions = || {
        let histories = Workspace::open(&place.root()).unwrap().histories().unwrap();
        histories.iter().find(|history| history.table == "tags").map_or(0, |history| history.versions.len())
    };
    let pairs = |pairs: &[(u32, &str)]| -> Vec<(ImageId, String)> {
        pairs.iter().map(|(id, tag)| (ImageId(*id), (*tag).to_owned())).collect()
    };
    recorder.add_tag(&ids(&[1, 2]), "mine", record).unwrap();
    let all = ImageSet::first(12);
    let first = pairs(&[(0, "label:cat"), (1, "label:dog"), (1, "label:cat"), (2, "label:owl"), (9, "label:ant")]);
    recorder.replace_tags("label:", &all, &first, record).unwrap();
    let before = versions();

    // Three tags lose images, two are new, and what is said of images that are not named stays.
    let some = ImageSet::first(6);
    let second = pairs(&[(0, "label:cat"), (1, "label:bee"), (3, "label:elk")]);
    recorder.replace_tags("label:", &some, &second, record).unwrap();
    assert_eq!(versions(), before + 1, "one version has all of it");
    let known = workspace.tags().unwrap();
    let expected =
        [("label:ant", &[9][..]), ("label:bee", &[1]), ("label:cat", &[0]), ("label:elk", &[3]), ("mine", &[1, 2])];
    assert_eq!(known.iter().map(|(tag, _)| tag).collect::<Vec<_>>(), expected.map(|(tag, _)| tag));
    for (tag, bearers) in expected {
        assert_eq!(known.bearers(tag), ids(bearers), "{tag}");
    }
    recorder.replace_tags("label:", &some, &second, record).unwrap();
    assert_eq!(versions(), before + 1, "nothing is written where nothing changes");
    recorder.replace_tags("label:", &all, &[], record).unwrap();
    assert_eq!(workspace.tags().unwrap().iter().map(|(tag, _)| tag).collect::<Vec<_>>(), ["mine"]);
    assert_eq!(versions(), before + 2);
}

#[test]
fn a_tag_is_taken_from_very_many_images_in_one_version() {
    const IMAGES: u32 = 17_000;
    let place = Place::new();
    let mut workspace = place.open();
    workspace.append_images(images(0..IMAGES)).unwrap();
    let recorder = workspace.recorder().unwrap();
    let record = |id: ImageId| Some(image(id.0).record);
    let all: Vec<ImageId> = (0..IMAGES).map(ImageId).collect();
    recorder.add_tag(&all, "many", record).unwrap();
    recorder.add_tag(&ids(&[5]), "other", record).unwrap();
    let versions = || {
        let histories = Workspace::open(&place.root()).unwrap().histories().unwrap();
        histories.iter().find(|history| history.table == "tags").map_or(0, |history| history.versions.len())
    };
    let before = versions();
    assert_eq!(recorder.remove_tag(&all[..16_500], "many").unwrap(), all[..16_500]);
    assert_eq!(versions(), before + 1);
    let known = workspace.tags().unwrap();
    assert_eq!((known.bearers("many"), known.bearers("other")), (&all[16_500..], &ids(&[5])[..]));
}
