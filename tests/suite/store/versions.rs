//! Versions: listed, named, put back, compared.

use tiramisu::domain::{ImageId, VersionName};
use tiramisu::store::{NewImage, StoreError, Workspace};

use super::{Place, assert_holds, image, images, rows, spec};

/// Images that have vectors: every one but those with a problem.
fn readable(ids: std::ops::Range<u32>) -> Vec<u32> {
    ids.filter(|id| !id.is_multiple_of(5)).collect()
}

fn tag(name: &str) -> VersionName {
    VersionName::Name(name.to_owned())
}

fn numbers(workspace: &Workspace, table: &str) -> Vec<u64> {
    let histories = workspace.histories().unwrap();
    let history = histories.iter().find(|history| history.table == table).expect("the table is listed");
    history.versions.iter().map(|version| version.number).collect()
}

#[test]
fn every_commit_of_every_table_is_listed_with_what_it_holds() {
    let place = Place::new();
    let spec = spec(&[("conv1", 4)]);
    let mut workspace = place.open();
    workspace.append_images(images(0..6)).unwrap();
    workspace.features(&spec).unwrap().append(rows(&spec.columns, readable(0..6))).unwrap();
    workspace.append_images(images(6..9)).unwrap();
    let histories = workspace.histories().unwrap();
    let of = |name: &str| histories.iter().find(|history| history.table == name).expect("it is listed");
    assert_eq!(histories[0].table, "images", "the images come first");
    let rows = |name: &str| of(name).versions.iter().map(|version| version.rows).collect::<Vec<_>>();
    assert_eq!(rows("images"), [0, 6, 9]);
    assert_eq!(rows(&spec.table_name()), [0, 4]);
    let layers = |name: &str| of(name).versions.iter().map(|version| version.layers).collect::<Vec<_>>();
    assert_eq!(layers(&spec.table_name()), [Some(1), Some(1)]);
    assert_eq!(layers("images"), [None; 3], "of what is no vector no layers are counted");
    assert!(of("images").versions.is_sorted_by_key(|version| version.committed_unix_secs));
    assert!(of("images").latest().is_some_and(|version| version.bytes > 0 && version.fragments == 2));
}

#[test]
fn a_named_state_is_gone_back_to_as_a_whole_and_what_came_later_can_be_gone_back_to_as_well() {
    let place = Place::new();
    let spec = spec(&[("conv1", 4)]);
    let mut workspace = place.open();
    workspace.append_images(images(0..6)).unwrap();
    workspace.features(&spec).unwrap().append(rows(&spec.columns, readable(0..6))).unwrap();
    workspace.tag("before", None, &VersionName::Latest).unwrap();
    workspace.append_images(images(6..12)).unwrap();
    workspace.features(&spec).unwrap().append(rows(&spec.columns, readable(6..12))).unwrap();
    workspace.tag("after", None, &VersionName::Latest).unwrap();

    let done = workspace.restore(None, &tag("before")).unwrap();
    assert_eq!(done.iter().map(|table| table.table.as_str()).collect::<Vec<_>>(), ["images", &spec.table_name()]);
    assert!(done.iter().all(|table| table.from.is_some() && table.rows_removed == 0), "{done:?}");
    assert_eq!(workspace.images().unwrap().len(), 6);
    assert_holds(&workspace.features(&spec).unwrap(), &spec.columns, &readable(0..6));

    workspace.restore(None, &tag("after")).unwrap();
    assert_eq!(workspace.images().unwrap().len(), 12);
    assert_holds(&workspace.features(&spec).unwrap(), &spec.columns, &readable(0..12));
    assert_eq!(workspace.restore(None, &tag("after")).unwrap(), [], "it is the present state");

    workspace.append_images(images(12..14)).unwrap();
    workspace.features(&spec).unwrap().append(rows(&spec.columns, readable(12..14))).unwrap();
    assert_holds(&workspace.features(&spec).unwrap(), &spec.columns, &readable(0..14));
}

