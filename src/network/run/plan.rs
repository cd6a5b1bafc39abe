//! Which layers must run for the wanted ones, and how often each value is used.

use super::{
    super::{Graph, Source},
    chains::{Chain, Chains},
};

/// The work of one forward pass.
pub(super) struct Plan {
    /// Nodes to run, in order; of a chain the last one alone.
    pub order: Vec<usize>,
    /// For each node the chain that ends there.
    pub chains: Vec<Option<Chain>>,
    /// Whether a node is wanted.
    pub wanted: Vec<bool>,
    /// For each node how many inputs of nodes to run it feeds.
    pub uses: Vec<usize>,
    /// The same for the picture.
    pub input_uses: usize,
}

impl Plan {
    /// # Panics
    /// When a wanted layer does not exist.
    pub fn new(graph: &Graph, wanted: &[usize]) -> Self {
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
        let Chains { ending, is_inside } = Chains::find(graph, &is_needed, &is_wanted);
        let order = (0..count).filter(|index| is_needed[*index] && !is_inside[*index]).collect();
        Self { order, chains: ending, wanted: is_wanted, uses, input_uses }
    }
}
