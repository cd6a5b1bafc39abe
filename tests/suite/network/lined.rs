//! Convolutions that follow one another, which run in lines of sixteen channels where the processor has registers for it: they give
//! what burn's own operations give, whoever looks.

use std::{collections::BTreeMap, sync::Arc};

use burn::tensor::{
    Device, Tensor,
    module::{avg_pool2d, conv2d, max_pool2d},
    ops::{AvgPoolOptions, ConvOptions, MaxPoolOptions},
};
use tiramisu::{
    features::{pool_with_places, pooled},
    network::{Activation, Graph, Op, Pool, PoolKind, Runner, Seen, Source},
};

use super::{
    load_golden,
    residuals::Layers,
    running::{assert_within, numbers, waves},
    whoever_looks::assert_a_batch_is_its_images,
};

/// Fewer multiplications round more coarsely, and it adds up from layer to layer.
fn assert_near(values: &[f32], expected: &[f32], what: &str) {
    assert_within(1e-4, values, expected, what);
}

/// A network as lines are for, with all that may lie between its convolutions.
fn network() -> Arc<Graph> {
    let mut net = Layers::new([3, 37, 34], 23);
    let window = |kind, side: usize, step, border| Pool {
        kind,
        kernel: [side; 2],
        stride: [step; 2],
        padding: [(border, border); 2],
        ceil: false,
    };
    let first = net.conv(Source::Input, (3, 24, 3, 1, 1));
    let mut x = net.relu(first);
    // A fire module, its squeeze pooled.
    let squeezed = net.conv(x, (24, 16, 1, 1, 1));
    let squeezed = net.relu(squeezed);
    let squeezed = net.push(Op::Pool(window(PoolKind::Maximum, 3, 1, 1)), &[squeezed]);
    let one = net.conv(squeezed, (16, 32, 1, 1, 1));
    let one = net.relu(one);
    let three = net.conv(squeezed, (16, 40, 3, 1, 1));
    let three = net.relu(three);
    x = net.push(Op::Concat { axis: 0 }, &[one, three]);
    // A residual block that narrows, steps and widens, with a convolution past it; then one with nothing past it.
    let shortcut = net.conv(x, (72, 64, 1, 2, 1));
    let inner = net.conv(x, (72, 20, 1, 1, 1));
    let inner = net.relu(inner);
    let inner = net.conv(inner, (20, 20, 3, 2, 1));
    let inner = net.relu(inner);
    let inner = net.conv(inner, (20, 64, 1, 1, 1));
    let sum = net.sum(Vec::new(), inner, shortcut);
    x = net.relu(sum);
    let inner = net.conv(x, (64, 64, 3, 1, 1));
    let inner = net.relu(inner);
    let inner = net.conv(inner, (64, 64, 3, 1, 1));
    let sum = net.sum(Vec::new(), x, inner);
    x = net.relu(sum);
    // Something between that takes planes, and is taken as such; means; a join whose first part is no whole lines.
    x = net.conv(x, (64, 64, 3, 1, 16));
    let five = net.conv(x, (64, 25, 5, 1, 1));
    let one = net.conv(x, (64, 17, 1, 1, 1));
    x = net.push(Op::Concat { axis: 0 }, &[five, one]);
    x = net.conv(x, (42, 48, 1, 1, 1));
    let mean = Op::Pool(window(PoolKind::Average { count_padding: false }, 3, 2, 1));
    x = net.push(mean, &[x]);
    x = net.conv(x, (48, 30, 1, 1, 1));
    net.push(Op::GlobalPool(PoolKind::Average { count_padding: false }), &[x]);
    Arc::new(net.builder.finish("lined", load_golden("residual").preprocessing).unwrap())
}