#[test]
fn going_back_with_the_images_alone_removes_vectors_of_images_that_are_not_known_any_more() {
    let place = Place::new();
    let spec = spec(&[("conv1", 4)]);
    let mut workspace = place.open();
    let six = workspace.append_images(images(0..6)).unwrap();
    workspace.features(&spec).unwrap().append(rows(&spec.columns, readable(0..6))).unwrap();
    workspace.append_images(images(6..12)).unwrap();
    let vectors = workspace.features(&spec).unwrap().append(rows(&spec.columns, readable(6..12))).unwrap();

    let done = workspace.restore(Some("images"), &VersionName::Number(six)).unwrap();
    assert_eq!(done[1].rows_removed, readable(6..12).len());
    assert_eq!(done[1].from, None);
    assert_holds(&workspace.features(&spec).unwrap(), &spec.columns, &readable(0..6));

    // The ids go to other pictures now: vectors of the earlier ones must not come back with an earlier version.
    let others = images(6..12).into_iter().map(|mut image| {
        image.record.path.text = format!("elsewhere/{}", image.record.path.text);
        image
    });
    workspace.append_images(others.collect()).unwrap();
    let done = workspace.restore(Some(&spec.table_name()), &VersionName::Number(vectors)).unwrap();
    assert_eq!(done[0].rows_removed, readable(6..12).len());
    assert_holds(&workspace.features(&spec).unwrap(), &spec.columns, &readable(0..6));
}

#[test]
fn vectors_of_a_picture_that_changed_since_do_not_come_back() {
    let place = Place::new();
    let spec = spec(&[("conv1", 4)]);
    let mut workspace = place.open();
    workspace.append_images(images(0..6)).unwrap();
    let old = workspace.features(&spec).unwrap().append(rows(&spec.columns, readable(0..6))).unwrap();
    // As the engine does it: vectors first, the record second.
    workspace.features(&spec).unwrap().replace(rows(&spec.columns, [3])).unwrap();
    let NewImage { mut record, thumbnail } = image(3);
    record.modified_unix_secs += 60;
    workspace.replace_images(&[NewImage { record, thumbnail }]).unwrap();

    let done = workspace.restore(Some(&spec.table_name()), &VersionName::Number(old)).unwrap();
    assert_eq!((done[0].from, done[0].rows_removed), (Some(old), 1));
    assert_eq!(workspace.features(&spec).unwrap().ids(), [1, 2, 4].map(ImageId));
}

#[test]
fn a_named_version_outlives_clean_up_and_can_still_be_put_back() {
    let place = Place::new();
    let spec = spec(&[("conv1", 4)]);
    let mut workspace = place.open();
    workspace.append_images(images(0..6)).unwrap();
    workspace.features(&spec).unwrap().append(rows(&spec.columns, readable(0..6))).unwrap();
    // Images whose vectors are not there yet: later than the vectors' version.
    workspace.append_images(images(6..7)).unwrap();
    workspace.tag("kept", None, &VersionName::Latest).unwrap();
    for id in [7, 8, 9] {
        workspace.append_images(images(id..id + 1)).unwrap();
        workspace.features(&spec).unwrap().append(rows(&spec.columns, readable(id..id + 1))).unwrap();
    }
    let before = numbers(&workspace, "images").len();
    workspace.delete_old_versions(1).unwrap();
    assert_eq!((before, numbers(&workspace, "images").len()), (6, 2));

    workspace.restore(None, &tag("kept")).unwrap();
    assert_eq!(workspace.images().unwrap().len(), 7);
    assert_holds(&workspace.features(&spec).unwrap(), &spec.columns, &readable(0..6));
}

#[test]
fn vectors_do_not_come_back_when_nobody_knows_any_more_whose_they_were() {
    let place = Place::new();
    let spec = spec(&[("conv1", 4)]);
    let mut workspace = place.open();
    workspace.append_images(images(0..6)).unwrap();
    let old = workspace.features(&spec).unwrap().append(rows(&spec.columns, readable(0..3))).unwrap();
    // A name given to an older version does not say which images belonged to it.
    workspace.features(&spec).unwrap().append(rows(&spec.columns, readable(3..6))).unwrap();
    workspace.tag("old", Some(&spec.table_name()), &VersionName::Number(old)).unwrap();
    workspace.append_images(images(6..9)).unwrap();
    workspace.append_images(images(9..10)).unwrap();
    workspace.features(&spec).unwrap().append(rows(&spec.columns, readable(6..9))).unwrap();
    workspace.delete_old_versions(1).unwrap();
    let error = workspace.restore(None, &tag("old")).unwrap_err();
    assert!(matches!(error, StoreError::CannotRestore { .. }), "{error}");
    assert!(error.to_string().contains("Extract again"), "{error}");
    assert_holds(&workspace.features(&spec).unwrap(), &spec.columns, &readable(0..9));
}

