//! An undirected graph with weights, as communities are looked for in it.

use super::KnnGraph;
use crate::domain::Metric;

/// Vertices `0..n`, each with its neighbours ascending; every edge lies at both its ends.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Graph {
    /// Where each vertex' neighbours begin, and the end of the last.
    offsets: Vec<usize>,
    neighbours: Vec<u32>,
    weights: Vec<f32>,
}

/// Which pairs of a directed neighbour relation become edges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joined {
    /// Where one names the other.
    Either,
    /// Where both name each other.
    Mutual,
}

impl Graph {
    /// From edges `(a, b, weight)` in any order. An edge given twice, in either direction, has the larger weight; an edge
    /// to oneself is left out.
    ///
    /// # Panics
    /// When an edge names a vertex that does not exist.
    pub fn from_edges(vertices: usize, edges: impl IntoIterator<Item = (u32, u32, f32)>) -> Self {
        let mut both: Vec<(u32, u32, f32)> = Vec::new();
        for (a, b, weight) in edges {
            assert!((a as usize) < vertices && (b as usize) < vertices, "edge {a}-{b} of {vertices} vertices");
            if a != b {
                both.push((a, b, weight));
                both.push((b, a, weight));
            }
        }
        both.sort_unstable_by(|x, y| (x.0, x.1).cmp(&(y.0, y.1)).then(y.2.total_cmp(&x.2)));
        both.dedup_by_key(|edge| (edge.0, edge.1));
        let mut offsets = vec![0; vertices + 1];
        both.iter().for_each(|edge| offsets[edge.0 as usize + 1] += 1);
        for vertex in 0..vertices {
            offsets[vertex + 1] += offsets[vertex];
        }
        let (neighbours, weights) = both.into_iter().map(|(_, b, weight)| (b, weight)).unzip();
        Self { offsets, neighbours, weights }
    }

    /// The neighbour relation as a graph. The weight of an edge is how alike its ends are: of cosine distances `1 - d`, of
    /// products 1, of
    /// others `exp(-d² / (s_a s_b))` with `s` the distance of each end's last neighbour (Zelnik-Manor and Perona 2004), so
    /// that dense and sparse regions weigh alike.
    pub fn from_knn(knn: &KnnGraph, metric: Metric, joined: Joined) -> Self {
        let reach = |row: usize| f64::from(knn.distances(row).last().copied().unwrap_or(0.0));
        let mut edges = Vec::with_capacity(knn.rows() * knn.k());
        for row in 0..knn.rows() {
            for (other, distance) in knn.neighbours(row).iter().zip(knn.distances(row)) {
                let is_mutual = || knn.neighbours(*other as usize).contains(&(row as u32));
                if !distance.is_finite() || (joined == Joined::Mutual && !is_mutual()) {
                    continue;
                }
                let weight = match metric {
                    Metric::Cosine => (1.0 - distance).max(f32::EPSILON),
                    // Products have no scale of their own: an edge is an edge.
                    Metric::Dot => 1.0,
                    Metric::Euclidean => {
                        let scale = reach(row) * reach(*other as usize);
                        let squared = f64::from(*distance).powi(2);
                        if scale > 0.0 { ((-squared / scale).exp() as f32).max(f32::EPSILON) } else { 1.0 }
                    }
                };
                edges.push((row as u32, *other, weight));
            }
        }
        Self::from_edges(knn.rows(), edges)
    }

    /// Number of vertices.
    pub fn vertices(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// Number of edges.
    pub fn edge_count(&self) -> usize {
        self.neighbours.len() / 2
    }

    /// The neighbours of a vertex, ascending.
    pub fn neighbours(&self, vertex: usize) -> &[u32] {
        &self.neighbours[self.offsets[vertex]..self.offsets[vertex + 1]]
    }

    /// The weights of its edges, in the same order.
    pub fn weights(&self, vertex: usize) -> &[f32] {
        &self.weights[self.offsets[vertex]..self.offsets[vertex + 1]]
    }

    /// Every edge once, `a < b`.
    pub fn edges(&self) -> impl Iterator<Item = (u32, u32, f32)> + '_ {
        (0..self.vertices()).flat_map(move |a| {
            let ends = self.neighbours(a).iter().zip(self.weights(a));
            ends.filter(move |(b, _)| a < **b as usize).map(move |(b, weight)| (a as u32, *b, *weight))
        })
    }

    /// The parts that are connected within themselves, largest first; each ascending.
    pub fn components(&self) -> Vec<Vec<u32>> {
        let mut seen = vec![false; self.vertices()];
        let mut components = Vec::new();
        for start in 0..self.vertices() {
            if std::mem::replace(&mut seen[start], true) {
                continue;
            }
            let mut component = vec![start as u32];
            let mut next = 0;
            while next < component.len() {
                for other in self.neighbours(component[next] as usize) {
                    if !std::mem::replace(&mut seen[*other as usize], true) {
                        component.push(*other);
                    }
                }
                next += 1;
            }
            component.sort_unstable();
            components.push(component);
        }
        components.sort_by_key(|component| std::cmp::Reverse(component.len()));
        components
    }

    /// The graph of some vertices, which are counted in their order there.
    pub fn part(&self, vertices: &[u32]) -> Self {
        let mut place = vec![u32::MAX; self.vertices()];
        vertices.iter().zip(0..).for_each(|(vertex, new)| place[*vertex as usize] = new);
        let edges = vertices.iter().flat_map(|vertex| {
            let place = &place;
            let ends = self.neighbours(*vertex as usize).iter().zip(self.weights(*vertex as usize));
            ends.filter(|(other, _)| place[**other as usize] != u32::MAX)
                .map(move |(other, weight)| (place[*vertex as usize], place[*other as usize], *weight))
        });
        Self::from_edges(vertices.len(), edges)
    }

    /// Neighbour lists and weights as arrays: where each vertex' begin, the neighbours, the weights.
    pub fn parts(&self) -> (&[usize], &[u32], &[f32]) {
        (&self.offsets, &self.neighbours, &self.weights)
    }
}
