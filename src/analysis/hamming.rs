//! Distances between ternary codes, on their bit planes.
//!
//! Two codes differ by 0, 1 or 2 at a feature. With `x` the bits in which the planes of +1 differ and `y` those in which
//! the planes of -1 do:
//!
//! - **Hamming**: features at which the codes differ, `popcount(x | y)`. Neighbours are ranked by it.
//! - **L1**: sum of the differences, `popcount(x) + popcount(y)`; a feature that is +1 in one and -1 in the other is in
//!   both and counts twice.
//! - **squared Euclidean** distance of the codes as numbers: such a feature counts four times, so it is `3 L1 - 2 Hamming`.

use std::collections::BinaryHeap;

use rayon::prelude::*;
use tiramisu_kernels::Instructions;
use tiramisu_kernels::codes::{self, Code};

use super::Cancelled;
use super::embedding::{TernaryCodes, TernaryRow};
use super::knn::KnnGraph;
use crate::domain::{ImageId, Neighbour};

/// Rows that one task looks at between two questions whether to go on: about a tenth of a millisecond of work.
const BLOCK_ROWS: usize = 1024;
/// Rows whose neighbours are looked for at once, so that a row fetched from memory serves them all.
const TILE_ROWS: usize = 16;

/// Features at which two codes differ.
///
/// # Panics
/// When the codes are of different numbers of features.
pub fn hamming(a: TernaryRow<'_>, b: TernaryRow<'_>) -> u32 {
    codes::hamming(Instructions::best(), code(a), code(b))
}

/// Sum over the features of how much two codes differ.
///
/// # Panics
/// When the codes are of different numbers of features.
pub fn l1(a: TernaryRow<'_>, b: TernaryRow<'_>) -> u32 {
    codes::l1(Instructions::best(), code(a), code(b))
}

/// Squared Euclidean distance of two codes as numbers.
///
/// # Panics
/// When the codes are of different numbers of features.
pub fn squared_euclidean(a: TernaryRow<'_>, b: TernaryRow<'_>) -> u32 {
    3 * l1(a, b) - 2 * hamming(a, b)
}

/// The planes of a code, as the kernels take them.
fn code(row: TernaryRow<'_>) -> Code<'_> {
    Code { positive: row.positive, negative: row.negative }
}

/// The `k` images whose codes differ from `probe` at the fewest features, nearest first, ties by id. The score is the
/// number of such features: smaller is nearer. Exact: every row is looked at.
///
/// `exclude` is left out. A cancelled search returns nothing.
///
/// # Panics
/// When `probe` is of another number of features.
pub fn nearest(
    codes: &TernaryCodes,
    probe: TernaryRow<'_>,
    k: usize,
    exclude: Option<ImageId>,
    cancelled: Cancelled<'_>,
) -> Vec<Neighbour> {
    nearest_among(codes, probe, k, &|id| Some(id) != exclude, cancelled)
}

/// As [`nearest`], looking only at images that are `wanted`.
///
/// # Panics
/// As [`nearest`].
pub fn nearest_among(
    codes: &TernaryCodes,
    probe: TernaryRow<'_>,
    k: usize,
    wanted: &(dyn Fn(ImageId) -> bool + Sync),
    cancelled: Cancelled<'_>,
) -> Vec<Neighbour> {
    if k == 0 || codes.rows() == 0 {
        return Vec::new();
    }
    let look_at_block = |mut nearest: Nearest, block: usize| {
        if cancelled() {
            return nearest;
        }
        let first = block * BLOCK_ROWS;
        for row in (first..(first + BLOCK_ROWS).min(codes.rows())).filter(|row| wanted(codes.ids()[*row])) {
            nearest.offer(hamming(codes.row(row), probe), row);
        }
        nearest
    };
    let nearest = (0..codes.rows().div_ceil(BLOCK_ROWS))
        .into_par_iter()
        .fold(|| Nearest::new(k), look_at_block)
        .reduce(|| Nearest::new(k), Nearest::merge);
    if cancelled() {
        return Vec::new();
    }
    let neighbour =
        |(distance, row): (u32, u32)| Neighbour { image: codes.ids()[row as usize], score: f64::from(distance) };
    nearest.into_sorted().into_iter().map(neighbour).collect()
}

/// For each image the `k` others whose codes differ at the fewest features, ties by row; with fewer than `k` others, all
/// of them. Exact; each pair is looked at. `None` when cancelled.
pub fn knn(codes: &TernaryCodes, k: usize, cancelled: Cancelled<'_>) -> Option<KnnGraph> {
    let rows = codes.rows();
    let k = k.min(rows.saturating_sub(1));
    if k == 0 {
        return Some(KnnGraph::default());
    }
    let of_tile = |tile: usize| -> Option<Vec<(u32, u32)>> {
        let first = tile * TILE_ROWS;
        let tile_rows = first..(first + TILE_ROWS).min(rows);
        let mut nearest: Vec<Nearest> = tile_rows.clone().map(|_| Nearest::new(k)).collect();
        for other in 0..rows {
            if other % BLOCK_ROWS == 0 && cancelled() {
                return None;
            }
            let code = codes.row(other);
            for (row, nearest) in tile_rows.clone().zip(&mut nearest) {
                if row != other {
                    nearest.offer(hamming(codes.row(row), code), other);
                }
            }
        }
        Some(nearest.into_iter().flat_map(Nearest::into_sorted).collect())
    };
    let tiles: Vec<Vec<(u32, u32)>> =
        (0..rows.div_ceil(TILE_ROWS)).into_par_iter().map(of_tile).collect::<Option<_>>()?;
    let (distances, neighbours) = tiles.into_iter().flatten().map(|(distance, row)| (distance as f32, row)).unzip();
    Some(KnnGraph::new(k, neighbours, distances))
}

/// The best `k` so far, as distance and row; the worst of them lies on top, ready to be replaced.
struct Nearest {
    k: usize,
    heap: BinaryHeap<(u32, u32)>,
}

impl Nearest {
    fn new(k: usize) -> Self {
        Self { k, heap: BinaryHeap::new() }
    }

    fn offer(&mut self, distance: u32, row: usize) {
        let candidate = (distance, row as u32);
        if self.heap.len() < self.k {
            self.heap.push(candidate);
        } else if let Some(mut worst) = self.heap.peek_mut()
            && candidate < *worst
        {
            *worst = candidate;
        }
    }

    fn merge(mut self, other: Self) -> Self {
        other.heap.into_iter().for_each(|(distance, row)| self.offer(distance, row as usize));
        self
    }

    fn into_sorted(self) -> Vec<(u32, u32)> {
        self.heap.into_sorted_vec()
    }
}
