//! The forward pass: what is tapped, when, and what it costs.

use std::{cell::Cell, sync::Arc};

use burn::tensor::{Device, Tensor, TensorData};
use tiramisu::network::{Convolution, Graph, GraphBuilder, NetworkChoice, Op, Runner, Source, Weights, load};

use super::{Files, conv_weights, describe, load_golden};

/// Numbers between -1 and 1 that repeat late.
pub(super) fn waves(graph: &Graph, n: usize) -> Tensor<4> {
    let [c, h, w] = graph.input;
    let values: Vec<f32> = (0..n * c * h * w).map(|index| (index as f32 * 0.737).sin()).collect();
    Tensor::from_data(TensorData::new(values, [n, c, h, w]), &Device::flex())
}

pub(super) fn numbers(tensor: Tensor<4>) -> Vec<f32> {
    tensor.try_into_vec_as().unwrap()
}

#[test]
fn every_layer_has_the_shape_it_declares() {
    let builtin = load(&NetworkChoice::Analytic).unwrap();
    for graph in [builtin, load_golden("windows"), load_golden("pools"), load_golden("residual"), load_golden("old")] {
        let graph = Arc::new(graph);
        let layers = graph.layers();
        let everything: Vec<usize> = (0..layers.len()).collect();
        let mut seen = Vec::new();
        let runner = Runner::new(graph.clone(), &Device::flex()).unwrap();
        runner.forward(waves(&graph, 2), &everything, |layer, activation| {
            let [n, c, h, w] = activation.dims();
            assert_eq!((n, [c, h, w]), (2, layers[layer].shape), "{} of {}", layers[layer].name, graph.name);
            seen.push(layer);
        });
        assert_eq!(seen, everything);
    }
}

#[test]
fn a_tapped_layer_is_the_same_whatever_else_is_tapped_and_kept() {
    let graph = Arc::new(load_golden("residual"));
    let runner = Runner::new(graph.clone(), &Device::flex()).unwrap();
    let everything: Vec<usize> = (0..graph.nodes.len()).collect();
    let mut kept = Vec::new();
    // Layers that work in place must not change what a tap has kept.
    runner.forward(waves(&graph, 2), &everything, |_, activation| kept.push(activation));
    let together: Vec<Vec<f32>> = kept.into_iter().map(numbers).collect();
    for layer in everything {
        let mut alone = Vec::new();
        runner.forward(waves(&graph, 2), &[layer], |tapped, activation| {
            assert_eq!(tapped, layer);
            alone = numbers(activation);
        });
        assert_near(&alone, &together[layer], &graph.nodes[layer].name);
    }
}

/// Beside the largest of them: what runs as part of the layer before may be rounded otherwise.
pub(super) fn assert_near(values: &[f32], expected: &[f32], what: &str) {
    assert_within(1e-5, values, expected, what);
}

/// The same with another share of the largest.
pub(super) fn assert_within(share: f32, values: &[f32], expected: &[f32], what: &str) {
    assert_eq!(values.len(), expected.len(), "{what}");
    let largest = expected.iter().fold(1e-6f32, |largest, value| largest.max(value.abs()));
    let worst = values.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(worst <= share * largest, "{what}: {worst} of {largest}");
}

