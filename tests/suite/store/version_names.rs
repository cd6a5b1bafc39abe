//! Names of versions of which the disk has less than was written, or nothing.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use tiramisu::domain::{ImageId, LostName, Preference, VersionName};
use tiramisu::store::{StoreError, Workspace};

use super::{Place, assert_holds, files, images, rows, spec};
use crate::support::skipped;
use crate::support::small_disk::SmallDisk;

fn called(name: &str) -> VersionName {
    VersionName::Name(name.to_owned())
}

/// Where a table's names lie.
fn names(place: &Place, table: &str) -> PathBuf {
    place.root().join(format!("{table}.lance/_refs/tags"))
}

/// What can be left of a name, of what it was when it was whole.
const LEFT: [fn(&str) -> String; 3] =
    [|_| String::new(), |whole| whole[..whole.len() / 2].to_owned(), |whole| "\0".repeat(whole.len())];

fn tear(path: &Path, left: fn(&str) -> String) {
    let whole = fs::read_to_string(path).unwrap();
    fs::write(path, left(&whole)).unwrap();
}

/// Names of every version of a table, in their order.
fn names_of(workspace: &Workspace, table: &str) -> Vec<Vec<String>> {
    let histories = workspace.histories().unwrap();
    let history = histories.into_iter().find(|history| history.table == table).expect("it is listed");
    history.versions.into_iter().map(|version| version.tags).collect()
}

/// The names that cannot be read any more, with their tables.
fn lost_names_of(workspace: &Workspace) -> Vec<(String, LostName)> {
    let histories = workspace.histories().unwrap().into_iter();
    histories.flat_map(|of| of.lost_names.into_iter().map(move |lost| (of.table.clone(), lost))).collect()
}

/// A workspace of three states, of which the first and the second have names.
fn with_two_names(place: &Place) -> String {
    let spec = spec(&[("conv1", 4)]);
    let mut workspace = place.open();
    for (from, name) in [(0, Some("first")), (5, Some("second")), (10, None)] {
        workspace.append_images(images(from..from + 5)).unwrap();
        workspace.features(&spec).unwrap().append(rows(&spec.columns, from + 1..from + 5)).unwrap();
        if let Some(name) = name {
            workspace.tag(name, None, &VersionName::Latest).unwrap();
        }
    }
    spec.table_name()
}

#[test]
fn a_name_that_is_not_whole_is_set_aside_when_the_workspace_is_opened_and_what_others_name_stays() {
    for left in LEFT {
        let place = Place::new();
        // Whose parts of a second are dropped.
        let begun = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64 - 3;
        let vectors = with_two_names(&place);
        for table in ["images", vectors.as_str()] {
            tear(&names(&place, table).join("first.json"), left);
        }
        let before = files(&place.root());
        let reader = Workspace::open(&place.root()).unwrap();
        let remarks = reader.remarks();
        assert!(remarks.iter().all(|it| it.contains("the name first") && it.contains("is ignored")), "{remarks:?}");
        assert_eq!(remarks.len(), 2, "{remarks:?}");
        assert_eq!(names_of(&reader, "images").concat(), ["second"]);
        let listed = lost_names_of(&reader);
        let expected = ["images", vectors.as_str()].map(|table| (table.to_owned(), "first".to_owned()));
        assert!(listed.iter().map(|(table, lost)| (table.clone(), lost.name.clone())).eq(expected), "{listed:?}");
        assert!(listed.iter().all(|(_, lost)| lost.given_unix_secs >= begun), "since when: {listed:?}");
        assert_eq!(files(&place.root()), before, "who only reads changes nothing");
        drop(reader);

        let mut workspace = place.open();
        let remarks = workspace.remarks();
        assert!(remarks.len() == 2 && remarks[0].contains("was set aside"), "{remarks:?}");
        assert!(names(&place, "images").join("first.json.torn").is_file(), "nothing is deleted");
        assert_eq!(lost_names_of(&workspace), listed);
        let before = files(&place.root().join("images.lance"));
        let refused = workspace.delete_old_versions(1).unwrap_err().to_string();
        assert!(refused.contains("called first is not known") && refused.contains("forget-name first"), "{refused}");
        assert_eq!(files(&place.root().join("images.lance")), before, "what it named is there");
        workspace.tag("first", Some("images"), &VersionName::Latest).unwrap();
        assert!(workspace.delete_old_versions(1).is_err(), "of the vectors it is still not known");
        assert_eq!(workspace.forget_name("first", Some(&vectors)).unwrap(), [vectors.as_str()]);
        assert!(!names(&place, &vectors).join("first.json.torn").exists());
        workspace.delete_old_versions(1).unwrap();
        assert_eq!(names_of(&workspace, "images"), [["second"], ["first"]]);
        workspace.restore(None, &called("second")).unwrap();
        assert_eq!(workspace.image_count(), 10, "what has a name is there");
        let spec = spec(&[("conv1", 4)]);
        assert_holds(&workspace.features(&spec).unwrap(), &spec.columns, &[1, 2, 3, 4, 6, 7, 8, 9]);
        drop(workspace);
        assert_eq!(place.open().remarks(), Vec::<String>::new(), "it is said once");
    }
}

