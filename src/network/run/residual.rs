//! Sums of a convolution's output and what a shortcut past it brings: on this processor they are added as the convolution writes,
//! where nobody looks at what is between. Apart, a sum reads and writes all numbers once more.

use tiramisu_kernels::convolution::Bounds;

use super::{
    super::{Combination, Graph, Op, Source},
    chains::{self, Chain, Chains},
    host_elements,
};

/// Two chains that run as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Residual {
    pub convolution: Chain,
    sum: Chain,
    /// Which of the sum's two inputs is not the convolution's.
    input: usize,
}

impl Residual {
    /// Those of the nodes that `is_needed` whose convolution and sum are not `taken` by something else, each by its last node.
    pub fn find(graph: &Graph, is_needed: &[bool], chains: &Chains, is_taken: impl Fn(usize) -> bool) -> Vec<Self> {
        let starting = chains.starting();
        let of_sum = |node: usize| {
            let Op::Combine(Combination::Sum(weights)) = &graph.nodes[node].op else { return None };
            let [one, other] = graph.nodes[node].inputs[..] else { return None };
            let are_alike = graph.value(one).dims == graph.value(other).dims;
            if !is_needed[node] || !are_alike || weights.iter().any(|weight| *weight != 1.0) {
                return None;
            }
            let sum = starting[node].unwrap_or(Chain { first: node, last: node });
            // The convolution that a part of the sum comes from, if it goes nowhere else.
            let of_part = |(part, input): (Source, usize)| {
                let last = part.node().filter(|last| chains.only_taker[*last] == Some(node) && !is_taken(*last))?;
                let convolution = chains.ending[last].unwrap_or(Chain { first: last, last });
                let is_one = matches!(graph.nodes[convolution.first].op, Op::Convolution(_));
                is_one.then_some(Self { convolution, sum, input })
            };
            // Of two the later one: what the first one makes is there by then, and little else is held until it runs.
            let parts = [(one, 1), (other, 0)].into_iter().filter_map(of_part);
            parts.max_by_key(|residual| residual.convolution.last).filter(|_| !is_taken(sum.last))
        };
        (0..graph.nodes.len()).filter_map(of_sum).collect()
    }

    /// What is taken: the picture, and what is added to its convolution.
    pub fn inputs(self, graph: &Graph) -> Vec<Source> {
        let added = graph.nodes[self.sum.first].inputs[self.input];
        graph.nodes[self.convolution.first].inputs.iter().copied().chain([added]).collect()
    }

    /// The node whose output comes out.
    pub fn last(self) -> usize {
        self.sum.last
    }

    /// All nodes.
    pub fn nodes(self, graph: &Graph) -> impl Iterator<Item = usize> {
        self.convolution.nodes(graph).chain(self.sum.nodes(graph))
    }

    /// Between which numbers the sum is kept.
    pub fn bounds(self, graph: &Graph) -> Option<Bounds> {
        chains::join(graph, self.sum).1.and_then(host_elements::bounds)
    }
}
