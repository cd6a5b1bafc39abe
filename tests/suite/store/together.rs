//! Threads of one process that write results beside each other.

use half::f16;
use tiramisu::domain::{Exemplar, ImageId, LayerExemplars};
use tiramisu::store::{LayerRecords, Recorder};

use super::{Place, image, images};

fn exemplars(value: f32) -> LayerRecords<LayerExemplars> {
    let exemplar = Exemplar { image: ImageId(1), value, place: None };
    let layer = LayerExemplars { layer: "conv1".to_owned(), lists: vec![vec![exemplar]; 3] };
    LayerRecords { covers: None, layers: vec![layer] }
}

#[test]
fn two_threads_that_keep_the_same_exemplars_lose_none_of_each_others_files() {
    let place = Place::new();
    let mut workspace = place.open();
    workspace.append_images(images(0..3)).unwrap();
    let recorder = workspace.recorder().unwrap();
    let save = |recorder: &Recorder, value: f32| {
        let path = |id: ImageId| Some(image(id.0).record.path.text);
        recorder.save_exemplars("net", 1, &exemplars(value), path).unwrap();
    };
    save(&recorder, 0.5);
    std::thread::scope(|scope| {
        for thread in 1..=3u16 {
            let recorder = recorder.clone();
            scope.spawn(move || (0..12).for_each(|turn| save(&recorder, f32::from(thread * 100 + turn))));
        }
    });
    let found = workspace.exemplars("net", None).unwrap().expect("they are kept");
    let value = found.layers[0].lists[0][0].value;
    assert!([111.0, 211.0, 311.0].contains(&value), "the last of a thread is what is kept, not {value}");
}

#[test]
fn two_threads_delete_tables_at_a_time() {
    let place = Place::new();
    let workspace = place.open();
    let recorder = workspace.recorder().unwrap();
    std::thread::scope(|scope| {
        for thread in 0..3 {
            let recorder = recorder.clone();
            scope.spawn(move || {
                let name = format!("layer{thread}");
                for _ in 0..8 {
                    let mut table = recorder.activations("net", &name, [1, 1, 1]).unwrap();
                    table.append(&[image(1).record], vec![f16::ONE]).unwrap();
                    assert!(recorder.drop_activations("net", &name).unwrap(), "{name} was there");
                }
            });
        }
    });
    assert_eq!(workspace.stored_activations("net").unwrap(), []);
    drop((workspace, recorder));
    // What somebody who was killed left of one goes when the workspace is next written.
    let left = place.root().join(".deleted-1-0.lance");
    std::fs::create_dir_all(left.join("data")).unwrap();
    place.open();
    assert!(!left.exists());
}
