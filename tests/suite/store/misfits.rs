//! Vectors of other pictures than those on record, after a table was restored from a backup.

use std::fs;
use std::path::Path;

use tiramisu::domain::ImageId;
use tiramisu::store::{StoreError, Workspace};

use super::{Place, assert_holds, images, rows, spec};

fn copy(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from) {
        let entry = entry.unwrap();
        let target = to.join(entry.path().strip_prefix(from).unwrap());
        match entry.file_type().is_dir() {
            true => fs::create_dir_all(target).unwrap(),
            false => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
}

/// A workspace with vectors of eight images whose images were restored from when there were five.
fn restored() -> Place {
    let place = Place::new();
    let spec = spec(&[("conv1", 4)]);
    let (table, backup) = (place.root().join("images.lance"), place.folder.path().join("backup"));
    let mut workspace = place.open();
    workspace.append_images(images(0..5)).unwrap();
    copy(&table, &backup);
    workspace.append_images(images(5..8)).unwrap();
    workspace.features(&spec).unwrap().append(rows(&spec.columns, 0..8)).unwrap();
    drop(workspace);
    fs::remove_dir_all(&table).unwrap();
    copy(&backup, &table);
    place
}

fn ids(ids: impl IntoIterator<Item = u32>) -> Vec<ImageId> {
    ids.into_iter().map(ImageId).collect()
}

#[test]
fn vectors_of_images_that_are_not_on_record_are_found_and_removed() {
    let (place, spec) = (restored(), spec(&[("conv1", 4)]));
    let mut reader = Workspace::open(&place.root()).unwrap();
    assert_eq!(reader.misfits(&spec.table_name()).unwrap(), ids(5..8));
    assert!(matches!(reader.mend(), Err(StoreError::OpenedForReading { .. })));
    let mut workspace = place.open();
    assert_eq!(workspace.mend().unwrap().vectors, [(spec.table_name(), 3)]);
    assert_eq!(workspace.mend().unwrap().vectors, []);
    assert_holds(&workspace.features(&spec).unwrap(), &spec.columns, &[0, 1, 2, 3, 4]);
}

#[test]
fn vectors_of_another_picture_with_the_same_id_are_found_by_its_path() {
    let (place, spec) = (restored(), spec(&[("conv1", 4)]));
    let mut workspace = place.open();
    // Met in another order this time: 5 is another picture, 6 the one it was.
    let mut met = images(5..8);
    met[0].record.path.text = "folder/new.jpg".to_owned();
    met[2].record.path.text = super::path(5);
    workspace.append_images(met).unwrap();
    assert_eq!(workspace.misfits(&spec.table_name()).unwrap(), ids([5, 7]));
    assert_eq!(workspace.mend().unwrap().vectors, [(spec.table_name(), 2)]);
    assert_eq!(workspace.features(&spec).unwrap().ids(), ids([0, 1, 2, 3, 4, 6]));
}

#[test]
fn what_fits_is_left_alone() {
    let place = Place::new();
    let spec = spec(&[("conv1", 4)]);
    let mut workspace = place.open();
    workspace.append_images(images(0..8)).unwrap();
    workspace.features(&spec).unwrap().append(rows(&spec.columns, [1, 4, 6])).unwrap();
    // Images that were written anew lie at the end of their table.
    workspace.replace_images(&images([2, 4])).unwrap();
    assert_eq!(workspace.misfits(&spec.table_name()).unwrap(), []);
    let version = workspace.read_features(&spec.table_name()).unwrap().version();
    assert_eq!(workspace.mend().unwrap().vectors, []);
    assert_eq!(workspace.read_features(&spec.table_name()).unwrap().version(), version);
}
