//! The trained network that is part of the program.

use std::{fs, path::Path, sync::Arc};

use burn::tensor::Device;
use tiramisu::{
    images::{for_network, sample},
    network::{NetworkChoice, Runner, load},
};

#[test]
fn it_is_small_and_says_what_it_is_and_that_it_names_no_classes() {
    let graph = load(&NetworkChoice::default()).unwrap();
    assert_eq!(graph.name, "ladyfinger");
    assert!(graph.about.contains("SqueezeNet") && graph.about.contains("names no classes"), "{}", graph.about);
    assert_eq!((graph.labels.as_ref(), graph.class_layer()), (None, None));
    let weights = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/networks/ladyfinger/weights.safetensors");
    assert!(fs::metadata(weights).unwrap().len() <= 3_000_000);
}

#[test]
fn most_channels_of_every_stored_layer_see_something_in_the_sample_pictures() {
    let graph = Arc::new(load(&NetworkChoice::default()).unwrap());
    let runner = Runner::new(graph.clone(), &Device::flex()).unwrap();
    let classes = sample::CLASSES.len();
    let rgb: Vec<u8> = (0..classes)
        .flat_map(|class| for_network(&sample::image(class, 0, 5), &graph.preprocessing.resizing()))
        .collect();
    let batch = graph.preprocessing.batch(&rgb, classes, runner.device());
    let stored: Vec<usize> = (0..graph.nodes.len()).filter(|layer| graph.nodes[*layer].stored_by_default).collect();
    assert!(stored.len() > 20);
    runner.forward(batch, &stored, |layer, activation| {
        let channels = activation.dims()[1];
        let largest: Vec<f32> = activation.max_dims(&[0, 2, 3]).try_into_vec_as().unwrap();
        assert!(largest.iter().all(|value| value.is_finite()), "{}", graph.nodes[layer].name);
        let silent = largest.iter().filter(|value| **value <= 0.0).count();
        assert!(silent * 2 < channels, "{silent} of {channels} channels of {} are silent", graph.nodes[layer].name);
    });
}