#[test]
fn names_are_given_once_and_never_to_what_is_not_there() {
    let place = Place::new();
    let mut workspace = place.open();
    workspace.append_images(images(0..6)).unwrap();
    let given = workspace.tag("one", None, &VersionName::Latest).unwrap();
    assert_eq!(workspace.tag("one", None, &VersionName::Latest).unwrap(), given, "it is that already");
    workspace.append_images(images(6..7)).unwrap();
    let long = "a".repeat(300);
    for name in ["one", "7", "latest", "a/b", "", &long] {
        let error = workspace.tag(name, None, &VersionName::Latest).unwrap_err();
        assert!(matches!(error, StoreError::BadTag { .. }), "{name}: {error}");
    }
    for (table, version) in [("images", VersionName::Number(99)), ("images", tag("nobody"))] {
        let error = workspace.tag("two", Some(table), &version).unwrap_err();
        assert!(matches!(error, StoreError::NoSuchVersion { .. }), "{error}");
        assert!(workspace.restore(Some(table), &version).is_err());
    }
    assert!(matches!(workspace.restore(None, &tag("nobody")), Err(StoreError::NoSuchVersion { .. })));
    let nowhere = workspace.tag("two", Some("nothing"), &VersionName::Latest).unwrap_err();
    assert!(matches!(nowhere, StoreError::NoSuchResult { .. }), "{nowhere}");
    assert_eq!(workspace.forget_name("one", None).unwrap(), ["images", "boxes", "labels", "tags"]);
    assert!(workspace.forget_name("one", None).is_err());
    workspace.tag("one", None, &VersionName::Latest).unwrap();
}

#[test]
fn a_name_that_only_some_tables_got_is_given_to_the_others_when_it_is_given_again() {
    let place = Place::new();
    let mut workspace = place.open();
    workspace.append_images(images(0..6)).unwrap();
    let given = workspace.tag("one", None, &VersionName::Latest).unwrap();
    // As far as somebody came who was killed.
    for table in ["labels", "tags"] {
        workspace.forget_name("one", Some(table)).unwrap();
    }
    assert_eq!(workspace.tag("one", None, &VersionName::Latest).unwrap(), given);
    // What was made since is no part of the state that was named.
    let made = spec(&[("conv1", 4)]);
    workspace.features(&made).unwrap().append(rows(&made.columns, readable(0..6))).unwrap();
    let error = workspace.tag("one", None, &VersionName::Latest).unwrap_err().to_string();
    assert!(error.contains(&made.table_name()) && error.contains("forget-name"), "{error}");
    for table in ["labels", "tags"] {
        workspace.forget_name("one", Some(table)).unwrap();
    }
    workspace.append_images(images(6..7)).unwrap();
    let error = workspace.tag("one", None, &VersionName::Latest).unwrap_err();
    assert!(matches!(error, StoreError::BadTag { .. }), "the images are others now: {error}");
    assert_eq!(
        workspace.forget_name("one", None).unwrap(),
        ["images", "boxes"],
        "who had it keeps it, and nobody else gets it"
    );
}

#[test]
fn two_versions_are_compared_by_their_rows_and_columns() {
    let place = Place::new();
    let first = spec(&[("conv1", 4)]);
    let mut workspace = place.open();
    workspace.append_images(images(0..9)).unwrap();
    let mut table = workspace.features(&first).unwrap();
    let before = table.append(rows(&first.columns, readable(0..6))).unwrap();
    table.remove(&[ImageId(2)]).unwrap();
    table.append(rows(&first.columns, [6, 7, 8])).unwrap();
    let both = spec(&[("conv1", 4), ("conv2", 2)]);
    let mut supplement = workspace.supplement(&table, &both).unwrap().expect("a layer is missing");
    supplement.append(rows(&both.columns[2..], table.ids().iter().map(|id| id.0))).unwrap();
    workspace.merge_supplement(&mut table, supplement, &[]).unwrap();
    let compared = workspace.compare(&first.table_name(), &VersionName::Number(before), &VersionName::Latest).unwrap();
    assert_eq!((compared.rows_added, compared.rows_removed), (3, 1));
    assert_eq!(compared.columns_added, ["conv2_average", "conv2_maximum"]);
    assert!(compared.columns_removed.is_empty());
    assert_eq!((compared.before.number, compared.before.rows, compared.after.rows), (before, 4, 6));
}