/// Whether a convolution of these weights, `[out, channels, side, side]`, gives what its definition says.
fn assert_seen(what: &str, random: &mut fastrand::Rng, weights: &[f32], shape: [usize; 3], has_bias: bool) {
    let [out, channels, side] = shape;
    let (stride, [h, w]) = (1 + random.usize(0..2), [9 + random.usize(0..5), 6 + random.usize(0..9)]);
    let bias: Option<Vec<f32>> = has_bias.then(|| (0..out).map(|_| random.f32() - 0.5).collect());
    let mut builder = GraphBuilder::new([3, h, w]).unwrap();
    // Pictures have three channels.
    let plain = Convolution {
        weight: Weights::new(vec![channels, 3, 1, 1], (0..channels * 3).map(|_| random.f32() - 0.5).collect()),
        bias: None,
        stride: [1; 2],
        padding: [(0, 0); 2],
        dilation: [1; 2],
        groups: 1,
    };
    let convolution = Convolution {
        weight: Weights::new(vec![out, channels, side, side], weights.to_vec()),
        bias: bias.clone().map(Weights::vector),
        stride: [stride; 2],
        padding: [(side / 2, side / 2); 2],
        ..plain.clone()
    };
    let taken = builder.push("taken", "Convolution", Op::Convolution(plain), &[Source::Input]).unwrap();
    builder.push("seen", "Convolution", Op::Convolution(convolution), &[taken]).unwrap();
    let graph = Arc::new(builder.finish("alike", load_golden("residual").preprocessing).unwrap());
    let mut found = [Vec::new(), Vec::new()];
    let runner = Runner::new(graph.clone(), &Device::flex()).unwrap();
    runner.forward(waves(&graph, 2), &[0, 1], |layer, activation| found[layer] = numbers(activation));
    let [input, seen] = found;
    let [out_h, out_w] = [h, w].map(|size| (size - 1) / stride + 1);
    let at = |image: usize, filter: usize, y: usize, x: usize| -> f32 {
        let mut sum = bias.as_ref().map_or(0.0, |bias| bias[filter]);
        for (channel, down, across) in
            (0..channels).flat_map(|c| (0..side).flat_map(move |d| (0..side).map(move |a| (c, d, a))))
        {
            let place = |at: usize, step: usize, size: usize| {
                (at * stride + step).checked_sub(side / 2).filter(|at| *at < size)
            };
            if let (Some(y), Some(x)) = (place(y, down, h), place(x, across, w)) {
                let weight = weights[((filter * channels + channel) * side + down) * side + across];
                sum += weight * input[((image * channels + channel) * h + y) * w + x];
            }
        }
        sum
    };
    let expected: Vec<f32> = (0..2 * out * out_h * out_w)
        .map(|i| at(i / (out * out_h * out_w), i / (out_h * out_w) % out, i / out_w % out_h, i % out_w))
        .collect();
    assert_near(&seen, &expected, what);
}

#[test]
fn channels_that_every_filter_sees_alike_are_seen_as_the_definition_says() {
    let mut random = fastrand::Rng::with_seed(11);
    for case in 0..12 {
        let (channels, out, side) = (4 + random.usize(0..9), 1 + random.usize(0..7), 1 + 2 * random.usize(0..3));
        // Two kinds of channel, and some that no filter sees.
        let kinds: Vec<usize> =
            (0..channels).map(|channel| if channel < 2 { channel } else { random.usize(0..3) }).collect();
        let mut weights = vec![0.0f32; out * channels * side * side];
        for filter in 0..out {
            let of_kinds: Vec<Vec<f32>> =
                (0..2).map(|_| (0..side * side).map(|_| random.f32() - 0.5).collect()).collect();
            for (channel, kind) in kinds.iter().enumerate().filter(|(_, kind)| **kind < 2) {
                weights[(filter * channels + channel) * side * side..][..side * side].copy_from_slice(&of_kinds[*kind]);
            }
        }
        let shape = [out, channels, side];
        assert_seen(&format!("case {case}: {kinds:?}"), &mut random, &weights, shape, case % 2 == 0);
    }
}

#[test]
fn filters_that_see_different_channels_see_what_the_definition_says() {
    let mut random = fastrand::Rng::with_seed(12);
    for case in 0..12 {
        let (channels, out, side) = (4 + random.usize(0..13), 9 + random.usize(0..50), 1 + 2 * random.usize(0..3));
        let taps = side * side;
        // Families of filters, mixed: one sees all channels as one, others a few channels each, one each channel by itself.
        let families: Vec<usize> = (0..out).map(|_| random.usize(0..9).min(5)).collect();
        let mut weights = vec![0.0f32; out * channels * taps];
        for (filter, family) in families.iter().enumerate() {
            let mut plane = || (0..taps).map(|_| random.f32() - 0.5).collect::<Vec<f32>>();
            let whole = plane();
            for channel in 0..channels {
                let of_channel = match family {
                    0 => plane(),
                    1 | 2 if channel / 2 == *family => plane(),
                    3 if channel % 2 == 0 => whole.clone(),
                    5 => whole.clone(),
                    _ if channel == 3 => plane(),
                    _ => continue,
                };
                weights[(filter * channels + channel) * taps..][..taps].copy_from_slice(&of_channel);
            }
        }
        let shape = [out, channels, side];
        assert_seen(&format!("case {case}: {families:?}"), &mut random, &weights, shape, case % 2 == 0);
    }
}