/// All layers by burn's own operations.
fn by_definition(graph: &Graph, batch: &Tensor<4>) -> Vec<Tensor<4>> {
    let device = Device::flex();
    let mut all: Vec<Tensor<4>> = Vec::new();
    for node in &graph.nodes {
        let inputs: Vec<Tensor<4>> =
            node.inputs.iter().map(|input| input.node().map_or(batch.clone(), |node| all[node].clone())).collect();
        let x = inputs[0].clone();
        all.push(match &node.op {
            Op::Convolution(convolution) => {
                let shape: [usize; 4] = convolution.weight.shape.clone().try_into().unwrap();
                let weight = Tensor::<1>::from_floats(&convolution.weight.values[..], &device).reshape(shape);
                let bias = convolution.bias.as_ref().map(|bias| Tensor::from_floats(&bias.values[..], &device));
                let (stride, padding, groups) = (convolution.stride, convolution.padding, convolution.groups);
                let options = ConvOptions::new_with_padding(stride, padding, convolution.dilation, groups);
                conv2d(x, weight, bias, options)
            }
            Op::Activate(Activation::Rectify { slope: 0.0 }) => x.clamp_min(0.0),
            Op::Combine(_) => x.add(inputs[1].clone()),
            Op::Concat { .. } => Tensor::cat(inputs, 1),
            Op::Pool(Pool { kind: PoolKind::Maximum, kernel, stride, padding, .. }) => {
                max_pool2d(x, MaxPoolOptions::new(*kernel).with_stride(*stride).with_padding_pairs(*padding))
            }
            Op::Pool(Pool { kernel, stride, padding, .. }) => {
                let options = AvgPoolOptions::new(*kernel).with_stride(*stride).with_padding_pairs(*padding);
                avg_pool2d(x, options.with_count_include_pad(false))
            }
            Op::GlobalPool(_) => x.mean_dim(3).mean_dim(2),
            op => panic!("no definition of {op:?}"),
        });
    }
    all
}

#[test]
fn convolutions_in_lines_give_what_burns_own_give_whoever_looks() {
    let graph = network();
    let runner = Runner::new(graph.clone(), &Device::flex()).unwrap();
    let batch = waves(&graph, 2);
    let expected: Vec<Vec<f32>> = by_definition(&graph, &batch).into_iter().map(numbers).collect();
    let answer = graph.nodes.len() - 1;
    let everything: Vec<usize> = (0..graph.nodes.len()).collect();
    let each = (0..answer).map(|layer| vec![layer, answer]);
    for wanted in each.chain([vec![answer], everything]) {
        let mut seen = Vec::new();
        runner.forward(batch.clone(), &wanted, |layer, activation| {
            assert_near(&numbers(activation), &expected[layer], &format!("layer {layer}, {wanted:?} are wanted"));
            seen.push(layer);
        });
        assert_eq!(seen, wanted);
    }
}

#[test]
fn layers_in_lines_come_to_what_their_planes_come_to() {
    let graph = network();
    let runner = Runner::new(graph.clone(), &Device::flex()).unwrap();
    let n = 2;
    let expected = by_definition(&graph, &waves(&graph, n));
    // All but those whose output is changed where it lies.
    let is_changed = |layer: usize| {
        graph.nodes.iter().any(|node| node.inputs.contains(&Source::Node(layer)) && matches!(node.op, Op::Activate(_)))
    };
    let wanted: Vec<usize> = (0..graph.nodes.len()).filter(|layer| !is_changed(*layer)).collect();
    let mut seen = BTreeMap::new();
    runner.summarize_unless(
        waves(&graph, n),
        &wanted,
        || false,
        |layer, what| {
            let all = match what {
                Seen::Activation(activation) => pool_with_places(activation),
                Seen::Summaries(summaries) => pooled(&summaries, n, &Device::flex()),
            };
            assert!(seen.insert(layer, all).is_none(), "layer {layer} is seen once");
        },
    );
    assert_eq!(seen.keys().copied().collect::<Vec<_>>(), wanted);
    for (layer, ([average, maximum], places)) in seen {
        let planes = expected[layer].clone();
        let [_, _, h, w] = planes.dims();
        let ([true_average, true_maximum], _) = pool_with_places(planes.clone());
        let case = format!("layer {layer}");
        let of_rows = |rows: Tensor<2>| rows.try_into_vec_as::<f32>().unwrap();
        assert_near(&of_rows(average), &of_rows(true_average), &case);
        let maximum = of_rows(maximum);
        assert_near(&maximum, &of_rows(true_maximum), &case);
        // Of places that hold nearly as much either may be told.
        let places: Vec<f32> = places.float().try_into_vec_as().unwrap();
        let planes = numbers(planes);
        let there: Vec<f32> = planes.chunks(h * w).zip(&places).map(|(plane, place)| plane[*place as usize]).collect();
        assert_near(&there, &maximum, &case);
    }
}

#[test]
fn a_batch_in_lines_gives_what_its_images_give_alone() {
    assert_a_batch_is_its_images(&network());
}
