//! Which layers must run for the wanted ones, and how often each value is used.

use super::{
    super::{Graph, Source},
    bottleneck::Bottleneck,
    chains::{Chain, Chains},
    joined::Joined,
    residual::Residual,
};

/// Nodes that run at a time, of which the last one's output comes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Step {
    /// Perhaps of a single node.
    Chain(Chain),
    Bottleneck(Bottleneck),
    Residual(Residual),
    Joined(Joined),
}

impl Step {
    /// The node whose output comes out.
    pub fn last(self) -> usize {
        match self {
            Self::Chain(chain) => chain.last,
            Self::Bottleneck(bottleneck) => bottleneck.last(),
            Self::Residual(residual) => residual.last(),
            Self::Joined(joined) => joined.last(),
        }
    }

    /// What is taken.
    pub fn inputs(self, graph: &Graph) -> Vec<Source> {
        match self {
            Self::Chain(chain) => graph.nodes[chain.first].inputs.clone(),
            Self::Bottleneck(bottleneck) => bottleneck.inputs(graph),
            Self::Residual(residual) => residual.inputs(graph),
            Self::Joined(joined) => joined.inputs(graph),
        }
    }
}

/// The work of one forward pass.
pub(super) struct Plan {
    /// What to run, in order.
    pub order: Vec<Step>,
    /// Whether a node is wanted.
    pub wanted: Vec<bool>,
    /// For each node how many inputs of nodes to run it feeds.
    pub uses: Vec<usize>,
    /// The same for the picture.
    pub input_uses: usize,
}

impl Plan {
    /// `has_kernels`: whether bottlenecks and joins of convolutions may run as one, and sums as part of convolutions; `may_look`: the
    /// former two although somebody wants to know what is between.
    ///
    /// # Panics
    /// When a wanted layer does not exist.
    pub fn new(graph: &Graph, wanted: &[usize], has_kernels: bool, may_look: bool) -> Self {
        let count = graph.nodes.len();
        let mut is_wanted = vec![false; count];
        for layer in wanted {
            assert!(*layer < count, "layer {layer} of {count} is wanted");
            is_wanted[*layer] = true;
        }
        let mut is_needed = is_wanted.clone();
        let mut uses = vec![0; count];
        let mut input_uses = 0;
        // Inputs come before, so one sweep from the end reaches everything.
        for index in (0..count).rev() {
            if !is_needed[index] {
                continue;
            }
            for source in &graph.nodes[index].inputs {
                match source {
                    Source::Input => input_uses += 1,
                    Source::Node(other) => {
                        uses[*other] += 1;
                        is_needed[*other] = true;
                    }
                }
            }
        }
        let mut chains = Chains::find(graph, &is_needed, &is_wanted);
        // Of several chains, by their last nodes.
        let mut as_one: Vec<Option<Step>> = vec![None; count];
        if has_kernels {
            for bottleneck in Bottleneck::find(graph, &is_needed, &chains, may_look) {
                bottleneck.nodes(graph).for_each(|node| chains.is_inside[node] = true);
                as_one[bottleneck.last()] = Some(Step::Bottleneck(bottleneck));
            }
            for residual in Residual::find(graph, &is_needed, &chains, |last| as_one[last].is_some()) {
                chains.is_inside[residual.convolution.last] = true;
                as_one[residual.last()] = Some(Step::Residual(residual));
            }
            for joined in Joined::find(graph, &is_needed, &chains, may_look, |last| as_one[last].is_some()) {
                joined.chains(graph).iter().for_each(|chain| chains.is_inside[chain.last] = true);
                as_one[joined.last()] = Some(Step::Joined(joined));
            }
        }
        let Chains { ending, is_inside, .. } = chains;
        let order = (0..count).filter(|index| is_needed[*index] && !is_inside[*index]);
        let order = order.map(|index| {
            as_one[index].unwrap_or(Step::Chain(ending[index].unwrap_or(Chain { first: index, last: index })))
        });
        Self { order: order.collect(), wanted: is_wanted, uses, input_uses }
    }
}
