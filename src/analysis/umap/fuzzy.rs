//! The neighbour graph as a fuzzy set: how much each row belongs to each of its neighbours.

use rayon::prelude::*;

use super::super::KnnGraph;
use super::super::reach::power_for;

/// No bandwidth is less than this share of the mean distance.
const LEAST_SHARE: f64 = 1e-3;
const TOLERANCE: f64 = 1e-5;

/// How a row's neighbours fade with distance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bandwidth {
    /// Distance to the nearest neighbour that is not in the same place.
    pub rho: f32,
    /// Scale of what is beyond.
    pub sigma: f32,
}

impl Bandwidth {
    /// How much a row belongs to a neighbour at this distance, in `0..=1`.
    pub fn membership(self, distance: f32) -> f32 {
        if distance <= self.rho || self.sigma == 0.0 { 1.0 } else { (-(distance - self.rho) / self.sigma).exp() }
    }
}

/// A directed edge of the fuzzy set; each lies there in both directions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Edge {
    /// One end.
    pub from: u32,
    /// The other.
    pub to: u32,
    /// Belonging to either, in `0..=1`.
    pub weight: f32,
}

/// The bandwidth of each row: memberships of its neighbours, itself counted, sum to the logarithm of their number to the
/// base of two (umap-learn's `smooth_knn_dist` with a local connectivity of 1).
pub fn bandwidths(graph: &KnnGraph) -> Vec<Bandwidth> {
    // The row itself is one of the neighbours there, at a distance of 0.
    let of_itself = |distances: &[f32]| distances.iter().copied().find(|distance| *distance > 0.0).unwrap_or(0.0);
    fit(graph, graph.k() + 1, |distances| (of_itself(distances), distances), Floor::OfAll)
}

/// The bandwidth of each row among rows that it is none of: nothing is at a distance of 0 for certain, so that all fade
/// from there (as above with a local connectivity of 0, which leaves the nearest out of the sum).
pub fn bandwidths_among_others(graph: &KnnGraph) -> Vec<Bandwidth> {
    fit(graph, graph.k(), |distances| (0.0, distances.get(1..).unwrap_or_default()), Floor::OfRow)
}

/// Beside what mean distance no bandwidth is too small.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Floor {
    /// That of all rows, where a row has others in its very place.
    OfAll,
    /// Its own: a row does not depend on which others are asked about. (umap-learn takes that of all here, too.)
    OfRow,
}

/// `k`: how many neighbours count; `part` gives `rho` and the distances whose memberships are summed.
fn fit(graph: &KnnGraph, k: usize, part: impl Fn(&[f32]) -> (f32, &[f32]) + Sync, floor: Floor) -> Vec<Bandwidth> {
    let target = (k as f64).log2();
    let mean = |distances: &[f32]| distances.iter().map(|d| f64::from(*d)).sum::<f64>() / k as f64;
    let means: Vec<f64> = (0..graph.rows()).map(|row| mean(graph.distances(row))).collect();
    // A row that is infinitely far from all has no part in what is usual.
    let finite: Vec<f64> = means.iter().copied().filter(|mean| mean.is_finite()).collect();
    let mean_of_all = finite.iter().sum::<f64>() / finite.len().max(1) as f64;
    (0..graph.rows())
        .into_par_iter()
        .map(|row| {
            let (rho, summed) = part(graph.distances(row));
            // From 1 a few dozen halvings or doublings reach what is of ordinary size.
            let power = power_for(means[row]);
            let sum = |sigma: f64| -> f64 {
                summed
                    .iter()
                    .map(|distance| (f64::from(*distance) - f64::from(rho)) * power)
                    .map(|beyond| if beyond > 0.0 { (-beyond / sigma).exp() } else { 1.0 })
                    .sum()
            };
            let (mut low, mut high, mut sigma) = (0.0f64, f64::INFINITY, 1.0f64);
            for _ in 0..64 {
                let found = sum(sigma);
                if (found - target).abs() < TOLERANCE {
                    break;
                }
                if found > target {
                    high = sigma;
                    sigma = (low + high) / 2.0;
                } else {
                    low = sigma;
                    sigma = if high.is_finite() { (low + high) / 2.0 } else { sigma * 2.0 };
                }
            }
            let is_of_row = rho > 0.0 || floor == Floor::OfRow;
            let least = LEAST_SHARE * if is_of_row { means[row] } else { mean_of_all };
            Bandwidth { rho, sigma: (sigma / power).max(least) as f32 }
        })
        .collect()
}

/// All edges in both directions, by row: `a + b - ab` of the memberships of either end in the other's neighbours.
pub fn fuzzy_edges(graph: &KnnGraph) -> Vec<Edge> {
    let widths = bandwidths(graph);
    let mut directed: Vec<(u32, u32, f32, f32)> = Vec::with_capacity(graph.rows() * graph.k() * 2);
    for (row, width) in widths.iter().enumerate() {
        for (other, distance) in graph.neighbours(row).iter().zip(graph.distances(row)) {
            let weight = width.membership(*distance);
            // What is infinitely far is no neighbour, though a list may have nothing else.
            if weight.is_finite() && distance.is_finite() && *other != row as u32 {
                directed.push((row as u32, *other, weight, 0.0));
                directed.push((*other, row as u32, 0.0, weight));
            }
        }
    }
    directed.sort_unstable_by_key(|edge| (edge.0, edge.1));
    directed.dedup_by(|next, first| {
        let is_same = (next.0, next.1) == (first.0, first.1);
        if is_same {
            first.2 += next.2;
            first.3 += next.3;
        }
        is_same
    });
    let union = |(from, to, a, b): (u32, u32, f32, f32)| Edge { from, to, weight: a + b - a * b };
    directed.into_iter().map(union).filter(|edge| edge.weight > 0.0).collect()
}
