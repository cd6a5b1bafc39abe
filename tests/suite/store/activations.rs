//! Whole activations in tables of their own.

use half::f16;
use tiramisu::domain::{ImageId, ImageRecord};
use tiramisu::store::ActivationTable;

use super::{Place, image};

fn records(count: u32) -> Vec<ImageRecord> {
    (0..count).map(|id| image(id).record).collect()
}

#[test]
fn layers_whose_names_differ_in_signs_alone_keep_and_lose_their_own() {
    let place = Place::new();
    let workspace = place.open();
    let recorder = workspace.recorder().unwrap();
    let names = ["conv1/a", "conv1_a", "Conv1.a", "conv1"];
    for (number, layer) in (1u8..).zip(names) {
        let mut table = recorder.activations("net", layer, [2, 1, 3]).unwrap();
        table.append(&records(2), vec![f16::from(number); 12]).unwrap();
    }
    let found = |layer: &str| {
        let table = workspace.activations("net", layer).unwrap()?;
        table.get(&records(2)[1]).unwrap().map(|values| (values.len(), values.as_ref().get(0)))
    };
    for (number, layer) in (1u8..).zip(names) {
        assert_eq!(found(layer), Some((6, f32::from(number))), "{layer}");
    }
    assert!(recorder.drop_activations("net", "conv1_a").unwrap());
    assert!(!recorder.drop_activations("net", "conv1_a").unwrap(), "it is gone");
    assert!(!recorder.drop_activations("net", "conv1 a").unwrap(), "there never was one");
    assert_eq!([found("conv1/a"), found("conv1_a")], [Some((6, 1.0)), None]);
    assert_eq!([found("Conv1.a"), found("conv1")], [Some((6, 3.0)), Some((6, 4.0))]);
    assert_eq!(workspace.stored_activations("net").unwrap().len(), 3);
    // The name that became free is taken again, and nobody is mistaken for another.
    recorder.activations("net", "conv1_a", [1, 1, 1]).unwrap().append(&records(1), vec![f16::ONE]).unwrap();
    assert_eq!([found("conv1/a"), found("Conv1.a")], [Some((6, 1.0)), Some((6, 3.0))]);
    assert!(recorder.activations("net", "conv1/a", [1, 1, 1]).is_err(), "another shape is another layer");
}

#[test]
fn only_the_state_of_a_file_that_was_seen_has_an_activation() {
    let place = Place::new();
    let workspace = place.open();
    let recorder = workspace.recorder().unwrap();
    let mut table = recorder.activations("net", "conv1", [1, 2, 2]).unwrap();
    let all = records(3);
    table.append(&all, (0..12u8).map(f16::from).collect::<Vec<_>>()).unwrap();
    assert!(table.append(&all[..1], vec![f16::ONE; 3]).is_err(), "too few numbers");
    let changed = ImageRecord { modified_unix_secs: all[1].modified_unix_secs + 1, ..all[1].clone() };
    assert!(table.holds(&all[1]) && !table.holds(&changed));
    table.append(std::slice::from_ref(&changed), vec![f16::ONE; 4]).unwrap();
    assert_eq!((table.len(), table.get(&all[1]).unwrap()), (3, None));
    assert_eq!(table.get(&changed).unwrap(), Some(vec![f16::ONE; 4].into()));
    let mut seen = Vec::new();
    table
        .scan(|ids, values| {
            seen.extend(ids.iter().copied().zip(values.chunks(4).map(|map| map.get(0))));
            std::ops::ControlFlow::Continue(())
        })
        .unwrap();
    seen.sort_by_key(|(id, _)| *id);
    assert_eq!(seen, [(ImageId(0), 0.0), (ImageId(1), 1.0), (ImageId(2), 8.0)]);
}

/// Makes a table one that earlier versions wrote: it does not say that its numbers are whole, nor in which part of a second files
/// were changed.
fn make_old(place: &Place, table: &str) {
    let path = place.root().join(format!("{table}.lance"));
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let mut dataset = lance::Dataset::open(path.to_str().unwrap()).await.unwrap();
        let result = arrow_schema::Schema::from(dataset.schema()).metadata["result"].clone();
        let mut about: serde_json::Value = serde_json::from_str(&result).unwrap();
        about.as_object_mut().unwrap().remove("is_whole");
        dataset.update_schema_metadata([("result".to_owned(), Some(about.to_string()))]).await.unwrap();
        dataset.drop_columns(&["modified_nanos"]).await.unwrap();
    });
}

fn scanned(table: &ActivationTable) -> Vec<(ImageId, Vec<f32>)> {
    let mut seen = Vec::new();
    table
        .scan(|ids, values| {
            seen.extend(ids.iter().copied().zip(values.chunks(2).map(|map| map.iter().collect())));
            std::ops::ControlFlow::Continue(())
        })
        .unwrap();
    seen
}

#[test]
fn activations_that_an_earlier_version_cut_off_reach_nobody_and_are_looked_for_once() {
    let place = Place::new();
    let workspace = place.open();
    let recorder = workspace.recorder().unwrap();
    let all = records(4);
    let (one, two) = (f16::ONE, f16::from(2u8));
    let cut = vec![one, two, f16::MAX, one, two, two, two, f16::MIN];
    recorder.activations("net", "conv1", [1, 1, 2]).unwrap().append(&all, cut).unwrap();
    make_old(&place, "activations_net_conv1");
    let open = || workspace.activations("net", "conv1").unwrap().unwrap();
    let whole = || vec![(ImageId(0), vec![1.0, 2.0]), (ImageId(2), vec![2.0, 2.0])];
    assert_eq!(scanned(&open()), whole());
    let json = || std::fs::read_to_string(place.root().join("workspace.json")).unwrap();

    let mut table = recorder.activations("net", "conv1", [1, 1, 2]).unwrap();
    assert_eq!(scanned(&table), whole());
    assert_eq!(all.iter().map(|record| table.holds(record)).collect::<Vec<_>>(), [true, false, true, false]);
    assert!(!json().contains("activations_net_conv1"), "some are to be made again: {}", json());
    table.append(&[all[1].clone(), all[3].clone()], vec![1e6, 3.0, 4.0, 5.0]).unwrap();
    assert!(all.iter().all(|record| table.holds(record)));
    let mut seen = scanned(&open());
    seen.sort_by_key(|(id, _)| *id);
    let made = [[1.0, 2.0], [1e6, 3.0], [2.0, 2.0], [4.0, 5.0]];
    assert_eq!(seen, (0..4).map(ImageId).zip(made.map(Vec::from)).collect::<Vec<_>>());

    recorder.activations("net", "conv1", [1, 1, 2]).unwrap();
    assert!(json().contains("activations_net_conv1"), "it is remembered: {}", json());
    assert!(recorder.drop_activations("net", "conv1").unwrap());
    assert!(!json().contains("activations_net_conv1"), "another may get the name: {}", json());
}

#[test]
fn an_activation_of_another_picture_with_the_same_id_is_none() {
    let place = Place::new();
    let workspace = place.open();
    let all = records(2);
    let mut table = workspace.recorder().unwrap().activations("net", "conv1", [1, 1, 1]).unwrap();
    table.append(&all, vec![f16::ONE; 2]).unwrap();
    let mut other = all[1].clone();
    other.path.text = "another.jpg".to_owned();
    assert!(table.holds(&all[1]) && !table.holds(&other));
    assert_eq!(table.get(&other).unwrap(), None);
}
