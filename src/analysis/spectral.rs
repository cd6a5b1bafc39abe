//! Spectral clustering (Shi and Malik 2000; Ng, Jordan and Weiss 2001): groups of a graph between which few edges are cut,
//! found by k-means among the leading eigenvectors of its normalised adjacency, which are the last of its normalised
//! Laplacian.

mod leading;

pub use leading::{Leading, leading};

use super::{Cancelled, Graph, kmeans};
use crate::domain::{ImageId, Matrix, Metric, Vectors};

/// Starts of k-means: its rows are short, and a bad start would spoil what the eigenvectors took long for.
const STARTS: usize = 10;
/// Of the work, how much the eigenvectors are.
const EIGENVECTORS: f32 = 0.9;

/// Groups of a graph.
#[derive(Clone, Debug, PartialEq)]
pub struct Groups {
    /// The group of each vertex.
    pub of: Vec<Option<u32>>,
    /// Whether all eigenvectors came to rest; else groups are less sure than they could be.
    pub is_settled: bool,
}

/// Finds `count` groups of any graph. Where it falls into parts, the largest eigenvalues of all of them together say how many
/// groups each part has: one that falls apart easily has more of them than a larger one that does not. Of more parts than
/// groups the largest are one each, and the rest are in none. `watch` is told now and then which share of the work is done.
/// `None` when cancelled. The same seed, the same groups.
pub fn groups(
    graph: &Graph,
    count: usize,
    seed: u64,
    watch: &(dyn Fn(f32) + Sync),
    cancelled: Cancelled<'_>,
) -> Option<Groups> {
    let parts = graph.components();
    let served = &parts[..count.min(parts.len())];
    // Each part is one group at least, so none is more than these.
    let most = 1 + count.saturating_sub(parts.len());
    let vertices: usize = served.iter().map(Vec::len).sum();
    // How much of all is done, of which so many vertices before a part, and a share of its own.
    let done =
        |before: usize, part: &[u32], share: f32| (before as f32 + share * part.len() as f32) / vertices.max(1) as f32;
    let (mut spectra, mut before) = (Vec::with_capacity(served.len()), 0);
    for part in served {
        let watch = |share: f32| watch(EIGENVECTORS * done(before, part, share));
        spectra.push(match most.min(part.len()) {
            0 | 1 => Leading { values: vec![1.0], is_settled: true, ..Leading::default() },
            some => leading(&graph.part(part), some, &watch, cancelled)?,
        });
        before += part.len();
    }
    let shares = shares(&spectra, count);
    let mut found = Groups { of: vec![None; graph.vertices()], is_settled: true };
    let (mut before, mut first) = (0, 0);
    for ((part, spectrum), share) in served.iter().zip(spectra).zip(shares) {
        let watch = |share: f32| watch(EIGENVECTORS + (1.0 - EIGENVECTORS) * done(before, part, share));
        let of_part = match share {
            1 => vec![0; part.len()],
            _ => {
                found.is_settled &= spectrum.is_settled;
                groups_of_connected(spectrum, part.len(), share, seed, &watch, cancelled)?
            }
        };
        for (vertex, group) in part.iter().zip(of_part) {
            found.of[*vertex as usize] = Some(first + group);
        }
        before += part.len();
        first += share as u32;
    }
    Some(found)
}

/// How many of the `count` largest eigenvalues each part has: at least one, which is 1 but for rounding.
fn shares(spectra: &[Leading], count: usize) -> Vec<usize> {
    let mut further: Vec<(f64, usize)> = Vec::new();
    for (part, spectrum) in spectra.iter().enumerate() {
        further.extend(spectrum.values.iter().skip(1).map(|value| (*value, part)));
    }
    further.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut shares = vec![1; spectra.len()];
    for (_, part) in further.into_iter().take(count.saturating_sub(spectra.len())) {
        shares[part] += 1;
    }
    shares
}

fn groups_of_connected(
    spectrum: Leading,
    vertices: usize,
    count: usize,
    seed: u64,
    watch: &(dyn Fn(f32) + Sync),
    cancelled: Cancelled<'_>,
) -> Option<Vec<u32>> {
    let ids = (0..vertices as u32).map(ImageId).collect();
    let width = spectrum.values.len();
    let leading: Vec<f32> = spectrum.vectors.chunks_exact(width).flat_map(|row| &row[..count]).copied().collect();
    // Only directions count: each vertex' row is brought to length 1.
    let rows = Vectors { ids, matrix: Matrix::of(count, leading.into()) };
    let options = kmeans::Options { count, metric: Metric::Cosine, starts: STARTS, seed, ..kmeans::Options::default() };
    Some(kmeans::group_watched(&rows, options, watch, cancelled)?.of)
}
