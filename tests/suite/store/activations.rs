//! Whole activations in tables of their own.

use half::f16;
use tiramisu::domain::{ImageId, ImageRecord};

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
    assert_eq!(workspace.kept_activations("net").unwrap().len(), 3);
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
