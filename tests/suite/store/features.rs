//! Feature tables.

use half::f16;
use tiramisu::domain::{ImageId, Pooling};
use tiramisu::store::{FeatureRows, FeatureSpec, StoreError};

use super::{Place, assert_holds, images, layer, rows, spec, value};

#[test]
fn features_come_back_layer_by_layer_and_after_reopening() {
    let place = Place::new();
    let spec = spec(&[("conv1", 96), ("fire9/concat", 512), ("a", 1)]);
    let ids = [1, 2, 3, 4, 6, 7, 8, 9, 11];
    let mut workspace = place.open();
    let mut table = workspace.features(&spec).unwrap();
    assert_eq!((table.rows(), table.spec()), (0, spec.clone()));
    table.append(rows(&spec.columns, ids[..4].iter().copied())).unwrap();
    table.append(rows(&spec.columns, ids[4..].iter().copied())).unwrap();
    assert_holds(&table, &spec.columns, &ids);
    drop((table, workspace));
    let table = place.open().features(&spec).unwrap();
    assert_holds(&table, &spec.columns, &ids);
    assert_eq!(table.spec(), spec);
}

#[test]
fn half_precision_numbers_keep_every_bit() {
    let place = Place::new();
    let spec = spec(&[("all", 1 << 12)]);
    let every: Vec<f16> = (0..=u16::MAX).map(f16::from_bits).collect();
    let ids = 0..16_u32;
    let mut table = place.open().features(&spec).unwrap();
    table
        .append(FeatureRows {
            ids: ids.clone().map(ImageId).collect(),
            paths: ids.clone().map(super::path).collect(),
            labels: ids.map(|_| None).collect(),
            values: spec.columns.iter().map(|(stored, _)| (stored.clone(), every.clone().into())).collect(),
        })
        .unwrap();
    let found = table.vectors(&spec.columns[1].0).unwrap();
    let bits = |values: &[f16]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(found.matrix.values().as_half().unwrap()), bits(&every));
}

#[test]
fn one_vector_is_found_by_its_image_and_absent_for_images_without_features() {
    let place = Place::new();
    let spec = spec(&[("conv1", 7)]);
    let mut table = place.open().features(&spec).unwrap();
    table.append(rows(&spec.columns, [2, 3, 5])).unwrap();
    table.append(rows(&spec.columns, [8, 13])).unwrap();
    for (stored, channels) in &spec.columns {
        for id in [2, 3, 5, 8, 13] {
            let wanted: Vec<f32> = (0..*channels).map(|c| value(stored, id, c).to_f32()).collect();
            assert_eq!(table.vector(stored, ImageId(id)).unwrap(), Some(wanted));
        }
        for id in [0, 4, 14, u32::MAX] {
            assert_eq!(table.vector(stored, ImageId(id)).unwrap(), None);
        }
    }
}

#[test]
fn an_image_gets_one_row_only() {
    let place = Place::new();
    let spec = spec(&[("conv1", 3)]);
    let mut table = place.open().features(&spec).unwrap();
    table.append(rows(&spec.columns, [1, 2, 4])).unwrap();
    for twice in [vec![4], vec![5, 2], vec![7, 7]] {
        let error = table.append(rows(&spec.columns, twice)).unwrap_err();
        assert!(matches!(error, StoreError::RowsDoNotFit { .. }), "{error}");
    }
    assert_holds(&table, &spec.columns, &[1, 2, 4]);
}