#[test]
fn normalisations_and_bounds_run_with_the_convolution_or_sum_before_them_unless_somebody_looks_between() {
    let torch = |name: &str| {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/torch").join(name);
        load(&NetworkChoice::from_file(&path).unwrap()).unwrap()
    };
    // With and without biases, groups and steps; what follows a convolution is taken once or twice. In percent, how many
    // steps are left at most: bounds run with what is before them both where these leave out the negative and where they
    // clip, as MobileNet does.
    for (graph, most) in [
        (load_golden("residual"), 90),
        (torch("resnet18.pth"), 55),
        (torch("mobilenet_v2.pth"), 55),
        (torch("densenet.pth"), 90),
    ] {
        let graph = Arc::new(graph);
        let runner = Runner::new(graph.clone(), &Device::flex()).unwrap();
        let everything: Vec<usize> = (0..graph.nodes.len()).collect();
        let mut apart = vec![Vec::new(); graph.nodes.len()];
        runner.forward(waves(&graph, 2), &everything, |layer, activation| apart[layer] = numbers(activation));
        let representations: Vec<usize> =
            everything.into_iter().filter(|layer| graph.nodes[*layer].stored_by_default).collect();
        let steps = Cell::new(0);
        let count = || {
            steps.set(steps.get() + 1);
            false
        };
        let mut seen = Vec::new();
        runner.forward_unless(waves(&graph, 2), &representations, count, |layer, activation| {
            assert_near(&numbers(activation), &apart[layer], &graph.nodes[layer].name);
            seen.push(layer);
        });
        assert_eq!(seen, representations, "{}", graph.name);
        assert!(steps.get() * 100 < graph.nodes.len() * most, "{} of {} steps", steps.get(), graph.nodes.len());
    }
}

#[test]
fn the_time_of_every_layer_is_measured() {
    let graph = Arc::new(load_golden("residual"));
    let runner = Runner::new(graph.clone(), &Device::flex()).unwrap();
    let secs = runner.layer_secs(waves(&graph, 2));
    assert_eq!(secs.len(), graph.nodes.len());
    assert!(secs.iter().all(|secs| *secs > 0.0), "{secs:?}");
}

#[test]
fn the_time_of_every_step_of_a_pass_is_measured_and_of_it_what_threads_share() {
    for graph in [load_golden("residual"), load(&NetworkChoice::Builtin).unwrap()] {
        let graph = Arc::new(graph);
        let runner = Runner::new(graph.clone(), &Device::flex()).unwrap();
        let count = Cell::new(0);
        let counting = || {
            count.set(count.get() + 1);
            false
        };
        runner.forward_unless(waves(&graph, 1), &[graph.answer], counting, |_, _| {});
        let steps = runner.step_times(waves(&graph, 1));
        assert_eq!(steps.len(), count.get(), "{}", graph.name);
        let mut layers: Vec<usize> = steps.iter().flat_map(|step| step.layers.iter().copied()).collect();
        layers.sort_unstable();
        let all: Vec<usize> = (0..graph.nodes.len()).collect();
        assert_eq!(layers, all, "{}: each layer runs once, as part of one step", graph.name);
        let threads = rayon::current_num_threads() as f64;
        for step in &steps {
            assert!(step.secs > 0.0 && step.shared_secs <= step.secs * threads, "{step:?}");
        }
        let shared: f64 = steps.iter().map(|step| step.shared_secs).sum();
        assert!(shared > 0.0 || threads < 2.0, "{}: threads shared nothing of {steps:?}", graph.name);
    }
}

#[test]
fn larger_activations_mean_fewer_pictures_at_once() {
    let of_side = |side: usize| {
        let layers = r#"
        layer { name: "conv" type: "Convolution" bottom: "data" top: "conv" convolution_param { num_output: 2 kernel_size: 1 } }"#;
        let description = describe(layers);
        let resized = description.replace("dim: 8", &format!("dim: {side}"));
        assert_ne!(resized, description);
        Files::new(resized, conv_weights()).load().unwrap().images_at_a_time(&Device::flex())
    };
    // Three channels of single precision go in: 12 bytes a pixel, of 24 MiB.
    assert_eq!([of_side(9), of_side(1024), of_side(4096)], [64, 2, 1]);
}