#[test]
fn versions_are_listed_while_another_writes_and_changed_only_with_the_lock() {
    let place = Place::new();
    let mut writer = place.open();
    writer.append_images(images(0..3)).unwrap();
    let mut reader = Workspace::open(&place.root()).unwrap();
    assert_eq!(reader.histories().unwrap(), writer.histories().unwrap());
    assert!(matches!(reader.tag("x", None, &VersionName::Latest), Err(StoreError::OpenedForReading { .. })));
    assert!(matches!(Workspace::open_to_write(&place.root()), Err(StoreError::AlreadyOpen { .. })));
    drop(writer);
    Workspace::open_to_write(&place.root()).unwrap().tag("x", None, &VersionName::Latest).unwrap();
}

#[test]
fn going_back_that_was_interrupted_is_finished_when_the_workspace_is_next_opened_to_write() {
    let place = Place::new();
    let spec = spec(&[("conv1", 4)]);
    let mut workspace = place.open();
    let six = workspace.append_images(images(0..6)).unwrap();
    workspace.features(&spec).unwrap().append(rows(&spec.columns, readable(0..6))).unwrap();
    workspace.append_images(images(6..12)).unwrap();
    workspace.features(&spec).unwrap().append(rows(&spec.columns, readable(6..12))).unwrap();
    let root = workspace.root().to_owned();
    drop(workspace);
    // As it is on disk when somebody is killed who had only just begun.
    let gone: Vec<u32> = readable(6..12);
    let journal = serde_json::json!({ "tables": [
        { "table": spec.table_name(), "from": null, "misfits": gone },
        { "table": "images", "from": six, "misfits": [] },
    ] });
    let begun = || std::fs::write(root.join(".put_back.json"), journal.to_string()).unwrap();
    begun();
    assert_eq!(Workspace::open(&root).unwrap().images().unwrap().len(), 12, "who only reads changes nothing");
    let workspace = place.open();
    assert_eq!(workspace.images().unwrap().len(), 6);
    assert!(!root.join(".put_back.json").exists());
    drop(workspace);
    // Killed at the very end, all is done once more and nothing changes.
    begun();
    let mut workspace = Workspace::open_to_write(&root).unwrap();
    assert_eq!(workspace.images().unwrap().len(), 6);
    assert_holds(&workspace.features(&spec).unwrap(), &spec.columns, &readable(0..6));
    drop(workspace);
}

#[test]
fn a_journal_that_cannot_be_read_is_set_aside_and_said_so() {
    let place = Place::new();
    let mut workspace = place.open();
    workspace.append_images(images(0..3)).unwrap();
    drop(workspace);
    let journal = place.root().join(".put_back.json");
    for left in [&b""[..], b"{", &[0; 40], b"[1, 2]"] {
        std::fs::write(&journal, left).unwrap();
        assert!(Workspace::open(&place.root()).unwrap().is_half_restored(), "who only reads is told");
        let mut workspace = Workspace::open_to_write(&place.root()).unwrap();
        let remarks = workspace.remarks();
        assert!(remarks.len() == 1 && remarks[0].contains(".put_back.json"), "{remarks:?}");
        assert!(remarks[0].contains("tiramisu versions"), "it says what to do: {remarks:?}");
        let next = workspace.image_count() as u32;
        workspace.append_images(images(next..next + 1)).unwrap();
        drop(workspace);
        assert_eq!(place.open().remarks(), Vec::<String>::new(), "it is said once");
    }
}