#[test]
fn rows_that_do_not_fit_are_refused_and_nothing_changes() {
    let place = Place::new();
    let spec = spec(&[("conv1", 3), ("conv2", 4)]);
    let mut table = place.open().features(&spec).unwrap();
    let version = table.version();
    let good = || rows(&spec.columns, [1, 2]);
    let mut without_a_layer = good();
    without_a_layer.values.remove(1);
    let mut with_a_strange_layer = good();
    with_a_strange_layer.values.push((layer("conv3", Pooling::Average), vec![f16::ONE; 2].into()));
    let mut short = good();
    short.values[2].1 = vec![f16::ONE; 7].into();
    let mut without_a_path = good();
    without_a_path.paths.pop();
    for wrong in [without_a_layer, with_a_strange_layer, short, without_a_path] {
        let error = table.append(wrong).unwrap_err();
        assert!(matches!(error, StoreError::RowsDoNotFit { .. }), "{error}");
    }
    assert_eq!((table.rows(), table.version()), (0, version));
    table.append(good()).unwrap();
    assert_holds(&table, &spec.columns, &[1, 2]);
}

#[test]
fn images_appended_out_of_order_are_read_in_order() {
    let place = Place::new();
    let spec = spec(&[("conv1", 5)]);
    let mut workspace = place.open();
    let mut table = workspace.features(&spec).unwrap();
    table.append(rows(&spec.columns, [10, 11, 12])).unwrap();
    table.append(rows(&spec.columns, [3, 1, 2])).unwrap();
    table.append(rows(&spec.columns, [20, 0])).unwrap();
    let ids = [0, 1, 2, 3, 10, 11, 12, 20];
    assert_holds(&table, &spec.columns, &ids);
    let (stored, _) = &spec.columns[0];
    let wanted: Vec<f32> = (0..5).map(|c| value(stored, 2, c).to_f32()).collect();
    assert_eq!(table.vector(stored, ImageId(2)).unwrap(), Some(wanted));
    assert_holds(&workspace.features(&spec).unwrap(), &spec.columns, &ids);
}

#[test]
fn many_small_appends_are_put_together_in_order() {
    let place = Place::new();
    let spec = spec(&[("conv1", 6)]);
    let mut workspace = place.open();
    let mut table = workspace.features(&spec).unwrap();
    let mut ids = Vec::new();
    for turn in 0..140_u32 {
        let new: Vec<u32> = (turn * 100..turn * 100 + 1 + turn % 50).collect();
        table.append(rows(&spec.columns, new.iter().copied())).unwrap();
        ids.extend(new);
    }
    assert_holds(&table, &spec.columns, &ids);
    assert!(table.versions().unwrap().len() > 141, "nothing was put together");
    assert_holds(&workspace.features(&spec).unwrap(), &spec.columns, &ids);
}

#[test]
fn large_commits_are_left_alone_when_small_ones_are_put_together() {
    let place = Place::new();
    let spec = spec(&[("conv1", 2)]);
    let mut table = place.open().features(&spec).unwrap();
    // Small ones before a large one stay where they are, because a rewritten fragment would move to the end.
    let mut ids = Vec::new();
    let mut append = |table: &mut tiramisu::store::FeatureTable, new: std::ops::Range<u32>| {
        table.append(rows(&spec.columns, new.clone())).unwrap();
        ids.extend(new);
    };
    for turn in 0..10 {
        append(&mut table, turn * 10..turn * 10 + 5);
    }
    append(&mut table, 1000..6000);
    for turn in 0..130 {
        append(&mut table, 10_000 + turn * 10..10_000 + turn * 10 + 7);
    }
    assert_holds(&table, &spec.columns, &ids);
    assert!(table.versions().unwrap().len() > 142, "nothing was put together");
}

#[test]
fn layers_whose_plain_names_are_the_same_keep_apart() {
    let place = Place::new();
    let spec = spec(&[("a/b", 2), ("a_b", 3), ("A.b", 4)]);
    let mut table = place.open().features(&spec).unwrap();
    table.append(rows(&spec.columns, 0..4)).unwrap();
    assert_holds(&table, &spec.columns, &[0, 1, 2, 3]);
    assert_eq!(table.columns(), spec.columns);
}

