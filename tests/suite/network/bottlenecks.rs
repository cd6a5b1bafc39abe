//! Convolutions that run as one where nobody looks at what is between.

use std::{cell::Cell, collections::BTreeMap, sync::Arc};

use burn::tensor::{Device, Tensor, TensorData};
use tiramisu::{
    features::{pool_with_places, pooled},
    network::{Activation, Combination, Convolution, Graph, GraphBuilder, Op, Runner, Seen, Source, Weights},
};

use super::{
    load_golden,
    running::{assert_near, numbers, waves},
};

/// The averages, maxima and places of all layers but those whose output an activation or a normalisation alone changes, seen as an
/// extraction sees them and from the whole activations; and how many were never whole.
fn assert_seen_as_they_are(graph: &Arc<Graph>, batch: &Tensor<4>, case: &str) -> usize {
    let runner = Runner::new(graph.clone(), &Device::flex()).unwrap();
    let is_changed = |layer: usize| {
        let takers = graph.nodes.iter().filter(|node| node.inputs.contains(&Source::Node(layer)));
        takers.into_iter().any(|node| matches!(node.op, Op::Activate(_) | Op::Affine { .. }))
    };
    let wanted: Vec<usize> = (0..graph.nodes.len()).filter(|layer| !is_changed(*layer)).collect();
    let n = batch.dims()[0];
    let mut never_whole = 0;
    let mut seen = BTreeMap::new();
    runner.summarize_unless(
        batch.clone(),
        &wanted,
        || false,
        |layer, what| {
            let all = match what {
                Seen::Activation(activation) => pool_with_places(activation),
                Seen::Summaries(summaries) => {
                    never_whole += 1;
                    pooled(&summaries, n, &Device::flex())
                }
            };
            assert!(seen.insert(layer, all).is_none(), "{case}: layer {layer} is seen once");
        },
    );
    assert_eq!(seen.keys().copied().collect::<Vec<_>>(), wanted, "{case}");
    runner.forward(batch.clone(), &wanted, |layer, activation| {
        let case = format!("{case}, layer {layer}");
        let ([average, maximum], places) = &seen[&layer];
        let [_, _, h, w] = activation.dims();
        let ([true_average, true_maximum], _) = pool_with_places(activation.clone());
        // What is no number, or infinite, is so in both.
        let same = |found: &Tensor<2>, expected: Tensor<2>| {
            let (found, expected) = (of_rows(found.clone()), of_rows(expected));
            let are_odd = found.iter().zip(&expected).all(|(found, expected)| {
                expected.is_finite() || found.to_bits() == expected.to_bits() || found.is_nan() && expected.is_nan()
            });
            assert!(are_odd, "{case}: {found:?}, not {expected:?}");
            let finite = |values: &[f32]| -> Vec<f32> {
                values
                    .iter()
                    .zip(&expected)
                    .filter(|(_, expected)| expected.is_finite())
                    .map(|(value, _)| *value)
                    .collect()
            };
            assert_near(&finite(&found), &finite(&expected), &case);
        };
        same(average, true_average);
        same(maximum, true_maximum);
        // Of places that hold as much either may be told.
        let places: Vec<f32> = places.clone().float().try_into_vec_as().unwrap();
        let there: Vec<f32> =
            numbers(activation).chunks(h * w).zip(&places).map(|(plane, place)| plane[*place as usize]).collect();
        same(&Tensor::from_data(TensorData::new(there, maximum.dims()), &Device::flex()), maximum.clone());
    });
    never_whole
}

fn of_rows(rows: Tensor<2>) -> Vec<f32> {
    rows.try_into_vec_as().unwrap()
}

/// Whether the kernels know the processor; elsewhere each convolution is a step.
pub(super) fn runs_bottlenecks_as_one() -> bool {
    #[cfg(target_arch = "x86_64")]
    return std::env::var_os("TIRAMISU_INSTRUCTIONS").is_none_or(|most| most != "plain")
        && is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("fma");
    #[cfg(not(target_arch = "x86_64"))]
    false
}

