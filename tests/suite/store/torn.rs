//! Versions that the power failed before they reached the disk whole.

use std::fs;
use std::path::{Path, PathBuf};

use tiramisu::domain::{ImageId, VersionName};
use tiramisu::store::{Recorder, StoreError, Workspace};

use super::{Place, assert_holds, files, image, images, rows, spec};

/// The manifests of a table, the newest first.
fn manifests(table: &Path) -> Vec<PathBuf> {
    let found = files(&table.join("_versions")).into_iter().map(|(path, _)| path);
    found.filter(|path| path.extension().is_some_and(|end| end == "manifest")).collect()
}

type Harm = (&'static str, fn(&[u8]) -> Vec<u8>);

/// What can be left of a file.
const HARMS: [Harm; 5] = [
    ("nothing", |_| Vec::new()),
    ("noise", |_| vec![0xa5; 4000]),
    ("half of it", |whole| whole[..whole.len() / 2].to_vec()),
    ("zeros", |whole| vec![0; whole.len()]),
    ("noise up to its end", |whole| {
        let (body, end) = whole.split_at(whole.len() - 16);
        [&vec![0xa5; body.len()][..], end].concat()
    }),
];

fn harm(table: &Path, left: fn(&[u8]) -> Vec<u8>) {
    let newest = manifests(table).remove(0);
    let whole = fs::read(&newest).unwrap();
    fs::write(newest, left(&whole)).unwrap();
}

/// With its end, and the place and length of its message: all but what it says.
fn damaged_inside(whole: &[u8]) -> Vec<u8> {
    let (body, end) = whole.split_at(whole.len() - 16);
    let message = u64::from_le_bytes(end[..8].try_into().unwrap()) as usize + 4;
    [&body[..message], &vec![0xa5; body.len() - message], end].concat()
}

#[test]
fn the_version_before_one_that_is_not_whole_is_used_and_said_so() {
    for (what, left) in HARMS {
        let place = Place::new();
        let mut workspace = place.open();
        workspace.append_images(images(0..5)).unwrap();
        let whole = workspace.version();
        workspace.append_images(images(5..8)).unwrap();
        drop(workspace);
        let table = place.root().join("images.lance");
        harm(&table, left);

        let before = files(&place.root());
        let mut reader = Workspace::open(&place.root()).unwrap();
        assert_eq!((reader.images().unwrap().len(), reader.version()), (5, whole), "{what}");
        reader.refresh().unwrap();
        assert_eq!(reader.image_count(), 5, "{what}");
        assert_eq!(reader.histories().unwrap()[0].versions.last().unwrap().number, whole, "{what}");
        let remarks = reader.remarks();
        assert_eq!(remarks.len(), 1, "{what}: {remarks:?}");
        assert!(remarks[0].contains("images.lance") && remarks[0].contains(&format!("Version {whole} is used")));
        assert_eq!(files(&place.root()), before, "{what}: who only reads changes nothing");

        let mut writer = place.open();
        assert_eq!(writer.remarks(), remarks, "{what}");
        assert_eq!(writer.images().unwrap().len(), 5, "{what}");
        let other = images(5..9);
        writer.append_images(other.clone()).unwrap();
        assert_eq!(writer.version(), whole + 1, "{what}: the number is free again");
        writer.append_images(images(9..10)).unwrap();
        drop(writer);
        reader.refresh().unwrap();
        let expected: Vec<_> = images(0..10).into_iter().map(|row| row.record).collect();
        for workspace in [&reader, &Workspace::open(&place.root()).unwrap(), &place.open()] {
            assert_eq!(workspace.images().unwrap(), expected, "{what}");
            assert_eq!(workspace.remarks(), Vec::<String>::new(), "{what}");
            assert_eq!(workspace.versions().unwrap().last().unwrap().number, whole + 2, "{what}");
        }
        let aside = files(&table.join("_versions")).into_iter().filter(|(path, _)| path.extension().unwrap() == "torn");
        assert_eq!(aside.count(), 1, "{what}: what is not whole is kept");
        let mut writer = Workspace::open_to_write(&place.root()).unwrap();
        writer.delete_old_versions(1).unwrap();
        assert_eq!(writer.images().unwrap(), expected, "{what}");
    }
}

#[test]
fn several_versions_that_are_not_whole_are_passed_over() {
    let place = Place::new();
    let mut workspace = place.open();
    for id in 0..4 {
        workspace.append_images(images(id..id + 1)).unwrap();
    }
    drop(workspace);
    let table = place.root().join("images.lance");
    for manifest in &manifests(&table)[..2] {
        fs::write(manifest, b"").unwrap();
    }
    assert_eq!(Workspace::open(&place.root()).unwrap().image_count(), 2);
    let mut workspace = Workspace::open_to_write(&place.root()).unwrap();
    assert_eq!(workspace.remarks().len(), 1);
    workspace.append_images(images(2..6)).unwrap();
    drop(workspace);
    assert_eq!(place.open().image_count(), 6);
}

#[test]
fn hand_made_tags_and_vectors_survive_a_table_that_is_not_whole() {
    let place = Place::new();
    let spec = spec(&[("conv1", 4)]);
    let mut workspace = place.open();
    workspace.append_images(images(0..10)).unwrap();
    let mut table = workspace.features(&spec).unwrap();
    table.append(rows(&spec.columns, 0..6)).unwrap();
    table.append(rows(&spec.columns, 6..10)).unwrap();
    let recorder = workspace.recorder().unwrap();
    let record = |id: ImageId| Some(image(id.0).record);
    recorder.add_tag(&[ImageId(3)], "mine", record).unwrap();
    recorder.add_tag(&[ImageId(4)], "mine", record).unwrap();
    drop((recorder, table, workspace));
    for name in [spec.table_name(), "tags".to_owned()] {
        harm(&place.root().join(format!("{name}.lance")), |_| Vec::new());
    }
    let reader = Workspace::open(&place.root()).unwrap();
    assert_eq!(reader.remarks().len(), 2);
    assert_eq!(reader.tags().unwrap().bearers("mine"), [ImageId(3)]);
    assert_holds(&reader.read_features(&spec.table_name()).unwrap(), &spec.columns, &[0, 1, 2, 3, 4, 5]);

    let mut workspace = place.open();
    assert_eq!(workspace.remarks().len(), 2);
    let mut table = workspace.features(&spec).unwrap();
    table.append(rows(&spec.columns, 6..10)).unwrap();
    assert_holds(&table, &spec.columns, &(0..10).collect::<Vec<_>>());
    let recorder = workspace.recorder().unwrap();
    recorder.add_tag(&[ImageId(5)], "mine", record).unwrap();
    assert_eq!(workspace.tags().unwrap().bearers("mine"), [ImageId(3), ImageId(5)]);
    workspace.tag("named", None, &VersionName::Latest).unwrap();
}

#[test]
fn a_table_that_was_never_whole_is_kept_aside_and_made_again() {
    let place = Place::new();
    let spec = spec(&[("conv1", 4)]);
    let mut workspace = place.open();
    workspace.append_images(images(0..3)).unwrap();
    workspace.features(&spec).unwrap().append(rows(&spec.columns, 0..3)).unwrap();
    drop(workspace);
    let table = place.root().join(format!("{}.lance", spec.table_name()));
    manifests(&table).iter().for_each(|manifest| fs::write(manifest, b"").unwrap());
    let mut workspace = place.open();
    assert!(workspace.remarks()[0].contains("was renamed to"), "{:?}", workspace.remarks());
    let mut table = workspace.features(&spec).unwrap();
    assert_eq!(table.rows(), 0);
    table.append(rows(&spec.columns, 0..3)).unwrap();
    assert_holds(&table, &spec.columns, &[0, 1, 2]);
    assert!(place.root().join(format!("{}.lance.torn", spec.table_name())).is_dir());
}

#[test]
fn a_list_of_indices_that_cannot_be_read_is_none() {
    let place = Place::new();
    let spec = spec(&[("conv1", 4)]);
    let mut workspace = place.open();
    workspace.append_images(images(0..3)).unwrap();
    let mut table = workspace.features(&spec).unwrap();
    table.append(rows(&spec.columns, 0..3)).unwrap();
    let list = place.root().join("indices.json");
    for left in [&b""[..], b"{ \"test", b"[1]", &[0; 300]] {
        fs::write(&list, left).unwrap();
        assert_eq!(workspace.indices(&spec.table_name()).unwrap(), []);
        assert_eq!(table.indices().unwrap(), []);
        let remarks = workspace.reader().remarks();
        assert!(remarks.len() == 1 && remarks[0].contains("indices.json"), "{remarks:?}");
    }
    let recorder = workspace.recorder().unwrap();
    recorder.drop_index(&spec.table_name(), &spec.columns[0].0).unwrap();
    assert_eq!(workspace.remarks(), Vec::<String>::new(), "written anew it is a list again");
}

#[test]
fn an_unfinished_journal_changes_no_table_but_the_workspaces_own() {
    let [place, other] = [Place::new(), Place::new()];
    for place in [&place, &other] {
        let mut workspace = place.open();
        workspace.append_images(images(0..3)).unwrap();
        workspace.append_images(images(3..6)).unwrap();
    }
    let elsewhere = other.root().join("images");
    let relative = format!("../../{}/workspace/images", other.folder.path().file_name().unwrap().to_str().unwrap());
    assert!(place.root().join(format!("{relative}.lance")).is_dir(), "the way leads to the other workspace");
    let before = files(&other.root());
    for name in [elsewhere.to_str().unwrap(), &relative, "../workspace/images", "./images", "", "no such table"] {
        let journal = serde_json::json!({ "tables": [{ "table": name, "from": 1, "misfits": [0, 1] }] });
        fs::write(place.root().join(".put_back.json"), journal.to_string()).unwrap();
        let workspace = Workspace::open_to_write(&place.root()).unwrap();
        assert_eq!(workspace.image_count(), 6, "{name}");
        assert!(!place.root().join(".put_back.json").exists(), "{name}: it is done");
        assert_eq!(files(&other.root()), before, "{name}");
    }
}

#[test]
fn an_unfinished_journal_takes_no_rows_of_images_and_none_that_a_person_made() {
    let place = Place::new();
    let mut workspace = place.open();
    workspace.append_images(images(0..3)).unwrap();
    workspace.append_images(images(3..6)).unwrap();
    let tagged = [ImageId(1), ImageId(2)];
    workspace.recorder().unwrap().add_tag(&tagged, "liked", |id| Some(image(id.0).record)).unwrap();
    let version = workspace.version();
    drop(workspace);
    for (table, from) in [("images", None), ("images", Some(version)), ("tags", None), ("moves", Some(1))] {
        let journal = serde_json::json!({ "tables": [{ "table": table, "from": from, "misfits": [1] }] });
        fs::write(place.root().join(".put_back.json"), journal.to_string()).unwrap();
        let workspace = Workspace::open_to_write(&place.root()).unwrap();
        let ids: Vec<u32> = workspace.images().unwrap().iter().map(|image| image.id.0).collect();
        assert_eq!(ids, [0, 1, 2, 3, 4, 5], "{table}");
        assert_eq!(workspace.tags().unwrap().bearers("liked"), tagged, "{table}");
    }
}

#[test]
fn a_name_with_a_path_in_it_leads_to_no_table_of_another_workspace() {
    let [place, other] = [Place::new(), Place::new()];
    place.open();
    let spec = spec(&[("conv1", 4)]);
    other.open().features(&spec).unwrap();
    let name = other.root().join(spec.table_name());
    let error =
        Workspace::open(&place.root()).unwrap().read_features(name.to_str().unwrap()).err().expect("not its own");
    assert!(matches!(error, StoreError::Damaged { .. } | StoreError::Table { .. }), "{error:?}");
}

#[test]
fn a_table_that_was_never_whole_takes_no_other_with_it_not_even_for_who_only_reads() {
    let place = Place::new();
    let spec = spec(&[("conv1", 4)]);
    let mut workspace = place.open();
    workspace.append_images(images(0..5)).unwrap();
    workspace.features(&spec).unwrap().append(rows(&spec.columns, [1, 2])).unwrap();
    let record = |id: ImageId| Some(image(id.0).record);
    workspace.recorder().unwrap().add_tag(&[ImageId(1)], "keep", record).unwrap();
    drop(workspace);
    for manifest in manifests(&place.root().join("tags.lance")) {
        fs::write(manifest, b"").unwrap();
    }
    let before = files(&place.root());
    let reader = Workspace::open(&place.root()).unwrap();
    assert_eq!((reader.images().unwrap().len(), reader.feature_tables().unwrap()[0].rows), (5, 2));
    assert!(reader.tags().unwrap().is_empty());
    assert!(reader.histories().unwrap().iter().all(|history| history.table != "tags"));
    let remarks = reader.remarks();
    assert!(remarks.len() == 1 && remarks[0].starts_with("tags.lance cannot be read"), "{remarks:?}");
    assert_eq!(files(&place.root()), before, "who only reads changes nothing");
    assert!(place.open().remarks()[0].contains("tags.lance.torn"), "who writes sets it aside");
}

#[test]
fn who_opens_it_to_save_a_result_hears_what_was_set_aside_and_no_other_table_is_opened() {
    let place = Place::new();
    let spec = spec(&[("conv1", 4)]);
    let mut workspace = place.open();
    workspace.append_images(images(0..5)).unwrap();
    workspace.features(&spec).unwrap().append(rows(&spec.columns, [1, 2])).unwrap();
    let record = |id: ImageId| Some(image(id.0).record);
    workspace.recorder().unwrap().add_tag(&[ImageId(1)], "keep", record).unwrap();
    workspace.recorder().unwrap().add_tag(&[ImageId(2)], "keep", record).unwrap();
    drop(workspace);
    assert!(Recorder::open(&place.root()).unwrap().remarks().is_empty());
    harm(&place.root().join("tags.lance"), |_| Vec::new());
    // It has its end, so only whoever opens it can see that it is damaged inside.
    let vectors = place.root().join(format!("{}.lance", spec.table_name()));
    harm(&vectors, damaged_inside);
    let before = files(&vectors);
    let recorder = Recorder::open(&place.root()).unwrap();
    let remarks = recorder.remarks();
    assert!(remarks.len() == 1 && remarks[0].starts_with("tags.lance: version"), "{remarks:?}");
    assert_eq!(files(&vectors), before, "it was not looked into");
    recorder.add_tag(&[ImageId(3)], "keep", record).unwrap();
    assert_eq!(Workspace::open(&place.root()).unwrap().tags().unwrap().bearers("keep"), [ImageId(1), ImageId(3)]);
    drop(recorder);
    // Whoever writes to the other finds its last whole version, and goes on from there.
    let mut workspace = place.open();
    let mut table = workspace.features(&spec).unwrap();
    table.append(rows(&spec.columns, [1, 2, 3])).unwrap();
    assert_holds(&table, &spec.columns, &[1, 2, 3]);
}

#[test]
fn a_version_that_is_damaged_inside_is_set_aside_with_a_remark_when_the_collection_is_opened() {
    let place = Place::new();
    let mut workspace = place.open();
    workspace.append_images(images(0..5)).unwrap();
    let record = |id: ImageId| Some(image(id.0).record);
    for id in [1, 2] {
        workspace.recorder().unwrap().add_tag(&[ImageId(id)], "keep", record).unwrap();
    }
    drop(workspace);
    harm(&place.root().join("tags.lance"), damaged_inside);
    let mut workspace = place.open();
    workspace.repair().unwrap();
    let remarks = workspace.remarks();
    assert!(remarks.len() == 1 && remarks[0].starts_with("tags.lance: version"), "{remarks:?}");
    assert_eq!(workspace.tags().unwrap().bearers("keep"), [ImageId(1)]);
}
