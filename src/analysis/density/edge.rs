//! Edges between rows, and the least that join them.

use std::cmp::Ordering;

use crate::analysis::union_find::UnionFind;

/// Two rows and how far apart they are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Edge {
    /// The largest of their distance and core distances (mutual reachability).
    pub reach: f32,
    /// The distance alone. Every row is as far by reach from all that are nearer than its core distance: the nearer goes
    /// first, so that what comes of it does not hang on the order of rows.
    pub distance: f32,
    /// The lower row.
    pub a: u32,
    pub b: u32,
}

impl Edge {
    pub fn new(a: usize, b: usize, distance: f32, core: &[f32]) -> Self {
        let (a, b) = (a.min(b), a.max(b));
        Self { reach: distance.max(core[a]).max(core[b]), distance, a: a as u32, b: b as u32 }
    }

    pub fn order(&self, other: &Self) -> Ordering {
        self.reach
            .total_cmp(&other.reach)
            .then(self.distance.total_cmp(&other.distance))
            .then((self.a, self.b).cmp(&(other.a, other.b)))
    }
}

/// The minimum spanning forest of edges, in their order (Kruskal 1956); `parts` says which rows hang together.
pub fn minimum_spanning_forest(mut edges: Vec<Edge>, parts: &mut UnionFind) -> Vec<Edge> {
    edges.sort_unstable_by(Edge::order);
    edges.retain(|edge| {
        let joins = parts.find(edge.a) != parts.find(edge.b);
        if joins {
            parts.unite(edge.a, edge.b);
        }
        joins
    });
    edges
}
