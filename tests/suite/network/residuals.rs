//! Sums that run as part of the convolution before them where nobody looks at what is between.

use std::sync::Arc;

use tiramisu::network::{
    Activation, Combination, Convolution, Graph, GraphBuilder, Node, Op, PoolKind, Source, Weights,
};

use super::{
    load_golden,
    whoever_looks::{assert_a_batch_is_its_images, assert_the_same_whoever_looks},
};

/// Layers one behind the other, and how many steps they are expected to take.
pub(super) struct Layers {
    pub builder: GraphBuilder,
    random: fastrand::Rng,
    pub steps: usize,
}

/// Channels that come in and go out, the kernel's side, its step, and groups.
pub(super) type Sizes = (usize, usize, usize, usize, usize);

impl Layers {
    pub fn new(input: [usize; 3], seed: u64) -> Self {
        let (builder, random) = (GraphBuilder::new(input).unwrap(), fastrand::Rng::with_seed(seed));
        Self { builder, random, steps: 0 }
    }

    pub fn some(&mut self, count: usize) -> Vec<f32> {
        (0..count).map(|_| self.random.f32() - 0.5).collect()
    }

    pub fn push(&mut self, op: Op, taken: &[Source]) -> Source {
        self.builder.push("layer", "Layer", op, taken).unwrap()
    }

    pub fn conv(&mut self, taken: Source, (from, to, side, step, groups): Sizes) -> Source {
        let weight = self.some(to * from / groups * side * side);
        self.conv_of(taken, (from, to, side, step, groups), weight)
    }

    pub fn conv_of(&mut self, taken: Source, (from, to, side, step, groups): Sizes, weight: Vec<f32>) -> Source {
        let convolution = Convolution {
            weight: Weights::new(vec![to, from / groups, side, side], weight),
            bias: Some(Weights::vector(self.some(to))),
            stride: [step; 2],
            padding: [(side / 2, side / 2); 2],
            dilation: [1; 2],
            groups,
        };
        self.push(Op::Convolution(convolution), &[taken])
    }

    pub fn relu(&mut self, taken: Source) -> Source {
        self.push(Op::Activate(Activation::Rectify { slope: 0.0 }), &[taken])
    }

    pub fn sum(&mut self, weights: Vec<f32>, one: Source, other: Source) -> Source {
        self.push(Op::Combine(Combination::Sum(weights)), &[one, other])
    }
}

/// A network of blocks of all kinds, and in how many steps its answer is made.
fn blocks() -> (Arc<Graph>, usize) {
    let mut net = Layers::new([3, 19, 17], 17);
    let first = net.conv(Source::Input, (3, 8, 1, 1, 1));
    let mut x = net.relu(first);
    net.steps += 1;
    // What goes in is added, and the sum rectified; a normalisation comes before.
    let inner = net.conv(x, (8, 8, 3, 1, 1));
    let inner = net.relu(inner);
    let inner = net.conv(inner, (8, 8, 1, 1, 1));
    let (scale, shift) = (Weights::vector(net.some(8)), Weights::vector(net.some(8)));
    let inner = net.push(Op::Affine { scale, shift }, &[inner]);
    let sum = net.sum(Vec::new(), inner, x);
    x = net.relu(sum);
    net.steps += 2;
    // Two convolutions, with steps, of which one can add the other.
    let inner = net.conv(x, (8, 8, 1, 1, 1));
    let inner = net.relu(inner);
    let inner = net.conv(inner, (8, 12, 3, 2, 1));
    let shortcut = net.conv(x, (8, 12, 1, 2, 1));
    let sum = net.sum(vec![1.0, 1.0], inner, shortcut);
    x = net.relu(sum);
    net.steps += 3;
    // Bounds before the sum and none behind it; what is added comes first.
    let inner = net.conv(x, (12, 12, 3, 1, 1));
    let inner = net.relu(inner);
    x = net.sum(Vec::new(), x, inner);
    net.steps += 1;
    // Single channels, and groups of some; other bounds.
    for groups in [12, 3] {
        let inner = net.conv(x, (12, 12, 3, 1, groups));
        let sum = net.sum(Vec::new(), x, inner);
        x = net.push(Op::Activate(Activation::Clip { min: -0.75, max: 1.5 }), &[sum]);
        net.steps += 1;
    }
    // Filters that see all channels alike, which are summed first.
    let alike: Vec<f32> = net.some(12).into_iter().flat_map(|weight| [weight; 12]).collect();
    let inner = net.conv_of(x, (12, 12, 1, 1, 1), alike);
    x = net.sum(Vec::new(), inner, x);
    net.steps += 1;
    // Two steps each: a weight, and a convolution that is added to itself.
    let inner = net.conv(x, (12, 12, 1, 1, 1));
    x = net.sum(vec![-0.5, 1.0], inner, x);
    let inner = net.conv(x, (12, 12, 1, 1, 1));
    x = net.sum(Vec::new(), inner, inner);
    net.steps += 4;
    // A convolution that two sums take, so that each is a step.
    let inner = net.conv(x, (12, 12, 1, 1, 1));
    let once = net.sum(Vec::new(), inner, x);
    x = net.sum(Vec::new(), once, inner);
    net.steps += 3;
    // One number a channel.
    let inner = net.conv(x, (12, 12, 1, 1, 1));
    let mean = net.push(Op::GlobalPool(PoolKind::Average { count_padding: false }), &[x]);
    net.sum(Vec::new(), inner, mean);
    net.steps += 3;
    (Arc::new(net.builder.finish("residuals", load_golden("residual").preprocessing).unwrap()), net.steps)
}

#[test]
fn a_sum_runs_as_part_of_the_convolution_before_it_unless_somebody_looks_between() {
    let (graph, steps) = blocks();
    // Each sum is once as part of a convolution and once not: what is added as it writes, and behind it, is the same.
    assert_the_same_whoever_looks(&graph, steps, |layer| {
        let is_summed = |node: &Node| {
            node.inputs.contains(&Source::Node(layer)) && matches!(node.op, Op::Combine(Combination::Sum(_)))
        };
        graph.nodes.iter().any(is_summed)
    });
}

#[test]
fn a_batch_with_sums_within_convolutions_gives_what_its_images_give_alone() {
    assert_a_batch_is_its_images(&blocks().0);
}
