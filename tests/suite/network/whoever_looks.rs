//! What holds of networks whose steps run as one where nobody looks between.

use std::{cell::Cell, sync::Arc};

use burn::tensor::Device;
use tiramisu::network::{Graph, Runner};

use super::{
    bottlenecks::runs_bottlenecks_as_one,
    running::{assert_near, numbers, waves},
};

/// What several images give together is to the bit what each gives alone.
pub(super) fn assert_a_batch_is_its_images(graph: &Arc<Graph>) {
    let runner = Runner::new(graph.clone(), &Device::flex()).unwrap();
    let answer = graph.nodes.len() - 1;
    let batch = waves(graph, 3);
    let (mut together, mut alone) = (Vec::new(), Vec::new());
    runner.forward(batch.clone(), &[answer], |_, activation| together = numbers(activation));
    for image in 0..3 {
        runner.forward(batch.clone().narrow(0, image, 1), &[answer], |_, a| alone.extend(numbers(a)));
    }
    assert_eq!(alone, together);
}

/// A network whose steps run as one where nobody looks between takes so many of them, and gives the same numbers whoever looks: each
/// layer is looked at in turn. Where that is the one before such a step, as `is_before` says of a layer, the answer is the same to the bit.
pub(super) fn assert_the_same_whoever_looks(graph: &Arc<Graph>, steps: usize, is_before: impl Fn(usize) -> bool) {
    let runner = Runner::new(graph.clone(), &Device::flex()).unwrap();
    let everything: Vec<usize> = (0..graph.nodes.len()).collect();
    let mut apart = vec![Vec::new(); graph.nodes.len()];
    runner.forward(waves(graph, 2), &everything, |layer, activation| apart[layer] = numbers(activation));
    let answer = graph.nodes.len() - 1;
    let taken = Cell::new(0);
    let count = || {
        taken.set(taken.get() + 1);
        false
    };
    let mut whole = Vec::new();
    runner.forward_unless(waves(graph, 2), &[answer], count, |_, activation| whole = numbers(activation));
    assert_near(&whole, &apart[answer], "the answer alone");
    if runs_bottlenecks_as_one() {
        assert_eq!(taken.get(), steps);
    }
    for layer in 0..answer {
        let mut seen = Vec::new();
        runner.forward(waves(graph, 2), &[layer, answer], |tapped, activation| {
            let values = numbers(activation);
            assert_near(&values, &apart[tapped], &format!("layer {tapped} where {layer} is looked at"));
            assert!(tapped != answer || !is_before(layer) || values == whole, "layer {layer} is looked at");
            seen.push(tapped);
        });
        assert_eq!(seen, [layer, answer]);
    }
}
