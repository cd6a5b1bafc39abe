//! Joins of what convolutions make: on this processor each writes its channels where they belong in the join, where nobody else
//! takes what is between. Apart, a join reads and writes all numbers once more; and of one picture, of whose join each thread copies
//! some channels where a convolution has it make some pixels, half of them go from one thread to the other and back.

use burn::tensor::Tensor;
use tiramisu_kernels::{
    Instructions,
    planes::{Summary, summary},
};

use super::{
    super::{Graph, Op, Source, layout::Layout},
    chains::{Chain, Chains},
    host::lend,
};

/// Convolutions, each with what follows it, and their join, that run as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Joined {
    join: usize,
}

impl Joined {
    /// Those of the nodes that `is_needed` whose parts are not `taken` by something else. Where `may_look`, somebody may want to know
    /// what the parts come to, which is told from the join.
    pub fn find(
        graph: &Graph,
        is_needed: &[bool],
        chains: &Chains,
        may_look: bool,
        is_taken: impl Fn(usize) -> bool,
    ) -> Vec<Self> {
        let goes_nowhere_else = |last: usize, join: usize| {
            let node = &graph.nodes[last];
            let are_planes = node.dims.len() == 3
                && node.dims.iter().all(|size| *size > 0)
                && matches!(node.layout, Layout::Usual | Layout::Unknown);
            chains.only_taker[last] == Some(join) || may_look && are_planes && chains.sole_taker[last] == Some(join)
        };
        let is_part = |last: usize, join: usize| {
            let chain = chains.ending[last].unwrap_or(Chain { first: last, last });
            matches!(graph.nodes[chain.first].op, Op::Convolution(_))
                && goes_nowhere_else(last, join)
                && !is_taken(last)
        };
        let is_joined = |join: &usize| {
            let node = &graph.nodes[*join];
            is_needed[*join]
                && !node.inputs.is_empty()
                && matches!(node.op, Op::Concat { axis: 0 })
                && node.inputs.iter().all(|input| input.node().is_some_and(|last| is_part(last, *join)))
        };
        (0..graph.nodes.len()).filter(is_joined).map(|join| Self { join }).collect()
    }

    /// The convolutions with what follows them, in the order in which their channels lie.
    pub fn chains(self, graph: &Graph) -> Vec<Chain> {
        let before = |node: &usize| graph.nodes[*node].inputs.first()?.node();
        let chain = |last: usize| {
            let is_convolution = |node: &usize| matches!(graph.nodes[*node].op, Op::Convolution(_));
            let first = std::iter::successors(Some(last), before).find(is_convolution);
            Chain { first: first.expect("each part begins with a convolution"), last }
        };
        graph.nodes[self.join].inputs.iter().filter_map(|input| input.node()).map(chain).collect()
    }

    /// What is taken, for each convolution its picture.
    pub fn inputs(self, graph: &Graph) -> Vec<Source> {
        self.chains(graph).into_iter().flat_map(|chain| graph.nodes[chain.first].inputs.iter().copied()).collect()
    }

    /// The node whose output comes out.
    pub fn last(self) -> usize {
        self.join
    }

    /// All nodes.
    pub fn nodes(self, graph: &Graph) -> Vec<usize> {
        let parts = self.chains(graph).into_iter().flat_map(|chain| chain.nodes(graph).collect::<Vec<_>>());
        parts.chain([self.join]).collect()
    }
}

/// What the planes of some channels come to, picture by picture: from one channel of the join to another.
///
/// # Shapes
/// `joined`: `[n, c, h, w]`; returns `[n, channels]`.
pub(super) fn summaries(joined: Tensor<4>, channels: std::ops::Range<usize>) -> Vec<Summary> {
    let [_, c, h, w] = joined.dims();
    lend(joined, |numbers| {
        let pictures = numbers.chunks_exact(c * h * w);
        let planes = pictures.flat_map(|picture| picture.chunks_exact(h * w).take(channels.end).skip(channels.start));
        planes.map(|plane| summary(Instructions::best(), plane)).collect()
    })
}