#[test]
fn a_journal_of_versions_that_are_not_there_keeps_nobody_from_writing() {
    let place = Place::new();
    let spec = spec(&[("conv1", 4)]);
    let mut workspace = place.open();
    workspace.append_images(images(0..6)).unwrap();
    workspace.features(&spec).unwrap().append(rows(&spec.columns, readable(0..6))).unwrap();
    drop(workspace);
    let journal = serde_json::json!({ "tables": [
        { "table": spec.table_name(), "from": u64::MAX, "misfits": [1, 1, 4, 77, u32::MAX] },
        { "table": "images", "from": 99, "misfits": [] },
    ] });
    std::fs::write(place.root().join(".put_back.json"), journal.to_string()).unwrap();
    let mut workspace = Workspace::open_to_write(&place.root()).unwrap();
    let remarks = workspace.remarks();
    for table in [spec.table_name().as_str(), "images"] {
        let of_it = remarks.iter().filter(|it| it.starts_with(table) && it.contains("tiramisu versions"));
        assert_eq!(of_it.count(), 1, "it says which, and what to do: {remarks:?}");
    }
    workspace.append_images(images(6..7)).unwrap();
    // Rows that may be of another picture are gone all the same.
    let rest: Vec<u32> = readable(0..6).into_iter().filter(|id| ![1, 4].contains(id)).collect();
    assert_holds(&workspace.features(&spec).unwrap(), &spec.columns, &rest);
    drop(workspace);
    assert_eq!(place.open().remarks(), Vec::<String>::new(), "it is said once");
}

/// Sets the clock by which a version was committed back by a day, in its manifest.
fn commit_a_day_earlier(manifest: &std::path::Path, unix_secs: i64) {
    let varint = |mut number: i64| {
        let mut bytes = vec![0x08];
        while number >= 0x80 {
            bytes.push((number & 0x7f) as u8 | 0x80);
            number >>= 7;
        }
        bytes.push(number as u8);
        bytes
    };
    let (now, earlier) = (varint(unix_secs), varint(unix_secs - 86_400));
    let mut manifest_bytes = std::fs::read(manifest).unwrap();
    let places: Vec<usize> =
        (0..manifest_bytes.len() - now.len()).filter(|at| manifest_bytes[*at..].starts_with(&now)).collect();
    assert!(!places.is_empty(), "the manifest says when it was committed");
    for at in places {
        manifest_bytes[at..at + earlier.len()].copy_from_slice(&earlier);
    }
    std::fs::write(manifest, manifest_bytes).unwrap();
}

#[test]
fn a_clock_that_was_set_back_gives_no_picture_the_vectors_of_what_it_was() {
    let place = Place::new();
    let spec = spec(&[("conv1", 4)]);
    let mut workspace = place.open();
    workspace.append_images(images(0..6)).unwrap();
    let old = workspace.features(&spec).unwrap().append(rows(&spec.columns, readable(0..6))).unwrap();
    // As the engine does it: vectors first, the record second.
    workspace.announce_replacement();
    let new = workspace.features(&spec).unwrap().replace(rows(&spec.columns, [3])).unwrap();
    let NewImage { mut record, thumbnail } = image(3);
    record.modified_unix_secs += 60;
    let images = workspace.replace_images(&[NewImage { record, thumbnail }]).unwrap();
    let committed = workspace.versions().unwrap().last().unwrap().committed_unix_secs;
    drop(workspace);
    let manifest = place.root().join(format!("images.lance/_versions/{}.manifest", u64::MAX - images));
    commit_a_day_earlier(&manifest, committed);

    let mut workspace = place.open();
    let done = workspace.restore(Some(&spec.table_name()), &VersionName::Number(old)).unwrap();
    assert_eq!((done[0].from, done[0].rows_removed), (Some(old), 1), "three is another picture by now");
    assert_eq!(workspace.features(&spec).unwrap().ids(), [1, 2, 4].map(ImageId));
    // Those of the picture as it is now belong to it.
    let done = workspace.restore(Some(&spec.table_name()), &VersionName::Number(new)).unwrap();
    assert_eq!((done[0].from, done[0].rows_removed), (Some(new), 0));
    assert_eq!(workspace.features(&spec).unwrap().ids(), [1, 2, 3, 4].map(ImageId));
}

