//! Label propagation (Raghavan, Albert and Kumara 2007, arXiv 0709.2938), with weights: every vertex takes the label that
//! weighs most among its neighbours, one after the other in random order, until all have it.

use super::{Cancelled, Graph, partition};

/// Sweeps after which what there is counts as the result.
const SWEEPS: usize = 100;

/// Finds communities, as many as there are; a vertex without an edge is in none. `None` when cancelled.
///
/// Of labels that weigh the same a vertex keeps its own, else chance takes one: the same seed, the same communities.
pub fn communities(graph: &Graph, seed: u64, cancelled: Cancelled<'_>) -> Option<Vec<Option<u32>>> {
    let mut chance = fastrand::Rng::with_seed(seed);
    let mut of: Vec<u32> = (0..graph.vertices() as u32).collect();
    let mut order = of.clone();
    let mut weights = vec![0.0f64; of.len()];
    let mut met: Vec<u32> = Vec::new();
    for _ in 0..SWEEPS {
        chance.shuffle(&mut order);
        let mut has_changed = false;
        for (turn, vertex) in order.iter().map(|vertex| *vertex as usize).enumerate() {
            if turn % 4096 == 0 && cancelled() {
                return None;
            }
            for (other, weight) in graph.neighbours(vertex).iter().zip(graph.weights(vertex)) {
                let label = of[*other as usize];
                if weights[label as usize] == 0.0 {
                    met.push(label);
                }
                weights[label as usize] += f64::from(*weight);
            }
            let most = met.iter().map(|label| weights[*label as usize]).fold(0.0, f64::max);
            let is_best = |label: u32| most > 0.0 && weights[label as usize] >= most * (1.0 - 1e-9);
            if most > 0.0 && !is_best(of[vertex]) {
                let best: Vec<u32> = met.iter().copied().filter(|label| is_best(*label)).collect();
                of[vertex] = best[chance.usize(..best.len())];
                has_changed = true;
            }
            met.drain(..).for_each(|label| weights[label as usize] = 0.0);
        }
        if !has_changed {
            break;
        }
    }
    let known =
        of.into_iter().enumerate().map(|(vertex, label)| (!graph.neighbours(vertex).is_empty()).then_some(label));
    Some(partition::by_size(&known.collect::<Vec<_>>()))
}
