//! Leiden communities (Traag, Waltman and van Eck 2019, arXiv 1810.08473), by the crate `single-clustering`.

use single_clustering::community_search::leiden::{LeidenConfig, ObjectiveKind, leiden};
use single_clustering::network::CSRNetwork;

use super::{Graph, partition};

/// Passes, each going on from the one before.
const PASSES: usize = 10;

/// Finds communities by modularity with a resolution (Reichardt and Bornholdt 2006): larger is more of them. As many as
/// there are; a vertex without an edge is in none. The same seed, the same communities. A hundred thousand vertices take
/// about a second and cannot be stopped meanwhile.
///
/// # Panics
/// When the resolution is negative or not finite.
pub fn communities(graph: &Graph, resolution: f64, seed: u64) -> Vec<Option<u32>> {
    assert!(resolution.is_finite() && resolution >= 0.0, "a resolution of {resolution}");
    if graph.edge_count() == 0 {
        return vec![None; graph.vertices()];
    }
    let (offsets, neighbours, weights) = graph.parts();
    let network = CSRNetwork::from_csr_parts(offsets.to_vec(), neighbours.to_vec(), weights.to_vec(), None)
        .expect("a graph lists every edge at both ends, once");
    let config = LeidenConfig {
        objective: ObjectiveKind::Rb { resolution },
        seed: Some(seed),
        n_iterations: PASSES,
        ..LeidenConfig::default()
    };
    let found = leiden(&network, &config).expect("the settings were checked");
    let of = found.labels().iter().enumerate();
    let of: Vec<Option<u32>> =
        of.map(|(vertex, label)| (!graph.neighbours(vertex).is_empty()).then_some(*label as u32)).collect();
    partition::by_size(&of)
}