#[test]
fn a_layer_that_was_not_stored_is_named_in_the_error() {
    let place = Place::new();
    let table = place.open().features(&spec(&[("conv1", 2)])).unwrap();
    let error = table.vectors(&layer("pool5", Pooling::Maximum)).unwrap_err();
    assert!(error.to_string().contains("pool5 (maximum)"), "{error}");
    assert!(matches!(error, StoreError::LayerNotStored { .. }));
}

#[test]
fn a_layer_without_channels_is_refused() {
    let place = Place::new();
    let error = place.open().features(&spec(&[("conv1", 2), ("empty", 0)])).err().expect("it holds nothing");
    assert!(error.to_string().contains("layer empty has no channels"), "{error}");
    assert_eq!(place.open().feature_tables().unwrap(), []);
}

#[test]
fn features_of_another_network_are_not_mixed_in() {
    let place = Place::new();
    let spec = spec(&[("conv1", 2)]);
    let mut workspace = place.open();
    workspace.features(&spec).unwrap();
    let other_weights = FeatureSpec { fingerprint: "01234567ffffffff".to_owned(), ..spec.clone() };
    let other_mean = FeatureSpec { preprocessing: "{}".to_owned(), ..spec.clone() };
    let other_size = FeatureSpec { columns: vec![(spec.columns[0].0.clone(), 3)], ..spec.clone() };
    for other in [other_weights, other_mean, other_size] {
        let error = workspace.features(&other).err().expect("it is another network");
        assert!(matches!(error, StoreError::OtherNetwork { .. }), "{error}");
    }
    let same = FeatureSpec { preprocessing: "{ \"order\": \"bgr\", \"mean\": [104, 117, 123] }".to_owned(), ..spec };
    workspace.features(&same).unwrap();
}

#[test]
fn the_workspace_lists_its_feature_tables() {
    let place = Place::new();
    let mut workspace = place.open();
    assert_eq!(workspace.feature_tables().unwrap(), []);
    let one = spec(&[("conv1", 2)]);
    let two = FeatureSpec { network: "AlexNet".to_owned(), fingerprint: "ff00ff00ff".to_owned(), ..one.clone() };
    workspace.features(&one).unwrap().append(rows(&one.columns, 0..3)).unwrap();
    workspace.features(&two).unwrap();
    let found = workspace.feature_tables().unwrap();
    let summary: Vec<_> = found.iter().map(|table| (table.table.as_str(), &table.spec, table.rows)).collect();
    assert_eq!(summary, [("alexnet_ff00ff00", &two, 0), ("test_net_v1_0_01234567", &one, 3)]);
    let table = workspace.read_features("test_net_v1_0_01234567").unwrap();
    assert_holds(&table, &one.columns, &[0, 1, 2]);
}

#[test]
fn a_reader_of_the_table_works_on_another_thread_and_cannot_write() {
    let place = Place::new();
    let spec = spec(&[("conv1", 2)]);
    let mut table = place.open().features(&spec).unwrap();
    table.append(rows(&spec.columns, 0..3)).unwrap();
    let mut reader = table.reader();
    table.append(rows(&spec.columns, 3..5)).unwrap();
    let columns = spec.columns.clone();
    std::thread::spawn(move || {
        assert_holds(&reader, &columns, &[0, 1, 2]);
        let error = reader.append(rows(&columns, 7..8)).unwrap_err();
        assert!(matches!(error, StoreError::OpenedForReading { .. }), "{error}");
        reader.refresh().unwrap();
        assert_holds(&reader, &columns, &[0, 1, 2, 3, 4]);
    })
    .join()
    .unwrap();
}

