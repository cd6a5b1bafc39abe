//! HDBSCAN (Campello, Moulavi and Sander 2013): groups are what stays together over the widest range of densities.
//!
//! The minimum spanning tree is that of all pairs as long as comparing them takes seconds. That of a graph of neighbours is
//! not: where rows of two dense places are near each other, each has its neighbours in its own place, and the graph joins
//! the two by a longer way through rows between. Of more rows the tree is that of the graph, its parts joined by short
//! edges; with a graph of three times as many neighbours as make a place dense it is close (ARI .97 to 1 with that of all
//! pairs, scikit-learn's digits). Which rows are groups is chosen by the crate `hdbscan-rs`.
//!
//! The numbers are those of scikit-learn, but for rows that lie as near to two groups as to each: such ties are inherent
//! (all that is nearer than a row's core distance is equally far), and they go to the nearer row here; there, to what
//! sorting leaves first.

mod condensed;
mod edge;
mod exact;

use std::collections::BTreeMap;

use rayon::prelude::*;

use self::edge::{Edge, minimum_spanning_forest};
use super::knn::Distances;
use super::reach::InReach;
use super::union_find::UnionFind;
use super::{Cancelled, KnnGraph, partition};
use crate::domain::{Metric, PAIRS_PRODUCTS, Vectors};
use hdbscan_rs::{ClusterSelectionMethod, cluster_selection, labels, outlier};

/// Walking along the tree of all pairs takes about as long as so many products of each pair.
const WALKED_CHANNELS: usize = 64;
/// Neighbours in the graph, of each that makes a place dense, where not all pairs are compared.
const SPARE_NEIGHBOURS: usize = 3;

/// Dense groups, and what lies between.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dense {
    /// The group of each row; `None` lies in none.
    pub of: Vec<Option<u32>>,
    /// How little each row belongs to where it is, in `0..=1` (GLOSH, Campello et al. 2015).
    pub outlier_scores: Vec<f32>,
}

/// Finds groups of at least `least` rows; `None` when cancelled.
///
/// `samples` rows, itself counted, make a place dense: the distance to the last of them is a row's core distance, and two
/// rows are as far apart as the largest of their distance and core distances (mutual reachability). It is at most one more
/// than the graph's neighbours. scikit-learn's `min_samples` counts so, too; that of the package `hdbscan` leaves the row
/// itself out, and is one less for the same groups.
///
/// The groups are exact if [`is_exact`] says so.
///
/// # Panics
/// When the graph is of another number of rows.
pub fn group(
    vectors: &Vectors,
    graph: &KnnGraph,
    metric: Metric,
    samples: usize,
    least: usize,
    cancelled: Cancelled<'_>,
) -> Option<Dense> {
    group_within(vectors, graph, metric, samples, least, PAIRS_PRODUCTS, cancelled)
}

/// Whether all pairs of so many rows are compared.
pub fn is_exact(rows: usize, channels: usize) -> bool {
    compares_all(rows, channels, PAIRS_PRODUCTS)
}

fn compares_all(rows: usize, channels: usize, most_products: f64) -> bool {
    (rows as f64).powi(2) * channels.max(WALKED_CHANNELS) as f64 <= most_products
}

/// Neighbours that the graph of so many rows should have for `samples` that make a place dense.
pub fn neighbours(rows: usize, channels: usize, samples: usize) -> usize {
    if is_exact(rows, channels) { samples } else { SPARE_NEIGHBOURS * samples }
}

/// As [`group`], with the products that comparing all pairs may take, and looking for the shortest edges between parts of the
/// graph; where it takes more, short ones do.
pub fn group_within(
    vectors: &Vectors,
    graph: &KnnGraph,
    metric: Metric,
    samples: usize,
    least: usize,
    most_products: f64,
    cancelled: Cancelled<'_>,
) -> Option<Dense> {
    let rows = vectors.matrix.rows();
    if rows < 2 || graph.k() == 0 {
        return Some(Dense { of: vec![None; rows], outlier_scores: vec![0.0; rows] });
    }
    assert_eq!(graph.rows(), rows, "the graph is of other rows");
    // Groups have no unit: all is reckoned in that of the vectors in reach.
    let ready = InReach::new(vectors, metric);
    let (vectors, graph) = (ready.vectors.as_ref(), ready.inside_graph(graph));
    let graph = graph.as_ref();
    let samples = samples.clamp(2, graph.k() + 1);
    let core: Vec<f32> = (0..rows).map(|row| graph.distances(row)[samples - 2]).collect();
    let tree = spanning_tree(vectors, graph, metric, &core, most_products, cancelled)?;
    let condensed = condensed::condense(&tree, rows, least.max(2));
    let selected =
        cluster_selection::select_clusters(&condensed, rows, ClusterSelectionMethod::Eom, 0.0, false).selected_clusters;
    let of = labels::assign_labels(&condensed, &selected, rows, false, 0.0);
    let of: Vec<Option<u32>> = of.into_iter().map(|label| u32::try_from(label).ok()).collect();
    let scores = outlier::compute_outlier_scores(&condensed, rows);
    Some(Dense { of: partition::by_size(&of), outlier_scores: scores.into_iter().map(|score| score as f32).collect() })
}