#[test]
fn a_network_gives_the_same_on_any_thread_whether_it_is_one_of_a_pool_or_not() {
    let answer = || {
        let graph = Arc::new(load_golden("residual"));
        let runner = Runner::new(graph.clone(), &Device::flex()).unwrap();
        let mut answer = Vec::new();
        runner.forward(waves(&graph, 3), &[graph.nodes.len() - 1], |_, activation| answer = numbers(activation));
        answer
    };
    let here = answer();
    assert!(!here.is_empty());
    for threads in 1..4 {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        assert_eq!(pool.install(answer), here, "{threads} threads");
    }
    // Each of these threads ends with what it was given to work with.
    for _ in 0..3 {
        assert_eq!(std::thread::spawn(answer).join().unwrap(), here);
    }
}

#[test]
fn a_sum_keeps_what_is_no_number_and_its_parts_stay_what_they_are() {
    let layers = r#"
        layer { name: "conv" type: "Convolution" bottom: "data" top: "conv" convolution_param { num_output: 2 kernel_size: 1 } }
        layer { name: "relu" type: "ReLU" bottom: "conv" top: "relu" }
        layer { name: "sum" type: "Eltwise" bottom: "relu" bottom: "conv" bottom: "conv" top: "sum" }
        layer { name: "last" type: "ReLU" bottom: "sum" top: "last" }
        layer { name: "joined" type: "Concat" bottom: "conv" bottom: "last" bottom: "sum" top: "joined" }"#;
    let graph = Arc::new(Files::new(describe(layers), conv_weights()).load().unwrap());
    let runner = Runner::new(graph.clone(), &Device::flex()).unwrap();
    let mut batch = numbers(waves(&graph, 2));
    let last = batch.len() - 1;
    batch[last] = f32::NAN;
    let [c, h, w] = graph.input;
    let batch = Tensor::from_data(TensorData::new(batch, [2, c, h, w]), &Device::flex());
    let everything: Vec<usize> = (0..graph.nodes.len()).collect();
    let mut tapped = Vec::new();
    runner.forward(batch, &everything, |_, activation| tapped.push(activation));
    let tapped: Vec<Vec<f32>> = tapped.into_iter().map(numbers).collect();
    let [conv, relu, sum, last, joined] = &tapped[..] else { panic!("{} layers", tapped.len()) };
    let is_same = |a: f32, b: f32| (a - b).abs() < 1e-5 || (a.is_nan() && b.is_nan());
    for (index, conv) in conv.iter().enumerate() {
        let expected = [if *conv < 0.0 { 0.0 } else { *conv }, 2.0 * conv + if *conv < 0.0 { 0.0 } else { *conv }];
        assert!(is_same(relu[index], expected[0]) && is_same(sum[index], expected[1]), "number {index} of {conv}");
        assert!(is_same(last[index], if sum[index] < 0.0 { 0.0 } else { sum[index] }), "number {index} of {conv}");
    }
    assert!(conv.iter().any(|value| value.is_nan()) && conv.iter().any(|value| *value < 0.0));
    let image = conv.len() / 2;
    let parts = [conv, last, sum];
    let expected = (0..2).flat_map(|n| parts.iter().flat_map(move |part| &part[n * image..][..image]));
    assert!(joined.iter().zip(expected).all(|(a, b)| is_same(*a, *b)));
    assert_eq!(joined.len(), 3 * conv.len());
}

#[test]
fn layers_before_an_activation_keep_their_negative_values() {
    let layers = r#"
        layer { name: "conv" type: "Convolution" bottom: "data" top: "conv" convolution_param { num_output: 2 kernel_size: 1 } }
        layer { name: "relu" type: "ReLU" bottom: "conv" top: "conv" }"#;
    let graph = Arc::new(Files::new(describe(layers), conv_weights()).load().unwrap());
    let runner = Runner::new(graph.clone(), &Device::flex()).unwrap();
    let mut tapped = Vec::new();
    runner.forward(waves(&graph, 1), &[0, 1], |_, activation| tapped.push(numbers(activation)));
    assert!(tapped[0].iter().any(|value| *value < 0.0));
    let rectified: Vec<f32> = tapped[0].iter().map(|value| value.max(0.0)).collect();
    assert_eq!(tapped[1], rectified);
}