#[test]
fn a_lost_name_is_forgotten_where_it_is_lost_and_stays_where_a_version_has_it() {
    let place = Place::new();
    let vectors = with_two_names(&place);
    tear(&names(&place, &vectors).join("first.json"), LEFT[1]);
    let mut workspace = place.open();
    assert!(workspace.delete_old_versions(1).is_err());
    assert_eq!(workspace.forget_lost_name("first").unwrap(), [vectors.as_str()]);
    assert_eq!(lost_names_of(&workspace), []);
    assert_eq!(names_of(&workspace, "images").concat(), ["first", "second"]);
    let nothing = workspace.forget_lost_name("first").unwrap_err();
    assert!(matches!(nothing, StoreError::NoSuchVersion { .. }), "it is no lost one any more: {nothing}");
    workspace.delete_old_versions(1).unwrap();
}

#[test]
fn every_verb_does_its_work_beside_a_name_that_cannot_be_read() {
    for left in LEFT {
        let place = Place::new();
        let vectors = with_two_names(&place);
        let mut workspace = place.open();
        workspace.prefer(Some(Preference::LittleSpace)).unwrap();
        let again = || {
            let path = names(&place, "images").join("broken.json");
            fs::write(path, left(&fs::read_to_string(names(&place, "images").join("second.json")).unwrap())).unwrap();
        };
        again();
        assert_eq!(names_of(&workspace, "images").concat(), ["first", "second"]);
        let compared = workspace.compare("images", &called("first"), &called("second")).unwrap();
        assert_eq!((compared.rows_added, compared.rows_removed), (5, 0));
        let lost = workspace.compare("images", &called("broken"), &VersionName::Latest).unwrap_err();
        assert!(matches!(lost, StoreError::NoSuchVersion { .. }), "{lost}");
        workspace.tag("third", None, &VersionName::Latest).unwrap();
        assert_eq!(workspace.forget_name("third", Some("images")).unwrap(), ["images"]);
        let done = workspace.restore(None, &called("first")).unwrap();
        assert!(done.iter().any(|table| table.table == vectors), "{done:?}");
        assert_eq!(workspace.image_count(), 5);
        let refused = workspace.maintain(true, &mut |_, _| true).unwrap_err().to_string();
        assert!(refused.contains("called broken is not known"), "all else is done: {refused}");
        again();
        assert!(workspace.delete_old_versions(1).is_err());
        assert_eq!(workspace.forget_name("broken", None).unwrap(), ["images"]);
        let left = files(&names(&place, "images"));
        assert!(!format!("{left:?}").contains("broken"), "{left:?}");
        workspace.delete_old_versions(1).unwrap();
        let named = names_of(&workspace, "images").concat();
        assert_eq!(named, ["first", "second"], "what other names keep is kept");
        workspace.restore(None, &called("second")).unwrap();
        assert_eq!(workspace.image_count(), 10);
    }
}

#[cfg(unix)]
#[test]
fn a_name_is_a_file_and_nothing_else_is_read_or_written_in_its_place() {
    let [place, other] = [Place::new(), Place::new()];
    for place in [&place, &other] {
        with_two_names(place);
    }
    let before = files(&other.root());
    let own = names(&place, "images");
    fs::remove_dir_all(&own).unwrap();
    std::os::unix::fs::symlink(names(&other, "images"), &own).unwrap();
    // Whatever becomes of the workspace with the link, the other one stays as it is.
    if let Ok(mut workspace) = Workspace::open_to_write(&place.root()) {
        workspace.tag("third", Some("images"), &VersionName::Latest).ok();
        workspace.forget_name("first", Some("images")).ok();
        workspace.delete_old_versions(1).ok();
    }
    assert_eq!(files(&other.root()), before);
}

