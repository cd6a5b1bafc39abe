//! Layers that are asked for later.

use tiramisu::domain::ImageId;
use tiramisu::store::{StoreError, Workspace};

use super::{Place, assert_holds, rows, spec, value};

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
    let (first, all) = (spec(&[("conv1", 3)]), spec(&[("conv1", 3), ("conv2", 4)]));
    let mut workspace = place.open();
    let mut table = workspace.features(&first).unwrap();
    table.append(rows(&first.columns, 0..20)).unwrap();
    let mut supplement = workspace.supplement(&table, &all).unwrap().unwrap();
    supplement.append(rows(&all.columns[2..], 0..7)).unwrap();
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
    let (first, all) = (spec(&[("conv1", 3)]), spec(&[("conv1", 3), ("conv2", 4)]));
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
fn another_wish_for_layers_starts_the_supplement_anew() {
    let place = Place::new();
    let first = spec(&[("conv1", 3)]);
    let mut workspace = place.open();
    let mut table = workspace.features(&first).unwrap();
    table.append(rows(&first.columns, 0..4)).unwrap();
    let two = spec(&[("conv2", 4)]);
    workspace.supplement(&table, &two).unwrap().unwrap().append(rows(&two.columns, 0..2)).unwrap();
    let three = spec(&[("conv3", 5)]);
    let supplement = workspace.supplement(&table, &three).unwrap().unwrap();
    assert_eq!((supplement.rows(), supplement.columns()), (0, three.columns));
}

#[test]
fn a_table_without_rows_takes_further_layers() {
    let place = Place::new();
    let (first, all) = (spec(&[("conv1", 3)]), spec(&[("conv1", 3), ("conv2", 4)]));
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
    let (first, all) = (spec(&[("conv1", 3)]), spec(&[("conv1", 3), ("conv2", 4)]));
    let table = place.open().features(&first).unwrap();
    let mut reader = tiramisu::store::Workspace::open(&place.root()).unwrap();
    let error = reader.supplement(&table, &all).err().expect("it was opened for reading");
    assert!(matches!(error, StoreError::OpenedForReading { .. }), "{error}");
}

#[test]
fn images_that_are_gone_may_lack_the_further_layers() {
    let place = Place::new();
    let (first, all) = (spec(&[("conv1", 3)]), spec(&[("conv1", 3), ("conv2", 4)]));
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