#[test]
fn a_batch_gives_what_its_images_give_alone() {
    let graph = Arc::new(load_golden("windows"));
    let runner = Runner::new(graph.clone(), &Device::flex()).unwrap();
    let layer = graph.layer_named("concat").unwrap();
    let batch = waves(&graph, 3);
    let mut together = Vec::new();
    runner.forward(batch.clone(), &[layer], |_, activation| together = numbers(activation));
    let mut alone = Vec::new();
    for image in 0..3 {
        runner.forward(batch.clone().narrow(0, image, 1), &[layer], |_, a| alone.extend(numbers(a)));
    }
    assert_eq!(alone.len(), together.len());
    for (a, b) in alone.iter().zip(&together) {
        assert!((a - b).abs() < 1e-5, "{a} {b}");
    }
}

#[test]
fn a_cancelled_pass_stops_before_the_next_layer() {
    let graph = Arc::new(load_golden("old"));
    let runner = Runner::new(graph.clone(), &Device::flex()).unwrap();
    let everything: Vec<usize> = (0..graph.nodes.len()).collect();
    let tapped = Cell::new(0);
    let is_done =
        runner.forward_unless(waves(&graph, 1), &everything, || tapped.get() == 3, |_, _| tapped.set(tapped.get() + 1));
    assert_eq!((is_done, tapped.get()), (false, 3));
    assert!(runner.forward_unless(waves(&graph, 1), &everything, || false, |_, _| {}));
}

#[test]
fn layers_that_nothing_wanted_needs_are_not_run() {
    let graph = Arc::new(load_golden("old"));
    let runner = Runner::new(graph.clone(), &Device::flex()).unwrap();
    let asked = Cell::new(0);
    let count = || {
        asked.set(asked.get() + 1);
        false
    };
    runner.forward_unless(waves(&graph, 1), &[graph.layer_named("norm1").unwrap()], count, |_, _| {});
    assert_eq!(asked.get(), 2, "conv1 with relu1, and norm1");
}

/// Local response normalisation by its definition, of `[c, plane]`.
fn normalized(x: &[f32], plane: usize, size: usize, alpha: f32, beta: f32, k: f32) -> Vec<f32> {
    let channels = x.len() / plane;
    (0..x.len())
        .map(|place| {
            let (channel, pixel) = (place / plane, place % plane);
            let neighbours = channel.saturating_sub(size / 2)..=(channel + size / 2).min(channels - 1);
            let squares: f32 = neighbours.map(|other| x[other * plane + pixel].powi(2)).sum();
            x[place] / (k + alpha / size as f32 * squares).powf(beta)
        })
        .collect()
}

#[test]
fn normalisation_follows_its_formula_for_every_size_and_exponent() {
    let (side, plane, channels) = ([40, 33], 40 * 33, 12);
    let cases = [
        (3, 0.5, 0.75, 2.0),
        (1, 2.0, 0.5, 1.0),
        (5, 0.3, 0.6, 0.1),
        (9, 1.5, 1.0, 1.5),
        (17, 1.5, 0.75, 1.5),
        (25, 0.5, 0.75, 1.0),
    ];
    for (size, alpha, beta, k) in cases {
        let layers = format!(
            r#"input: "data" input_shape {{ dim: 1 dim: 3 dim: {} dim: {} }}
            layer {{ name: "all" type: "Concat" bottom: "data" bottom: "data" bottom: "data" bottom: "data" top: "all" }}
            layer {{ name: "norm" type: "LRN" bottom: "all" top: "norm"
                lrn_param {{ local_size: {size} alpha: {alpha} beta: {beta} k: {k} }} }}"#,
            side[0], side[1],
        );
        let graph = Arc::new(Files::new(layers, conv_weights()).load().unwrap());
        let runner = Runner::new(graph.clone(), &Device::flex()).unwrap();
        let mut tapped = Vec::new();
        runner.forward(waves(&graph, 2), &[0, 1], |_, activation| tapped.push(numbers(activation)));
        let [all, actual] = &tapped[..] else { panic!("two layers were asked for") };
        assert_eq!(actual.len(), 2 * channels * plane);
        for (all, actual) in all.chunks(channels * plane).zip(actual.chunks(channels * plane)) {
            for (actual, expected) in actual.iter().zip(normalized(all, plane, size, alpha, beta, k)) {
                assert!((actual - expected).abs() < 1e-5, "size {size}: {actual} instead of {expected}");
            }
        }
    }
}