#[test]
fn a_bottleneck_runs_as_one_unless_somebody_looks_between() {
    let mut random = fastrand::Rng::with_seed(13);
    // A step and a kernel; whether anything widens, whether a normalisation follows, and whether somebody else takes what is
    // between. Large enough that it is worth while.
    for (step, side, is_widened, is_scaled, is_shared) in [
        (1, 3, true, true, false),
        (2, 3, true, false, false),
        (2, 5, true, true, true),
        (1, 5, false, true, false),
        (2, 3, false, false, false),
    ] {
        let mut some = |count: usize| (0..count).map(|_| random.f32() - 0.5).collect::<Vec<f32>>();
        let mut builder = GraphBuilder::new([3, 91, 77]).unwrap();
        let mut taken = Source::Input;
        let mut conv = |builder: &mut GraphBuilder, taken: Source, [from, to]: [usize; 2], side: usize, step: usize| {
            let groups = if side > 1 { from } else { 1 };
            let convolution = Convolution {
                weight: Weights::new(vec![to, from / groups, side, side], some(to * from / groups * side * side)),
                bias: None,
                stride: [step; 2],
                padding: [(side / 2, side / 2); 2],
                dilation: [1; 2],
                groups,
            };
            let mut last = builder.push("conv", "Convolution", Op::Convolution(convolution), &[taken]).unwrap();
            if is_scaled {
                let (scale, shift) = (Weights::vector(some(to)), Weights::vector(some(to)));
                last = builder.push("norm", "BatchNorm", Op::Affine { scale, shift }, &[last]).unwrap();
            }
            last
        };
        let clip = Op::Activate(Activation::Clip { min: -0.25, max: 1.0 });
        taken = conv(&mut builder, taken, [3, 31], 1, 1);
        taken = builder.push("clip", "Clip", clip.clone(), &[taken]).unwrap();
        // Else looked at, so that nothing widens what is left of the bottleneck.
        let wide = taken;
        taken = conv(&mut builder, taken, [31, 31], side, step);
        taken = builder.push("clip", "Clip", clip, &[taken]).unwrap();
        let narrowed = conv(&mut builder, taken, [31, 8], 1, 1);
        let mut wanted = vec![narrowed.node().unwrap()];
        if is_shared {
            let op = Op::Activate(Activation::Rectify { slope: 0.0 });
            wanted.push(builder.push("other", "ReLU", op, &[taken]).unwrap().node().unwrap());
        }
        if !is_widened {
            wanted.insert(0, wide.node().unwrap());
        }
        let graph = Arc::new(builder.finish("bottleneck", load_golden("residual").preprocessing).unwrap());
        let runner = Runner::new(graph.clone(), &Device::flex()).unwrap();
        let everything: Vec<usize> = (0..graph.nodes.len()).collect();
        let mut apart = vec![Vec::new(); graph.nodes.len()];
        runner.forward(waves(&graph, 2), &everything, |layer, activation| apart[layer] = numbers(activation));
        let steps = Cell::new(0);
        let count = || {
            steps.set(steps.get() + 1);
            false
        };
        let case = format!("{step} {side} {is_widened} {is_scaled} {is_shared}");
        runner.forward_unless(waves(&graph, 2), &wanted, count, |layer, activation| {
            assert_near(&numbers(activation), &apart[layer], &format!("{case}, layer {layer}"));
        });
        if runs_bottlenecks_as_one() {
            let expected = if is_shared { 4 } else { 1 } + usize::from(!is_widened);
            assert_eq!(steps.get(), expected, "{case}");
        }
        let never_whole = assert_seen_as_they_are(&graph, &waves(&graph, 2), &case);
        if runs_bottlenecks_as_one() {
            // What widens, and the depthwise convolution.
            assert_eq!(never_whole, if is_shared { 0 } else { 2 }, "{case}");
        }
    }
}

#[test]
fn what_is_infinite_or_no_number_inside_a_bottleneck_is_seen_as_it_is() {
    let mut random = fastrand::Rng::with_seed(16);
    let mut builder = GraphBuilder::new([3, 15, 13]).unwrap();
    let mut taken = Source::Input;
    for ([from, to], side, groups) in [([3, 40], 1, 1), ([40, 40], 3, 40), ([40, 3], 1, 1)] {
        let count = to * from / groups * side * side;
        let convolution = Convolution {
            weight: Weights::new(vec![to, from / groups, side, side], (0..count).map(|_| random.f32() - 0.5).collect()),
            bias: None,
            stride: [1; 2],
            padding: [(side / 2, side / 2); 2],
            dilation: [1; 2],
            groups,
        };
        taken = builder.push("conv", "Convolution", Op::Convolution(convolution), &[taken]).unwrap();
    }
    builder.push("sum", "Sum", Op::Combine(Combination::Sum(Vec::new())), &[taken, Source::Input]).unwrap();
    let graph = Arc::new(builder.finish("odd", load_golden("residual").preprocessing).unwrap());
    for odd in [f32::NAN, f32::INFINITY] {
        let mut values = numbers(waves(&graph, 2));
        values[3 * 15 * 13 + 7] = odd;
        values[3 * 15 * 13 + 8] = -odd;
        let batch = Tensor::from_data(TensorData::new(values, [2, 3, 15, 13]), &Device::flex());
        let never_whole = assert_seen_as_they_are(&graph, &batch, &format!("{odd}"));
        assert_eq!(never_whole, 0, "{odd}: sums of both signs without end");
    }
    let never_whole = assert_seen_as_they_are(&graph, &waves(&graph, 2), "usual numbers");
    assert_eq!(never_whole, if runs_bottlenecks_as_one() { 3 } else { 0 });
}