/// Kruskal's tree of the graph's edges, repaired by all pairs or, for the parts it leaves, Borůvka's; sorted.
fn spanning_tree(
    vectors: &Vectors,
    graph: &KnnGraph,
    metric: Metric,
    core: &[f32],
    most_products: f64,
    cancelled: Cancelled<'_>,
) -> Option<Vec<Edge>> {
    let rows = core.len();
    let mut edges = Vec::with_capacity(rows * graph.k());
    for row in 0..rows {
        let near = graph.neighbours(row).iter().zip(graph.distances(row));
        edges.extend(near.map(|(other, distance)| Edge::new(row, *other as usize, *distance, core)));
    }
    let mut parts = UnionFind::new(rows);
    let mut tree = minimum_spanning_forest(edges, &mut parts);
    let measure = Distances::new(vectors, metric);
    if compares_all(rows, vectors.matrix.columns(), most_products) {
        // Any edges do between parts: shorter ones take their place.
        let root = measure.probe(0);
        let joins = (1..rows).filter(|row| {
            let is_apart = parts.find(*row as u32) != parts.find(0);
            parts.unite(*row as u32, 0);
            is_apart
        });
        tree.extend(joins.map(|row| Edge::new(0, row, measure.to(&root, row), core)).collect::<Vec<_>>());
        tree.sort_unstable_by(Edge::order);
        return exact::repair(vectors, metric, core, tree, cancelled);
    }
    loop {
        let of: Vec<usize> = (0..rows as u32).map(|row| parts.find(row) as usize).collect();
        let mut sizes = vec![0usize; rows];
        of.iter().for_each(|part| sizes[*part] += 1);
        // Every part but the largest looks for its nearest row outside: that edge is in the tree of all pairs.
        let largest = (0..rows).max_by_key(|part| sizes[*part])?;
        if sizes[largest] == rows {
            tree.sort_unstable_by(Edge::order);
            return Some(tree);
        }
        let searching: Vec<usize> = (0..rows).filter(|row| of[*row] != largest).collect();
        let products = searching.len() as f64 * rows as f64 * vectors.matrix.columns() as f64;
        let mut nearest = if products <= most_products {
            measure.nearest_elsewhere(&searching, &of, core, cancelled)?
        } else {
            nearly_nearest(vectors, graph, &measure, &of, core, most_products, cancelled)?
        };
        nearest.sort_by(|a, b| (of[a.1], a.0).partial_cmp(&(of[b.1], b.0)).unwrap_or(std::cmp::Ordering::Equal));
        nearest.dedup_by_key(|edge| of[edge.1]);
        // Rows of different parts are no neighbours, and farther apart than their core distances.
        let nearest = nearest.into_iter().map(|(distance, a, b)| Edge::new(a, b, distance, core)).collect();
        tree.extend(minimum_spanning_forest(nearest, &mut parts));
    }
}

/// For each part an edge that leaves it: the shortest between some rows of each, whose ends then move along the
/// neighbour graph as long as that brings them nearer to each other. It is short, but there may be a shorter one.
///
/// The rows that are looked at number the root of the products that are put up with, but one at least of each part.
fn nearly_nearest(
    vectors: &Vectors,
    graph: &KnnGraph,
    measure: &Distances<'_>,
    of: &[usize],
    core: &[f32],
    most_products: f64,
    cancelled: Cancelled<'_>,
) -> Option<Vec<(f32, usize, usize)>> {
    let channels = vectors.matrix.columns();
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    of.iter().enumerate().for_each(|(row, part)| members.entry(*part).or_default().push(row));
    let room = (most_products / channels.max(1) as f64).sqrt() as usize;
    let step = of.len().div_ceil(room.max(1));
    let mut some: Vec<usize> = members.values().flat_map(|rows| rows.iter().step_by(step)).copied().collect();
    some.sort_unstable();
    let sample = vectors.rows(&some);
    let of_some: Vec<usize> = some.iter().map(|row| of[*row]).collect();
    let core_of_some: Vec<f32> = some.iter().map(|row| core[*row]).collect();
    let all: Vec<usize> = (0..some.len()).collect();
    let between = Distances::new(&sample, measure.metric());
    let mut best: BTreeMap<usize, (f32, usize, usize)> = BTreeMap::new();
    for (reach, a, b) in between.nearest_elsewhere(&all, &of_some, &core_of_some, cancelled)? {
        let edge = (reach, some[a], some[b]);
        let known = best.entry(of_some[a]).or_insert(edge);
        if edge.0 < known.0 {
            *known = edge;
        }
    }
    let edges: Vec<(f32, usize, usize)> = best.into_values().collect();
    edges
        .into_par_iter()
        .map(|mut edge| {
            loop {
                if cancelled() {
                    return None;
                }
                // Neighbours in the graph lie in the same part.
                let (_, a, b) = edge;
                let beside = |end: usize| graph.neighbours(end).iter().map(|near| *near as usize);
                let reach = |from: &(Vec<f32>, f32), a: usize, b: usize, to: usize| {
                    (measure.to(from, to).max(core[a]).max(core[b]), a, b)
                };
                let (at_a, at_b) = (measure.probe(a), measure.probe(b));
                let from_a = beside(a).map(|near| reach(&at_b, near, b, near));
                let from_b = beside(b).map(|near| reach(&at_a, a, near, near));
                let nearest = from_a.chain(from_b).min_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
                match nearest {
                    Some(nearer) if nearer.0 < edge.0 => edge = nearer,
                    _ => return Some(edge),
                }
            }
        })
        .collect()
}
