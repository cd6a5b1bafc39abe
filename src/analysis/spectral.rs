//! Spectral clustering (Shi and Malik 2000; Ng, Jordan and Weiss 2001): groups of a graph between which few edges are cut,
//! found by k-means among the leading eigenvectors of its normalised adjacency, which are the last of its normalised
//! Laplacian.

mod leading;

pub use leading::{Leading, leading};

use super::{Cancelled, Graph, fluid, kmeans};
use crate::domain::{ImageId, Matrix, Metric, Vectors};

/// Starts of k-means: its rows are short, and a bad start would spoil what the eigenvectors took long for.
const STARTS: usize = 10;
/// Of the work for a connected part, how much the eigenvectors are.
const EIGENVECTORS: f32 = 0.9;

/// Groups of a graph.
#[derive(Clone, Debug, PartialEq)]
pub struct Groups {
    /// The group of each vertex.
    pub of: Vec<Option<u32>>,
    /// Whether all eigenvectors came to rest; else groups are less sure than they could be.
    pub is_settled: bool,
}

/// Finds `count` groups of any graph: each connected part gets a share as Fluid Communities has it, the
/// smallest perhaps none. `watch` is told now and then which share of the work is done. `None` when cancelled. The same
/// seed, the same groups.
pub fn groups(
    graph: &Graph,
    count: usize,
    seed: u64,
    watch: &(dyn Fn(f32) + Sync),
    cancelled: Cancelled<'_>,
) -> Option<Groups> {
    let parts = graph.components();
    let shares = fluid::shares(&parts, count);
    let all: usize = parts.iter().zip(&shares).filter(|(_, share)| **share > 1).map(|(part, _)| part.len()).sum();
    let mut found = Groups { of: vec![None; graph.vertices()], is_settled: true };
    let (mut first, mut done) = (0, 0);
    for (part, share) in parts.iter().zip(shares) {
        let of_part = match share {
            0 => continue,
            1 => vec![0; part.len()],
            _ => {
                let (before, of_this) = (done as f32 / all as f32, part.len() as f32 / all as f32);
                done += part.len();
                let watch = |share: f32| watch(before + share * of_this);
                let (of, is_settled) = groups_of_connected(&graph.part(part), share, seed, &watch, cancelled)?;
                found.is_settled &= is_settled;
                of
            }
        };
        for (vertex, group) in part.iter().zip(of_part) {
            found.of[*vertex as usize] = Some(first + group);
        }
        first += share as u32;
    }
    Some(found)
}

fn groups_of_connected(
    graph: &Graph,
    count: usize,
    seed: u64,
    watch: &(dyn Fn(f32) + Sync),
    cancelled: Cancelled<'_>,
) -> Option<(Vec<u32>, bool)> {
    let found = leading(graph, count, &|share| watch(share * EIGENVECTORS), cancelled)?;
    let ids = (0..graph.vertices() as u32).map(ImageId).collect();
    // Only directions count: each vertex' row is brought to length 1.
    let rows = Vectors { ids, matrix: Matrix::of(found.values.len(), found.vectors.into()) };
    let options = kmeans::Options { count, metric: Metric::Cosine, starts: STARTS, seed, ..kmeans::Options::default() };
    let watch = |share: f32| watch(EIGENVECTORS + share * (1.0 - EIGENVECTORS));
    Some((kmeans::group_watched(&rows, options, &watch, cancelled)?.of, found.is_settled))
}
