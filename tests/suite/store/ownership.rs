//! Whose workspace it is, and who may write it.

use std::fs;

use tiramisu::store::{StoreError, Workspace};

use super::{Place, images};

#[test]
fn a_second_writer_is_told_that_the_workspace_is_open() {
    let place = Place::new();
    let first = place.open();
    let error = Workspace::open_or_create(&place.root(), &place.pictures()).err().expect("it is open");
    assert!(matches!(error, StoreError::AlreadyOpen { .. }));
    assert!(error.to_string().contains("already open in another Tiramisu"), "{error}");
    drop(first);
    place.open();
}

#[test]
fn a_workspace_that_is_let_go_of_soon_is_waited_for() {
    let place = Place::new();
    let first = place.open();
    let root = place.root();
    std::thread::scope(|scope| {
        let (asking, asked) = std::sync::mpsc::channel();
        let second = scope.spawn(move || {
            asking.send(()).unwrap();
            Workspace::open_to_write(&root).map(drop)
        });
        asked.recv().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(200));
        drop(first);
        second.join().unwrap().unwrap();
    });
}

#[test]
fn a_feature_table_keeps_the_workspace_to_itself_as_long_as_it_may_be_written() {
    let place = Place::new();
    let spec = super::spec(&[("conv1", 2)]);
    let table = place.open().features(&spec).unwrap();
    assert!(Workspace::open_or_create(&place.root(), &place.pictures()).is_err());
    let reader = table.reader();
    drop(table);
    place.open();
    drop(reader);
}

#[test]
fn readers_need_no_lock_and_cannot_write() {
    let place = Place::new();
    let mut writer = place.open();
    writer.append_images(images(0..3)).unwrap();
    let spec = super::spec(&[("conv1", 2)]);
    writer.features(&spec).unwrap();
    let mut reader = Workspace::open(&place.root()).unwrap();
    assert_eq!(reader.images().unwrap().len(), 3);
    let refusals =
        [reader.append_images(images(3..4)).err(), reader.features(&spec).err(), reader.delete_old_versions(1).err()];
    for refusal in refusals {
        assert!(matches!(refusal, Some(StoreError::OpenedForReading { .. })), "{refusal:?}");
    }
    assert_eq!(reader.read_features(&spec.table_name()).unwrap().rows(), 0);
}

#[test]
fn a_workspace_of_another_folder_is_refused_and_both_folders_are_named() {
    let place = Place::new();
    place.open();
    let other = place.pictures().join("other");
    let error = Workspace::open_or_create(&place.root(), &other).err().expect("it is another folder");
    assert!(matches!(error, StoreError::OtherFolder { .. }));
    let text = error.to_string();
    assert!(text.contains("pictures,") && text.contains("other;"), "{text}");
}

#[cfg(unix)]
#[test]
fn one_folder_may_be_called_by_several_names() {
    let place = Place::new();
    place.open();
    let link = place.root().with_file_name("link");
    std::os::unix::fs::symlink(place.pictures(), &link).unwrap();
    Workspace::open_or_create(&place.root(), &link).unwrap();
    Workspace::open_or_create(&place.root(), &place.pictures().join("..").join("pictures")).unwrap();
}

#[test]
fn the_workspace_opens_when_its_images_are_gone() {
    let place = Place::new();
    place.open().append_images(images(0..2)).unwrap();
    let folder = place.pictures().canonicalize().unwrap();
    fs::remove_dir(place.pictures()).unwrap();
    assert_eq!(Workspace::open_or_create(&place.root(), &folder).unwrap().image_count(), 2);
    assert_eq!(Workspace::open(&place.root()).unwrap().image_folder(), folder);
}

#[cfg(unix)]
#[test]
fn an_image_folder_whose_name_is_not_unicode_is_remembered() {
    use std::os::unix::ffi::OsStrExt;
    let place = Place::new();
    let folder = place.pictures().join(std::ffi::OsStr::from_bytes(b"\xff\xfe"));
    fs::create_dir(&folder).unwrap();
    let workspace = Workspace::open_or_create(&place.root(), &folder).unwrap();
    assert_eq!(workspace.image_folder(), folder.canonicalize().unwrap());
    drop(workspace);
    Workspace::open_or_create(&place.root(), &folder).unwrap();
    assert!(Workspace::open_or_create(&place.root(), &place.pictures()).is_err());
}

#[test]
fn a_folder_with_other_things_in_it_does_not_become_a_workspace() {
    let place = Place::new();
    fs::create_dir(place.root()).unwrap();
    fs::write(place.root().join("letter.txt"), "dear").unwrap();
    let error = Workspace::open_or_create(&place.root(), &place.pictures()).err().expect("it is in use");
    assert!(matches!(error, StoreError::NotAWorkspace { .. }), "{error}");
    assert_eq!(fs::read_dir(place.root()).unwrap().count(), 1);
}

#[test]
fn opening_what_is_not_there_makes_nothing() {
    let place = Place::new();
    let error = Workspace::open(&place.root()).err().expect("there is none");
    assert!(matches!(error, StoreError::NoWorkspace { .. }), "{error}");
    assert!(!place.root().exists());
}

#[test]
fn a_workspace_may_lie_under_any_readable_name() {
    let place = Place::new();
    for name in ["with space", "per%20cent", "hash#mark?", "käse 猫", "~", "a:b", "file:", "[x]*"] {
        let root = place.root().join("names").join(name);
        let mut workspace = Workspace::open_or_create(&root, &place.pictures()).unwrap();
        workspace.append_images(images(0..6)).unwrap();
        drop(workspace);
        let workspace = Workspace::open(&root).unwrap();
        assert_eq!(workspace.images().unwrap().len(), 6, "{name}");
        assert!(root.join("images.lance/_versions").is_dir(), "{name}");
    }
}

#[cfg(unix)]
#[test]
fn a_workspace_path_that_is_not_unicode_is_refused_in_words() {
    use std::os::unix::ffi::OsStrExt;
    let place = Place::new();
    let root = place.root().join(std::ffi::OsStr::from_bytes(b"\xff"));
    let error = Workspace::open_or_create(&root, &place.pictures()).err().expect("it is no text");
    assert!(matches!(error, StoreError::PathNotUnicode { .. }), "{error}");
}
