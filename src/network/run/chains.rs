//! Convolutions and sums that do what follows them in the same pass.
//!
//! A batch normalisation at test time is a factor and a summand for each channel, which the convolution before it may
//! have in its weights; and it may leave out what is negative, or beyond other bounds, when it writes, as a sum may. This
//! holds as long as nobody looks at, or else takes, what is between: whether somebody does is known for each run.

use super::super::{Activation, Combination, Convolution, Graph, Op, Source, Weights};

/// Nodes that run as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Chain {
    /// The convolution, or the sum.
    pub first: usize,
    /// The node whose output comes out.
    pub last: usize,
}

impl Chain {
    /// Its nodes, from the last one to the first.
    pub fn nodes(self, graph: &Graph) -> impl Iterator<Item = usize> {
        // What follows a chain's first node takes one input each.
        let before = move |node: &usize| graph.nodes[*node].inputs.first()?.node().filter(|_| *node != self.first);
        std::iter::successors(Some(self.last), before)
    }
}

/// The chains of a run, by their last nodes, and the nodes that are before these in a chain.
pub(super) struct Chains {
    /// For each node the chain that ends there.
    pub ending: Vec<Option<Chain>>,
    /// For each node whether it is part of a chain that ends later.
    pub is_inside: Vec<bool>,
    /// For each node the one that takes it, where nobody else takes it or looks at it.
    pub only_taker: Vec<Option<usize>>,
    /// The same, where others may look.
    pub sole_taker: Vec<Option<usize>>,
}

impl Chains {
    /// Finds those of the nodes that `is_needed`, of which `is_wanted` ones are looked at.
    pub fn find(graph: &Graph, is_needed: &[bool], is_wanted: &[bool]) -> Self {
        let count = graph.nodes.len();
        let mut takers: Vec<Vec<usize>> = vec![Vec::new(); count];
        for (index, node) in graph.nodes.iter().enumerate().filter(|(index, _)| is_needed[*index]) {
            for source in &node.inputs {
                if let Source::Node(other) = source {
                    takers[*other].push(index);
                }
            }
        }
        let sole_taker: Vec<Option<usize>> =
            takers.iter().map(|takers| if let [taker] = takers[..] { Some(taker) } else { None }).collect();
        let only_taker: Vec<Option<usize>> =
            sole_taker.iter().zip(is_wanted).map(|(taker, is_wanted)| taker.filter(|_| !is_wanted)).collect();
        let (mut ending, mut is_inside) = (vec![None; count], vec![false; count]);
        for first in (0..count).filter(|index| is_needed[*index]) {
            let is_convolution = matches!(graph.nodes[first].op, Op::Convolution(_));
            if !is_convolution && !matches!(graph.nodes[first].op, Op::Combine(Combination::Sum(_))) {
                continue;
            }
            let mut last = first;
            while let Some(taker) = only_taker[last] {
                let op = &graph.nodes[taker].op;
                let ends = matches!(op, Op::Activate(Activation::Rectify { slope: 0.0 } | Activation::Clip { .. }));
                let is_affine = is_convolution && matches!(op, Op::Affine { .. });
                if !ends && !is_affine {
                    break;
                }
                last = taker;
                if ends {
                    break;
                }
            }
            if last != first {
                ending[last] = Some(Chain { first, last });
                let mut node = first;
                while node != last {
                    is_inside[node] = true;
                    node = takers[node][0];
                }
            }
        }
        Self { ending, is_inside, only_taker, sole_taker }
    }

    /// For each node the chain that begins there.
    pub fn starting(&self) -> Vec<Option<Chain>> {
        let mut starting = vec![None; self.ending.len()];
        for chain in self.ending.iter().flatten() {
            starting[chain.first] = Some(*chain);
        }
        starting
    }
}

/// What does what all of a chain do: its first node's operation, changed, and the bounds that end it, if any do.
///
/// # Panics
/// When the nodes are no chain.
pub(super) fn join(graph: &Graph, chain: Chain) -> (Op, Option<Activation>) {
    let mut op = graph.nodes[chain.first].op.clone();
    let mut then = None;
    // From the end, as others that nobody needs may take what is between, too.
    let mut links: Vec<usize> = chain.nodes(graph).collect();
    let first = links.pop();
    assert_eq!(first, Some(chain.first), "a chain is joined");
    for at in links.into_iter().rev() {
        match (&mut op, &graph.nodes[at].op) {
            (Op::Convolution(convolution), Op::Affine { scale, shift }) => {
                *convolution = scaled(convolution, &scale.values, &shift.values);
            }
            (_, Op::Activate(activation)) => then = Some(*activation),
            (first, next) => panic!("{next:?} is no part of a chain of {first:?}"),
        }
    }
    (op, then)
}

fn scaled(convolution: &Convolution, scale: &[f32], shift: &[f32]) -> Convolution {
    let weight = &convolution.weight;
    let out = weight.shape[0];
    let taps = weight.values.len() / out;
    let rows = weight.values.chunks_exact(taps).enumerate();
    let values = rows.flat_map(|(channel, row)| row.iter().map(move |value| value * scale[channel])).collect();
    let bias = (0..out).map(|channel| {
        let bias = convolution.bias.as_ref().map_or(0.0, |bias| bias.values[channel]);
        bias * scale[channel] + shift[channel]
    });
    Convolution {
        weight: Weights::new(weight.shape.clone(), values),
        bias: Some(Weights::vector(bias.collect())),
        ..convolution.clone()
    }
}