#[test]
fn bottlenecks_that_follow_one_another_share_no_layer() {
    // MobileNet v1: single channels and single pixels by turns, so that every layer of single pixels could be the end of one
    // bottleneck and the start of the next.
    let mut random = fastrand::Rng::with_seed(14);
    let mut builder = GraphBuilder::new([3, 80, 80]).unwrap();
    let mut taken = Source::Input;
    for layer in 0..7 {
        let from = if layer == 0 { 3 } else { 24 };
        let (side, groups) = if layer % 2 == 1 { (3, 24) } else { (1, 1) };
        let count = 24 * from / groups * side * side;
        let convolution = Convolution {
            weight: Weights::new(vec![24, from / groups, side, side], (0..count).map(|_| random.f32() - 0.5).collect()),
            bias: Some(Weights::vector((0..24).map(|_| random.f32() - 0.5).collect())),
            stride: [1; 2],
            padding: [(side / 2, side / 2); 2],
            dilation: [1; 2],
            groups,
        };
        taken = builder.push("conv", "Convolution", Op::Convolution(convolution), &[taken]).unwrap();
        let op = Op::Activate(Activation::Rectify { slope: 0.0 });
        taken = builder.push("relu", "ReLU", op, &[taken]).unwrap();
    }
    let graph = Arc::new(builder.finish("by turns", load_golden("residual").preprocessing).unwrap());
    let runner = Runner::new(graph.clone(), &Device::flex()).unwrap();
    let everything: Vec<usize> = (0..graph.nodes.len()).collect();
    let mut apart = vec![Vec::new(); graph.nodes.len()];
    runner.forward(waves(&graph, 2), &everything, |layer, activation| apart[layer] = numbers(activation));
    for wanted in [vec![13], vec![5, 13], vec![8, 13], vec![3, 13]] {
        let mut seen = Vec::new();
        runner.forward(waves(&graph, 2), &wanted, |layer, activation| {
            assert_near(&numbers(activation), &apart[layer], &format!("{wanted:?}, layer {layer}"));
            seen.push(layer);
        });
        assert_eq!(seen, wanted);
    }
    assert_seen_as_they_are(&graph, &waves(&graph, 2), "all");
}

#[test]
fn a_shortcut_past_a_bottleneck_is_added_by_it_and_past_two_by_one() {
    let mut random = fastrand::Rng::with_seed(15);
    let mut some = |count: usize| (0..count).map(|_| random.f32() - 0.5).collect::<Vec<f32>>();
    let mut builder = GraphBuilder::new([3, 15, 13]).unwrap();
    let mut conv = |builder: &mut GraphBuilder, taken: Source, [from, to]: [usize; 2], side: usize| {
        let groups = if side > 1 { from } else { 1 };
        let convolution = Convolution {
            weight: Weights::new(vec![to, from / groups, side, side], some(to * from / groups * side * side)),
            bias: Some(Weights::vector(some(to))),
            stride: [1; 2],
            padding: [(side / 2, side / 2); 2],
            dilation: [1; 2],
            groups,
        };
        builder.push("conv", "Convolution", Op::Convolution(convolution), &[taken]).unwrap()
    };
    let sum = |builder: &mut GraphBuilder, one: Source, other: Source, weights: Vec<f32>| {
        builder.push("sum", "Sum", Op::Combine(Combination::Sum(weights)), &[one, other]).unwrap()
    };
    let mut bottleneck = |builder: &mut GraphBuilder, taken: Source| {
        let wide = conv(builder, taken, [3, 40], 1);
        let wide = conv(builder, wide, [40, 40], 3);
        conv(builder, wide, [40, 3], 1)
    };
    // What goes in is added, first or last; then what comes of one bottleneck to what comes of another; then with a weight, which
    // is no shortcut, and to itself.
    let first = bottleneck(&mut builder, Source::Input);
    let first = sum(&mut builder, Source::Input, first, Vec::new());
    let second = bottleneck(&mut builder, first);
    let second = sum(&mut builder, second, first, vec![1.0, 1.0]);
    let [one, other] = [0; 2].map(|_| bottleneck(&mut builder, second));
    let third = sum(&mut builder, one, other, Vec::new());
    let fourth = bottleneck(&mut builder, third);
    let fourth = sum(&mut builder, fourth, third, vec![1.0, -0.5]);
    let fifth = bottleneck(&mut builder, fourth);
    let last = sum(&mut builder, fifth, fifth, Vec::new()).node().unwrap();
    let graph = Arc::new(builder.finish("shortcuts", load_golden("residual").preprocessing).unwrap());
    let runner = Runner::new(graph.clone(), &Device::flex()).unwrap();
    let everything: Vec<usize> = (0..graph.nodes.len()).collect();
    let mut apart = vec![Vec::new(); graph.nodes.len()];
    runner.forward(waves(&graph, 2), &everything, |layer, activation| apart[layer] = numbers(activation));
    // The sums, and what is added: before a sum that is looked at.
    for wanted in [vec![last], vec![first.node().unwrap(), last], vec![one.node().unwrap(), last]] {
        let mut seen = Vec::new();
        runner.forward(waves(&graph, 2), &wanted, |layer, activation| {
            assert_near(&numbers(activation), &apart[layer], &format!("{wanted:?}, layer {layer}"));
            seen.push(layer);
        });
        assert_eq!(seen, wanted);
    }
    assert_seen_as_they_are(&graph, &waves(&graph, 2), "all");
}
