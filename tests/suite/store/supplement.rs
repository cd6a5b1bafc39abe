//! Layers that are asked for later.

use tiramisu::domain::{ImageId, Predicate};
use tiramisu::store::{FeatureSpec, FeatureTable, StoreError, Workspace};

use super::{Place, assert_holds, rows, spec, value};

/// A table of one layer, and the same of two.
fn one_and_two() -> (FeatureSpec, FeatureSpec) {
    (spec(&[("conv1", 3)]), spec(&[("conv1", 3), ("conv2", 4)]))
}

/// A table of [`one_and_two`]'s first layer with so many images, of which the `done` first have the second layer already.
fn half_added(workspace: &mut Workspace, images: u32, done: u32) -> (FeatureTable, FeatureTable) {
    let (first, all) = one_and_two();
    let mut table = workspace.features(&first).unwrap();
    table.append(rows(&first.columns, 0..images)).unwrap();
    let mut supplement = workspace.supplement(&table, &all).unwrap().expect("a layer is missing");
    supplement.append(rows(&all.columns[2..], 0..done)).unwrap();
    (table, supplement)
}

#[test]
fn a_predicate_over_a_layer_that_is_being_added_is_told_so() {
    let place = Place::new();
    let mut workspace = place.open();
    let (table, _supplement) = half_added(&mut workspace, 8, 3);
    let features = table.spec().table_name();
    let ask = |text: &str| {
        let answer = workspace.query(&Predicate::parse(text).unwrap(), Some(&features), &|| false);
        answer.expect_err("it cannot be answered").to_string()
    };
    let coming = ask("feature('conv2', 0) > 1");
    assert!(coming.contains("conv2 is still being added"), "{coming}");
    assert!(ask("feature('conv3', 0) > 1").contains("no layer conv3"));
}

#[test]
fn missing_layers_are_named() {
    let place = Place::new();
    let table = place.open().features(&spec(&[("conv1", 3), ("conv2", 4)])).unwrap();
    let wanted = spec(&[("conv2", 4), ("conv3", 5)]);
    assert_eq!(table.missing_layers(&wanted), wanted.columns[2..]);
    assert_eq!(table.missing_layers(&table.spec()), []);
}

#[test]
fn further_layers_become_columns_of_the_same_table() {
    let place = Place::new();
    let (first, all) = (spec(&[("a/b", 3)]), spec(&[("a/b", 3), ("a_b", 4), ("c", 600)]));
    let ids: Vec<u32> = (0..100).filter(|id| id % 5 != 0).collect();
    let mut workspace = place.open();
    let mut table = workspace.features(&first).unwrap();
    for part in ids.chunks(9) {
        table.append(rows(&first.columns, part.iter().copied())).unwrap();
    }
    let mut supplement = workspace.supplement(&table, &all).unwrap().expect("layers are missing");
    for part in ids.chunks(32) {
        supplement.append(rows(&all.columns[2..], part.iter().copied())).unwrap();
    }
    let version = table.version();
    assert_eq!(workspace.merge_supplement(&mut table, supplement, &[]).unwrap(), version + 1);
    assert_holds(&table, &all.columns, &ids);
    assert_eq!(table.missing_layers(&all), []);
    assert!(workspace.supplement(&table, &all).unwrap().is_none());
    assert_eq!(workspace.feature_tables().unwrap().len(), 1);
    // New images now need all layers.
    assert!(table.append(rows(&first.columns, 100..102)).is_err());
    table.append(rows(&all.columns, 100..102)).unwrap();
    drop((table, workspace));
    let ids: Vec<u32> = ids.into_iter().chain(100..102).collect();
    assert_holds(&place.open().features(&all).unwrap(), &all.columns, &ids);
}

#[test]
fn a_supplement_goes_on_after_reopening_and_is_merged_only_when_it_is_whole() {
    let place = Place::new();
    let (first, all) = one_and_two();
    let mut workspace = place.open();
    let (mut table, supplement) = half_added(&mut workspace, 20, 7);
    let error = workspace.merge_supplement(&mut table, supplement, &[]).unwrap_err();
    assert!(error.to_string().contains("13 images"), "{error}");
    drop((table, workspace));

    let mut workspace = place.open();
    let mut table = workspace.features(&first).unwrap();
    assert_holds(&table, &first.columns, &(0..20).collect::<Vec<_>>());
    let mut supplement = workspace.supplement(&table, &all).unwrap().unwrap();
    assert_eq!(supplement.rows(), 7);
    supplement.append(rows(&all.columns[2..], 7..20)).unwrap();
    workspace.merge_supplement(&mut table, supplement, &[]).unwrap();
    assert_holds(&table, &all.columns, &(0..20).collect::<Vec<_>>());
}

#[test]
fn rows_in_another_order_are_merged_to_the_right_images() {
    let place = Place::new();
    let (first, all) = one_and_two();
    let mut workspace = place.open();
    let mut table = workspace.features(&first).unwrap();
    table.append(rows(&first.columns, [8, 9, 1, 2])).unwrap();
    table.append(rows(&first.columns, [0, 20, 4])).unwrap();
    let mut supplement = workspace.supplement(&table, &all).unwrap().unwrap();
    supplement.append(rows(&all.columns[2..], [20, 2, 1])).unwrap();
    supplement.append(rows(&all.columns[2..], [0, 4, 8, 9, 99])).unwrap();
    workspace.merge_supplement(&mut table, supplement, &[]).unwrap();
    assert_holds(&table, &all.columns, &[0, 1, 2, 4, 8, 9, 20]);
}