#[test]
fn old_versions_stay_where_a_branch_of_another_program_cannot_be_read() {
    let place = Place::new();
    with_two_names(&place);
    let branches = place.root().join("images.lance/_refs/branches");
    fs::create_dir_all(&branches).unwrap();
    fs::write(branches.join("theirs.json"), "").unwrap();
    let mut workspace = place.open();
    let before = files(&place.root().join("images.lance"));
    let error = workspace.delete_old_versions(1).unwrap_err().to_string();
    assert!(error.contains("theirs.json"), "{error}");
    assert_eq!(files(&place.root().join("images.lance")), before);
    workspace.append_images(images(15..16)).unwrap();
    assert_eq!(workspace.image_count(), 16, "all else goes on");
    workspace.recorder().unwrap().add_tag(&[ImageId(1)], "keep", |_| None).unwrap();
}

#[test]
fn a_name_that_a_full_disk_has_no_room_for_is_not_given_and_one_that_is_given_is_whole() {
    let place = Place::new();
    let Some(disk) = SmallDisk::mount(&place.root()) else {
        skipped!("the full disk: no disk of its own can be mounted here");
        return;
    };
    let mut workspace = place.open();
    workspace.append_images(images(0..5)).unwrap();
    workspace.tag("first", None, &VersionName::Latest).unwrap();
    let mut given = vec!["first".to_owned()];
    for pages in 0..8 {
        let name = format!("with-{pages}-pages");
        let outcome = disk.with_room(pages * 4096, || workspace.tag(&name, None, &VersionName::Latest));
        match outcome {
            Ok(_) => given.push(name),
            Err(error) => assert!(matches!(error, StoreError::DiskFull { .. }), "{error}"),
        }
        let mut seen = names_of(&workspace, "images").concat();
        seen.sort_unstable();
        let mut expected = given.clone();
        expected.sort_unstable();
        assert_eq!(seen, expected, "with {pages} pages");
        workspace.delete_old_versions(1).unwrap();
    }
    assert!((2..9).contains(&given.len()), "some had room, some had none: {given:?}");
    drop(workspace);
    assert_eq!(place.open().remarks(), Vec::<String>::new());
}

#[test]
fn what_is_left_of_a_name_whose_giver_was_killed_goes_when_the_workspace_is_next_opened_to_write() {
    let place = Place::new();
    let vectors = with_two_names(&place);
    // As they lie there between writing and renaming, of a process that is gone.
    let left: Vec<PathBuf> = ["images", &vectors]
        .into_iter()
        .flat_map(|table| {
            [".third.json.4711.0.new", ".third.json.4711.12.new"].map(|file| names(&place, table).join(file))
        })
        .collect();
    let others = [".third.json.new", ".third.4711.0.new", "third.json.4711.0.new", ".third.json.4711.x.new"]
        .map(|file| names(&place, "images").join(file));
    let leave = || left.iter().chain(&others).for_each(|file| fs::write(file, "{ \"versi").unwrap());
    let are_there = |files: &[PathBuf]| files.iter().filter(|file| file.is_file()).count();
    leave();
    assert_eq!(names_of(&Workspace::open(&place.root()).unwrap(), "images").concat(), ["first", "second"]);
    assert_eq!(are_there(&left), 4, "who only reads changes nothing");
    let mut workspace = place.open();
    assert_eq!((are_there(&left), are_there(&others)), (0, 4), "those that are none of ours stay");
    assert_eq!(workspace.remarks(), Vec::<String>::new());

    // Those of somebody who lives are being written.
    leave();
    assert!(matches!(Workspace::open_to_write(&place.root()), Err(StoreError::AlreadyOpen { .. })));
    assert_eq!(are_there(&left), 4, "whoever has the lock may be about to name them");
    workspace.tag("third", None, &VersionName::Latest).unwrap();
    drop(workspace);
    let workspace = Workspace::open_to_write(&place.root()).unwrap();
    assert_eq!(are_there(&left), 0);
    assert_eq!(names_of(&workspace, "images").concat(), ["first", "second", "third"]);
}

#[cfg(unix)]
#[test]
fn what_is_left_of_names_behind_a_link_is_nobodys_to_remove() {
    for part in ["_refs/tags", "_refs", ""] {
        let [place, other] = [Place::new(), Place::new()];
        for place in [&place, &other] {
            let vectors = with_two_names(place);
            fs::write(names(place, &vectors).join(".third.json.4711.0.new"), "{").unwrap();
        }
        let table = format!("{}.lance", spec(&[("conv1", 4)]).table_name());
        let own = place.root().join(&table).join(part);
        let own = own.components().collect::<PathBuf>();
        fs::remove_dir_all(&own).unwrap();
        std::os::unix::fs::symlink(other.root().join(&table).join(part), &own).unwrap();
        let before = files(&other.root());
        Workspace::open_to_write(&place.root()).ok();
        assert_eq!(files(&other.root()), before, "{part}");
    }
}