#[test]
fn tags_are_part_of_a_named_state_even_where_there_were_none() {
    let place = Place::new();
    let mut workspace = place.open();
    workspace.append_images(images(0..6)).unwrap();
    workspace.tag("bare", None, &VersionName::Latest).unwrap();
    let record = |id: ImageId| Some(image(id.0).record);
    workspace.recorder().unwrap().add_tag(&[ImageId(1), ImageId(3)], "keep", record).unwrap();
    workspace.tag("tagged", None, &VersionName::Latest).unwrap();
    workspace.recorder().unwrap().remove_tag(&[ImageId(1), ImageId(3)], "keep").unwrap();
    workspace.recorder().unwrap().add_tag(&[ImageId(4)], "blurred", record).unwrap();
    workspace.tag("later", None, &VersionName::Latest).unwrap();

    let done = workspace.restore(None, &tag("tagged")).unwrap();
    assert_eq!(done.iter().map(|table| table.table.as_str()).collect::<Vec<_>>(), ["tags"]);
    let tags = workspace.tags().unwrap();
    assert_eq!(tags.bearers("keep"), [ImageId(1), ImageId(3)]);
    assert!(!tags.is_known("blurred"));
    workspace.restore(None, &tag("bare")).unwrap();
    assert!(workspace.tags().unwrap().is_empty());
    workspace.restore(None, &tag("later")).unwrap();
    assert_eq!(workspace.tags().unwrap().bearers("blurred"), [ImageId(4)], "nothing made by hand was lost on the way");
}

#[test]
fn tags_stay_with_pictures_that_were_edited_and_never_reach_other_ones() {
    let place = Place::new();
    let mut workspace = place.open();
    let six = workspace.append_images(images(0..6)).unwrap();
    let record = |id: ImageId| Some(image(id.0).record);
    workspace.recorder().unwrap().add_tag(&[ImageId(1), ImageId(3)], "keep", record).unwrap();
    workspace.tag("before", None, &VersionName::Latest).unwrap();
    let NewImage { record: mut edited, thumbnail } = image(3);
    edited.modified_unix_secs += 60;
    edited.file_bytes += 1;
    workspace.replace_images(&[NewImage { record: edited, thumbnail }]).unwrap();
    workspace.recorder().unwrap().remove_tag(&[ImageId(1), ImageId(3)], "keep").unwrap();
    let newest = *numbers(&workspace, "images").last().unwrap();
    let tags = *numbers(&workspace, "tags").iter().rev().nth(1).unwrap();
    let done = workspace.restore(Some("tags"), &VersionName::Number(tags)).unwrap();
    assert_eq!((done[0].rows_removed, done[0].before, done[0].version), (0, tags + 1, tags + 2));
    assert_eq!(workspace.tags().unwrap().bearers("keep"), [ImageId(1), ImageId(3)]);

    // Pictures that came later are not known any more, and their ids go to others.
    workspace.append_images(images(6..8)).unwrap();
    workspace.recorder().unwrap().add_tag(&[ImageId(7)], "keep", record).unwrap();
    let with_seven = *numbers(&workspace, "tags").last().unwrap();
    assert!(newest > six);
    workspace.restore(Some("images"), &VersionName::Number(newest)).unwrap();
    assert_eq!(workspace.tags().unwrap().bearers("keep"), [ImageId(1), ImageId(3)]);
    let others = images(6..8).into_iter().map(|mut image| {
        image.record.path.text = format!("elsewhere/{}", image.record.path.text);
        image
    });
    workspace.append_images(others.collect()).unwrap();
    workspace.restore(Some("tags"), &VersionName::Number(with_seven)).unwrap();
    assert_eq!(workspace.tags().unwrap().bearers("keep"), [ImageId(1), ImageId(3)], "seven is another picture now");
}

#[test]
fn rows_added_and_removed_differ_by_as_much_as_the_rows_do_where_an_image_has_many() {
    let place = Place::new();
    let mut workspace = place.open();
    workspace.append_images(images(0..6)).unwrap();
    let record = |id: ImageId| Some(image(id.0).record);
    let recorder = workspace.recorder().unwrap();
    recorder.add_tag(&[ImageId(1)], "one", record).unwrap();
    recorder.add_tag(&[ImageId(1)], "two", record).unwrap();
    let before = *numbers(&workspace, "tags").last().unwrap();
    recorder.remove_tag(&[ImageId(1)], "two").unwrap();
    recorder.add_tag(&[ImageId(2)], "two", record).unwrap();
    let compared = workspace.compare("tags", &VersionName::Number(before), &VersionName::Latest).unwrap();
    assert_eq!((compared.before.rows, compared.after.rows), (2, 2));
    assert_eq!((compared.rows_added, compared.rows_removed), (1, 1));
}
