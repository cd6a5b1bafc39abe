//! Joins of what convolutions make, which runs as one where nobody else takes what is between.

use std::{collections::BTreeMap, sync::Arc};

use burn::tensor::Device;
use tiramisu::{
    features::{pool_with_places, pooled},
    network::{Graph, Node, Op, Pool, PoolKind, Runner, Seen, Source, Weights},
};

use super::{
    bottlenecks::runs_bottlenecks_as_one,
    load_golden,
    residuals::Layers,
    running::waves,
    whoever_looks::{assert_a_batch_is_its_images, assert_the_same_whoever_looks},
};

/// A network of joins of all kinds, in how many steps its answer is made, and which of its layers are looked at in a join.
fn joins() -> (Arc<Graph>, usize, Vec<usize>) {
    let mut net = Layers::new([3, 21, 18], 19);
    let mut parts = Vec::new();
    let first = net.conv(Source::Input, (3, 8, 1, 1, 1));
    let mut x = net.relu(first);
    net.steps += 1;
    // As in a fire module: what one makes is seen by both.
    let one = net.conv(x, (8, 12, 1, 1, 1));
    let one = net.relu(one);
    let three = net.conv(x, (8, 20, 3, 1, 1));
    let three = net.relu(three);
    x = net.push(Op::Concat { axis: 0 }, &[one, three]);
    parts.extend([one, three]);
    net.steps += 1;
    // As in an inception module: of several pictures, one of them pooled; a normalisation, no rectifier, groups, single channels.
    let window = Pool { kind: PoolKind::Maximum, kernel: [3, 3], stride: [1, 1], padding: [(1, 1); 2], ceil: false };
    let pooled = net.push(Op::Pool(window), &[x]);
    let narrowed = net.conv(x, (32, 6, 1, 1, 1));
    let narrowed = net.relu(narrowed);
    let five = net.conv(narrowed, (6, 10, 5, 1, 2));
    let (scale, shift) = (Weights::vector(net.some(10)), Weights::vector(net.some(10)));
    let five = net.push(Op::Affine { scale, shift }, &[five]);
    let singles = net.conv(x, (32, 32, 3, 1, 32));
    let of_pooled = net.conv(pooled, (32, 7, 1, 1, 1));
    let of_pooled = net.relu(of_pooled);
    x = net.push(Op::Concat { axis: 0 }, &[five, singles, of_pooled]);
    parts.extend([five, singles, of_pooled]);
    net.steps += 3;
    // All with steps.
    let one = net.conv(x, (49, 9, 1, 2, 1));
    let three = net.conv(x, (49, 8, 3, 2, 1));
    x = net.push(Op::Concat { axis: 0 }, &[one, three]);
    parts.extend([one, three]);
    net.steps += 1;
    // A join by itself each: of something that no convolution makes, of one that another layer takes, and of one twice.
    let one = net.conv(x, (17, 5, 1, 1, 1));
    let one = net.relu(one);
    x = net.push(Op::Concat { axis: 0 }, &[one, x]);
    net.steps += 2;
    let one = net.conv(x, (22, 5, 1, 1, 1));
    let other = net.conv(one, (5, 6, 3, 1, 1));
    x = net.push(Op::Concat { axis: 0 }, &[one, other]);
    net.steps += 3;
    let one = net.conv(x, (11, 4, 1, 1, 1));
    x = net.push(Op::Concat { axis: 0 }, &[one, one]);
    net.steps += 2;
    net.push(Op::GlobalPool(PoolKind::Average { count_padding: false }), &[x]);
    net.steps += 1;
    let graph = net.builder.finish("joins", load_golden("residual").preprocessing).unwrap();
    let parts = parts.into_iter().map(|part| part.node().unwrap()).collect();
    (Arc::new(graph), net.steps, parts)
}

#[test]
fn a_join_runs_with_the_convolutions_before_it_unless_somebody_looks_between() {
    let (graph, steps, _) = joins();
    // Each join is once written by convolutions and once copied.
    assert_the_same_whoever_looks(&graph, steps, |layer| {
        let is_joined =
            |node: &Node| node.inputs.contains(&Source::Node(layer)) && matches!(node.op, Op::Concat { .. });
        graph.nodes.iter().any(is_joined)
    });
}

#[test]
fn a_batch_with_joins_gives_what_its_images_give_alone() {
    assert_a_batch_is_its_images(&joins().0);
}

#[test]
fn what_is_joined_is_seen_in_the_join_as_it_is_by_itself_to_the_bit() {
    let (graph, _, parts) = joins();
    let runner = Runner::new(graph.clone(), &Device::flex()).unwrap();
    let is_join = |node: &usize| matches!(graph.nodes[*node].op, Op::Concat { .. });
    let mut wanted: Vec<usize> = (0..graph.nodes.len()).filter(is_join).chain(parts.iter().copied()).collect();
    wanted.sort_unstable();
    let n = 2;
    let mut in_joins = Vec::new();
    let mut seen = BTreeMap::new();
    runner.summarize_unless(
        waves(&graph, n),
        &wanted,
        || false,
        |layer, what| {
            let all = match what {
                Seen::Activation(activation) => pool_with_places(activation),
                Seen::Summaries(summaries) => {
                    in_joins.push(layer);
                    pooled(&summaries, n, &Device::flex())
                }
            };
            assert!(seen.insert(layer, all).is_none(), "layer {layer} is seen once");
        },
    );
    assert_eq!(seen.keys().copied().collect::<Vec<_>>(), wanted);
    if runs_bottlenecks_as_one() {
        in_joins.sort_unstable();
        assert_eq!(in_joins, parts, "which layers are never apart");
    }
    runner.forward(waves(&graph, n), &wanted, |layer, activation| {
        let ([average, maximum], places) = seen.remove(&layer).unwrap();
        let ([true_average, true_maximum], true_places) = pool_with_places(activation);
        for (found, expected) in [(average, true_average), (maximum, true_maximum)] {
            let [found, expected] = [found, expected].map(|rows| rows.try_into_vec_as::<f32>().unwrap());
            assert_eq!(found, expected, "layer {layer}");
        }
        let [found, expected] = [places, true_places].map(|places| places.float().try_into_vec_as::<f32>().unwrap());
        assert_eq!(found, expected, "places of layer {layer}");
    });
    assert!(seen.is_empty(), "all of them were compared");
}