#[test]
fn what_was_begun_is_finished_before_another_wish_has_its_turn() {
    let place = Place::new();
    let first = spec(&[("conv1", 3)]);
    let mut workspace = place.open();
    let mut table = workspace.features(&first).unwrap();
    table.append(rows(&first.columns, 0..4)).unwrap();
    let two = spec(&[("conv2", 4)]);
    workspace.supplement(&table, &two).unwrap().unwrap().append(rows(&two.columns, 0..2)).unwrap();
    assert!(workspace.supplement(&table, &first).unwrap().is_none(), "nothing is missing of these");
    let three = spec(&[("conv2", 4), ("conv3", 5)]);
    let mut supplement = workspace.supplement(&table, &three).unwrap().unwrap();
    assert_eq!((supplement.rows(), supplement.columns()), (2, two.columns.clone()));
    supplement.append(rows(&two.columns, 2..4)).unwrap();
    workspace.merge_supplement(&mut table, supplement, &[]).unwrap();
    let supplement = workspace.supplement(&table, &three).unwrap().unwrap();
    assert_eq!((supplement.rows(), supplement.columns()), (0, three.columns[2..].to_vec()));
}

#[test]
fn a_supplement_that_was_merged_and_left_behind_goes_at_the_next_opening() {
    let place = Place::new();
    let (first, all) = one_and_two();
    let mut workspace = place.open();
    let (mut table, supplement) = half_added(&mut workspace, 4, 4);
    // As if the process were killed between the merge and the deletion.
    let (path, aside) = (supplement.path().to_owned(), place.root().join(".aside"));
    copy_folder(&path, &aside);
    workspace.merge_supplement(&mut table, supplement, &[]).unwrap();
    std::fs::rename(&aside, &path).unwrap();
    drop((table, workspace));
    for wish in [&first, &all] {
        let mut workspace = place.open();
        let table = workspace.features(wish).unwrap();
        assert!(workspace.supplement(&table, wish).unwrap().is_none());
        assert_eq!(workspace.feature_tables().unwrap().len(), 1);
        assert_holds(&table, &all.columns, &[0, 1, 2, 3]);
    }
}

fn copy_folder(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy_folder(&entry.path(), &target),
            false => std::fs::copy(entry.path(), target).map(drop).unwrap(),
        }
    }
}

#[test]
fn images_whose_pictures_changed_are_forgotten_in_all_other_tables() {
    let place = Place::new();
    let (_, all) = one_and_two();
    let mut workspace = place.open();
    let (mut table, supplement) = half_added(&mut workspace, 20, 10);
    drop(supplement);
    workspace.forget_vectors_elsewhere(&[ImageId(4), ImageId(15)], &table).unwrap();
    assert_eq!(table.rows(), 20);
    let mut supplement = workspace.supplement(&table, &all).unwrap().unwrap();
    assert_eq!(supplement.rows(), 9);
    supplement.append(rows(&all.columns[2..], (10..20).chain([4]))).unwrap();
    workspace.merge_supplement(&mut table, supplement, &[]).unwrap();
    assert_holds(&table, &all.columns, &(0..20).collect::<Vec<_>>());
}

#[test]
fn a_table_without_rows_takes_further_layers() {
    let place = Place::new();
    let (first, all) = one_and_two();
    let mut workspace = place.open();
    let mut table = workspace.features(&first).unwrap();
    let supplement = workspace.supplement(&table, &all).unwrap().unwrap();
    workspace.merge_supplement(&mut table, supplement, &[]).unwrap();
    table.append(rows(&all.columns, 0..3)).unwrap();
    assert_holds(&table, &all.columns, &[0, 1, 2]);
}

#[test]
fn what_was_opened_for_reading_is_not_supplemented() {
    let place = Place::new();
    let (first, all) = one_and_two();
    let table = place.open().features(&first).unwrap();
    let mut reader = Workspace::open(&place.root()).unwrap();
    let error = reader.supplement(&table, &all).err().expect("it was opened for reading");
    assert!(matches!(error, StoreError::OpenedForReading { .. }), "{error}");
}

#[test]
fn images_that_are_gone_may_lack_the_further_layers() {
    let place = Place::new();
    let (first, all) = one_and_two();
    let mut workspace = place.open();
    let mut table = workspace.features(&first).unwrap();
    table.append(rows(&first.columns, 0..20)).unwrap();
    table.remove(&[ImageId(4)]).unwrap();
    table.replace(rows(&first.columns, [11])).unwrap();
    let mut supplement = workspace.supplement(&table, &all).unwrap().unwrap();
    let there: Vec<u32> = (0..20).filter(|id| ![4, 8, 11].contains(id)).collect();
    supplement.append(rows(&all.columns[2..], there.iter().copied())).unwrap();
    workspace.merge_supplement(&mut table, supplement, &[ImageId(8), ImageId(11)]).unwrap();
    let (stored, channels) = (&all.columns[2].0, all.columns[2].1);
    for table in [table.reader(), Workspace::open(&place.root()).unwrap().read_features(&all.table_name()).unwrap()] {
        let vectors = table.vectors(stored).unwrap();
        assert_eq!(vectors.ids, there.iter().map(|id| ImageId(*id)).collect::<Vec<_>>());
        for (row, id) in there.iter().enumerate() {
            let wanted: Vec<_> = (0..channels).map(|channel| value(stored, *id, channel)).collect();
            assert_eq!(vectors.matrix.row(row), wanted, "image {id}");
        }
        assert_eq!(table.vector(stored, ImageId(8)).unwrap(), None);
        assert_eq!(table.vectors(&first.columns[0].0).unwrap().ids.len(), 19);
    }
    // Back again, all its layers are written.
    table.replace(rows(&all.columns, [8, 11])).unwrap();
    assert_holds(&table, &all.columns, &(0..20).filter(|id| *id != 4).collect::<Vec<_>>());
}
