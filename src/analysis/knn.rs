//! The graph of nearest neighbours: for each row the k rows most like it. Projections, clusters and communities start
//! from it.

mod cell_members;
mod cells;
mod distances;
mod graph;
mod near;
mod nearest;
mod pairs;
mod product;
mod rough;

pub(super) use cell_members::Members;
pub use cells::{Approximate, approximate, approximate_watched};
pub(super) use distances::Distances;
pub use graph::KnnGraph;
pub(super) use near::FARTHEST;
pub(super) use nearest::Nearest;
pub(super) use product::{multiply, widen};
pub(super) use rough::Rough;

use super::reach::InReach;
use super::{Cancelled, Watch};
use crate::domain::{Metric, Vectors};

/// Rows whose neighbours one task looks for at a time, and rows it compares them with: both fit the cache.
const PROBE_ROWS: usize = 128;
const TILE_ROWS: usize = 1024;
/// Candidates kept beyond `k` until their distances are known exactly: products of sums in f32 may swap near ones.
const SPARE: usize = 8;

/// The `k` nearest others of every row, by comparing all with all: exact, ties by row.
///
/// A cosine distance is `1 - cos` (1 to a vector of zeros), a Euclidean one the plain distance, a dot product counts
/// negative; what is more than single precision holds is its largest number. A row with a number that is not finite is
/// infinitely far from all. `k` is at most one less than the rows. `None` when cancelled.
///
/// Finite numbers of any size do: those whose squares are too large or too small for single precision are multiplied by a
/// power of two first.
///
/// Costs `rows² * channels` multiplications; holds a few thousand rows in single precision at a time.
///
/// # Shapes
/// `vectors.matrix`: `[rows, channels]`; returns `[rows, k]`.
pub fn exact(vectors: &Vectors, metric: Metric, k: usize, cancelled: Cancelled<'_>) -> Option<KnnGraph> {
    exact_watched(vectors, metric, k, &|_| {}, cancelled)
}

/// As [`exact`], while somebody watches.
pub fn exact_watched(
    vectors: &Vectors,
    metric: Metric,
    k: usize,
    watch: Watch<'_>,
    cancelled: Cancelled<'_>,
) -> Option<KnnGraph> {
    let ready = InReach::new(vectors, metric);
    let matrix = &ready.vectors.matrix;
    let graph = ready.told_graph(pairs::search(matrix, matrix, true, metric, k, watch, cancelled)?);
    watch(1.0);
    Some(graph)
}

/// The `k` nearest rows of `among` of every row of `vectors`; `k` is at most the number of rows of `among`. Else as
/// [`exact`].
///
/// # Shapes
/// `vectors.matrix`: `[rows, channels]`, `among.matrix`: `[others, channels]`; returns `[rows, k]`.
///
/// # Panics
/// When the two have different numbers of channels.
pub fn between(
    vectors: &Vectors,
    among: &Vectors,
    metric: Metric,
    k: usize,
    cancelled: Cancelled<'_>,
) -> Option<KnnGraph> {
    assert_eq!(vectors.matrix.columns(), among.matrix.columns(), "vectors of one layer");
    let [of, others] = InReach::both(vectors, among, metric);
    let (of_them, matrix) = (&of.vectors.matrix, &others.vectors.matrix);
    Some(of.told_graph(pairs::search(of_them, matrix, false, metric, k, &|_| {}, cancelled)?))
}