#[test]
fn rows_are_removed_as_one_commit_however_many_they_are() {
    let place = Place::new();
    let spec = spec(&[("conv1", 1)]);
    let mut workspace = place.open();
    let mut table = workspace.features(&spec).unwrap();
    let before = table.append(rows(&spec.columns, 0..9000)).unwrap();
    let removed: Vec<ImageId> = (0..9000).step_by(2).map(ImageId).collect();
    assert_eq!(table.remove(&removed).unwrap(), before + 1);
    assert_holds(&table, &spec.columns, &(0..9000).skip(1).step_by(2).collect::<Vec<_>>());
    let all = (0..9000).map(ImageId).collect::<Vec<_>>();
    assert_eq!(table.remove(&all).unwrap(), before + 2, "those that are not there are none");
    assert_holds(&table, &spec.columns, &[]);
}

#[test]
fn rows_can_be_replaced_and_removed() {
    let place = Place::new();
    let spec = spec(&[("conv1", 3), ("conv2", 40)]);
    let mut workspace = place.open();
    let mut table = workspace.features(&spec).unwrap();
    table.append(rows(&spec.columns, 0..50)).unwrap();
    table.append(rows(&spec.columns, 50..70)).unwrap();
    // The rows of 20 to 22 become those of 120 to 122; 90 is new.
    let mut others = rows(&spec.columns, [120, 121, 122, 90]);
    others.ids[..3].copy_from_slice(&[ImageId(20), ImageId(21), ImageId(22)]);
    let version = table.version();
    assert_eq!(table.replace(others).unwrap(), version + 1, "one commit");
    table.remove(&[ImageId(5), ImageId(60), ImageId(1000)]).unwrap();
    table.append(rows(&spec.columns, 200..203)).unwrap();
    let expected: Vec<u32> = (0..70).filter(|id| ![5, 60].contains(id)).chain([90, 200, 201, 202]).collect();
    let again = tiramisu::store::Workspace::open(&place.root()).unwrap().read_features(&spec.table_name()).unwrap();
    for table in [&table, &again] {
        assert_eq!(table.ids(), expected.iter().map(|id| ImageId(*id)).collect::<Vec<_>>());
        for (stored, channels) in &spec.columns {
            let vectors = table.vectors(stored).unwrap();
            for (row, id) in expected.iter().enumerate() {
                let model = if (20..23).contains(id) { id + 100 } else { *id };
                let wanted: Vec<_> = (0..*channels).map(|channel| value(stored, model, channel)).collect();
                assert_eq!(vectors.matrix.row(row), wanted, "image {id}");
                let alone = table.vector(stored, ImageId(*id)).unwrap().unwrap();
                assert_eq!(alone, wanted.iter().map(|value| value.to_f32()).collect::<Vec<_>>());
            }
        }
    }
    assert_eq!(table.remove(&[ImageId(5)]).unwrap(), table.version(), "nothing is left to remove");
}

#[test]
fn a_table_that_did_not_change_is_not_read_again() {
    let place = Place::new();
    let spec = spec(&[("conv1", 4)]);
    let mut workspace = place.open();
    workspace.append_images(images(0..5)).unwrap();
    let mut table = workspace.features(&spec).unwrap();
    table.append(rows(&spec.columns, [0, 2])).unwrap();
    let mut reader = workspace.reader().read_features(&spec.table_name()).unwrap();
    // Nobody can read where nothing is.
    let (data, away) = (table.path().join("data"), table.path().join("away"));
    std::fs::rename(&data, &away).unwrap();
    reader.refresh().unwrap();
    assert_eq!(reader.ids(), [ImageId(0), ImageId(2)]);
    std::fs::rename(&away, &data).unwrap();
    table.append(rows(&spec.columns, [3])).unwrap();
    // What could not be read once is read the next time, though the version is the same by then.
    std::fs::rename(&data, &away).unwrap();
    reader.refresh().unwrap_err();
    std::fs::rename(&away, &data).unwrap();
    reader.refresh().unwrap();
    assert_eq!(reader.ids(), [ImageId(0), ImageId(2), ImageId(3)]);
    let shared = reader.reader();
    assert!(std::ptr::eq(shared.ids(), reader.ids()), "a further reader shares the ids");
}
