//! Convolutions that run as one where nobody looks at what is between.

use std::{cell::Cell, sync::Arc};

use burn::tensor::Device;
use tiramisu::network::{Activation, Combination, Convolution, GraphBuilder, Op, Runner, Source, Weights};

use super::{
    load_golden,
    running::{assert_near, numbers, waves},
};

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
        // Where kernels know the processor; elsewhere each convolution is a step.
        #[cfg(target_arch = "x86_64")]
        if std::env::var_os("TIRAMISU_INSTRUCTIONS").is_none_or(|most| most != "plain")
            && is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("fma")
        {
            let expected = if is_shared { 4 } else { 1 } + usize::from(!is_widened);
            assert_eq!(steps.get(), expected, "{case}");
        }
    }
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
}
