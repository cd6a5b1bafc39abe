//! The graph of nearest neighbours: for each row the k rows most like it. Projections, clusters and communities start
//! from it.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
use half::f16;
use rayon::prelude::*;

use super::{Cancelled, rows};
use crate::domain::{Matrix, Metric, Vectors};

/// For each row its `k` nearest others, nearest first, itself left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KnnGraph {
    k: usize,
    neighbours: Vec<u32>,
    distances: Vec<f32>,
}

impl KnnGraph {
    /// Takes what was found elsewhere.
    ///
    /// # Shapes
    /// `neighbours` and `distances`: `[rows, k]`, row-major, distances ascending within a row.
    ///
    /// # Panics
    /// When the two do not have the same number of whole rows.
    pub fn new(k: usize, neighbours: Vec<u32>, distances: Vec<f32>) -> Self {
        assert_eq!(neighbours.len(), distances.len(), "one distance a neighbour");
        assert!(if k == 0 { neighbours.is_empty() } else { neighbours.len().is_multiple_of(k) }, "rows of {k}");
        Self { k, neighbours, distances }
    }

    /// Neighbours a row.
    pub fn k(&self) -> usize {
        self.k
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.neighbours.len().checked_div(self.k).unwrap_or(0)
    }

    /// The neighbours of a row, nearest first.
    pub fn neighbours(&self, row: usize) -> &[u32] {
        &self.neighbours[row * self.k..(row + 1) * self.k]
    }

    /// How far each of them is, ascending.
    pub fn distances(&self, row: usize) -> &[f32] {
        &self.distances[row * self.k..(row + 1) * self.k]
    }
}

/// Rows whose neighbours one task looks for at a time, and rows it compares them with: both fit the cache.
const PROBE_ROWS: usize = 128;
const TILE_ROWS: usize = 1024;
/// Candidates kept beyond `k` until their distances are known exactly: products of sums in f32 may swap near ones.
const SPARE: usize = 8;

/// The `k` nearest others of every row, by comparing all with all: exact, ties by row.
///
/// A cosine distance is `1 - cos` (1 to a vector of zeros), a Euclidean one the plain distance, a dot product counts
/// negative. A row with a number that is not finite is infinitely far from all. `k` is at most one less than the rows.
/// `None` when cancelled.
///
/// Costs `rows² * channels` multiplications; holds a few thousand rows in single precision at a time.
///
/// # Shapes
/// `vectors.matrix`: `[rows, channels]`; returns `[rows, k]`.
pub fn exact(vectors: &Vectors, metric: Metric, k: usize, cancelled: Cancelled<'_>) -> Option<KnnGraph> {
    search(&vectors.matrix, &vectors.matrix, true, metric, k, cancelled)
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
    search(&vectors.matrix, &among.matrix, false, metric, k, cancelled)
}

/// The nearest rows of `among` of every row of `of`; where `is_same`, but itself.
fn search(
    of: &Matrix,
    among: &Matrix,
    is_same: bool,
    metric: Metric,
    k: usize,
    cancelled: Cancelled<'_>,
) -> Option<KnnGraph> {
    let (rows, others, channels) = (of.rows(), among.rows(), of.columns());
    let k = k.min(if is_same { others.saturating_sub(1) } else { others });
    if k == 0 || rows == 0 {
        return Some(KnnGraph::default());
    }
    let squares = squares_of(among);
    let squares_of_probes = if is_same { squares.clone() } else { squares_of(of) };
    let rough = Rough::new(metric, &squares);
    let blocks: Vec<Option<Vec<(f32, u32)>>> = (0..rows.div_ceil(PROBE_ROWS))
        .into_par_iter()
        .map(|block| {
            let first = block * PROBE_ROWS;
            let count = PROBE_ROWS.min(rows - first);
            let probes = widen(of, first, count);
            let mut found: Vec<Nearest> = (0..count).map(|_| Nearest::new(k + SPARE)).collect();
            let mut products = vec![0.0f32; count * TILE_ROWS];
            for start in (0..others).step_by(TILE_ROWS) {
                if cancelled() {
                    return None;
                }
                let width = TILE_ROWS.min(others - start);
                let tile = widen(among, start, width);
                let products = &mut products[..count * width];
                multiply(&probes, &tile, channels, products);
                for (probe, products) in products.chunks_exact_mut(width).enumerate() {
                    rough.order(squares_of_probes[first + probe], start, products);
                    let found = &mut found[probe];
                    for (row, distance) in (start..).zip(products.iter()) {
                        let is_itself = is_same && row == first + probe;
                        if !is_itself && !found.is_beyond(*distance) {
                            found.offer(*distance, row as u32);
                        }
                    }
                }
            }
            let mut nearest = Vec::with_capacity(count * k);
            for (place, found) in found.into_iter().enumerate() {
                let of_probe = squares_of_probes[first + place];
                let probe = &probes[place * channels..(place + 1) * channels];
                let to = |row: usize| distance(metric, among.row(row), probe, of_probe, squares[row]);
                let mut sure: Vec<(f32, u32)> = found.best.iter().map(|(_, row)| (to(*row as usize), *row)).collect();
                sure.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
                if found.is_full() && !rough.is_sure(found.worst(), sure[k - 1].0, of_probe, channels) {
                    // More than the spares are as near as rounding can tell: near-duplicates, usually.
                    if cancelled() {
                        return None;
                    }
                    let itself = is_same.then_some(first + place);
                    let mut all = Nearest::new(k);
                    (0..others).filter(|row| Some(*row) != itself).for_each(|row| all.offer(to(row), row as u32));
                    sure = all.best;
                }
                nearest.extend_from_slice(&sure[..k]);
            }
            Some(nearest)
        })
        .collect();
    let pairs: Option<Vec<Vec<(f32, u32)>>> = blocks.into_iter().collect();
    let (distances, neighbours) = pairs?.into_iter().flatten().unzip();
    Some(KnnGraph::new(k, neighbours, distances))
}

/// What orders candidates: monotonic in their distances, and quick to get from products.
struct Rough {
    metric: Metric,
    /// What a row adds, and what it multiplies products by.
    terms: Vec<(f32, f32)>,
    /// The length of the longest row.
    longest: f32,
}

impl Rough {
    fn new(metric: Metric, squares: &[f32]) -> Self {
        let longest = squares.iter().copied().filter(|square| square.is_finite()).fold(0.0, f32::max).sqrt();
        Self { metric, terms: squares.iter().map(|square| Self::term(metric, *square)).collect(), longest }
    }

    fn term(metric: Metric, square: f32) -> (f32, f32) {
        match metric {
            _ if !square.is_finite() => (f32::INFINITY, 0.0),
            Metric::Euclidean => (square, 1.0),
            Metric::Cosine if square > 0.0 => (0.0, square.sqrt().recip()),
            Metric::Cosine => (0.0, 0.0),
            Metric::Dot => (0.0, 1.0),
        }
    }

    /// Whether no row that orders as `worst` or later can be nearer than `kth`: products of f32 are off by some units in
    /// the last place of the lengths, times the root of the number of terms.
    fn is_sure(&self, worst: f32, kth: f32, of_probe: f32, channels: usize) -> bool {
        let off = f32::EPSILON * ((channels as f32).sqrt() + 8.0);
        let length = of_probe.sqrt();
        let (bound, error) = match self.metric {
            // What is as near as `kth` is no longer than this.
            Metric::Euclidean => (kth * kth, off * (length + kth).powi(2)),
            Metric::Cosine => (kth, off),
            Metric::Dot => (kth, off * length * self.longest),
        };
        // Of what is not finite nothing can be said, nor found by looking again.
        worst - error >= bound || !bound.is_finite()
    }

    /// Puts what orders them in the place of the products of a probe, whose square is `of_probe`, with the rows from `start`
    /// on. What is not a number is infinitely far.
    fn order(&self, of_probe: f32, start: usize, products: &mut [f32]) {
        let (added, factor) = Self::term(self.metric, of_probe);
        let (added, factor) = match self.metric {
            Metric::Euclidean => (added, -2.0 * factor),
            Metric::Cosine => (1.0 + added, -factor),
            Metric::Dot => (added, -factor),
        };
        for (product, (of_row, by_row)) in products.iter_mut().zip(&self.terms[start..]) {
            let rough = added + of_row + *product * (factor * by_row);
            *product = if rough.is_nan() { f32::INFINITY } else { rough };
        }
    }
}

/// The distance as it is told.
fn distance(metric: Metric, row: &[f16], probe: &[f32], of_probe: f32, of_row: f32) -> f32 {
    let distance = match metric {
        _ if !(of_probe.is_finite() && of_row.is_finite()) => f32::INFINITY,
        Metric::Euclidean => rows::squared_distance(row, probe).sqrt(),
        Metric::Cosine if of_probe > 0.0 && of_row > 0.0 => {
            (1.0 - rows::dot(row, probe) / (of_probe.sqrt() * of_row.sqrt())).max(0.0)
        }
        Metric::Cosine => 1.0,
        Metric::Dot => -rows::dot(row, probe),
    };
    if distance.is_nan() { f32::INFINITY } else { distance }
}

/// Rows in single precision.
pub(super) fn widen(matrix: &Matrix, first: usize, count: usize) -> Vec<f32> {
    let columns = matrix.columns();
    let mut wide = vec![0.0; count * columns];
    rows::widen(&matrix.values()[first * columns..(first + count) * columns], &mut wide);
    wide
}

/// `out = a bᵀ`.
///
/// # Shapes
/// `a`: `[m, channels]`, `b`: `[n, channels]`, `out`: `[m, n]`, all row-major.
pub(super) fn multiply(a: &[f32], b: &[f32], channels: usize, out: &mut [f32]) {
    let (m, n) = (a.len() / channels.max(1), b.len() / channels.max(1));
    let a = MatRef::from_row_major_slice(a, m, channels);
    let b = MatRef::from_row_major_slice(b, n, channels);
    let out = MatMut::from_row_major_slice_mut(out, m, n);
    matmul(out, Accum::Replace, a, b.transpose(), 1.0, Par::Seq);
}

/// The best few so far, ascending.
struct Nearest {
    room: usize,
    best: Vec<(f32, u32)>,
}

impl Nearest {
    fn new(room: usize) -> Self {
        Self { room, best: Vec::with_capacity(room + 1) }
    }

    fn is_full(&self) -> bool {
        self.best.len() == self.room
    }

    /// The last of them; infinitely far if there is none.
    fn worst(&self) -> f32 {
        self.best.last().map_or(f32::INFINITY, |worst| worst.0)
    }

    /// Whether something so far has no place any more.
    fn is_beyond(&self, distance: f32) -> bool {
        self.is_full() && distance >= self.worst()
    }

    /// Rows come in ascending order, so that equal ones stay in it.
    fn offer(&mut self, distance: f32, row: u32) {
        if self.is_beyond(distance) {
            return;
        }
        let place = self.best.partition_point(|(known, _)| *known <= distance);
        self.best.insert(place, (distance, row));
        self.best.truncate(self.room);
    }
}

/// Distances as [`exact`] tells them, one by one.
pub(super) struct Distances<'a> {
    vectors: &'a Vectors,
    metric: Metric,
    /// `a·a` of each row.
    squares: Vec<f32>,
}

impl<'a> Distances<'a> {
    pub(super) fn new(vectors: &'a Vectors, metric: Metric) -> Self {
        Self { vectors, metric, squares: squares_of(&vectors.matrix) }
    }

    /// A row made ready to be compared with others.
    pub(super) fn probe(&self, row: usize) -> (Vec<f32>, f32) {
        (widen(&self.vectors.matrix, row, 1), self.squares[row])
    }

    pub(super) fn to(&self, (probe, of_probe): &(Vec<f32>, f32), row: usize) -> f32 {
        distance(self.metric, self.vectors.matrix.row(row), probe, *of_probe, self.squares[row])
    }

    /// For each row of `searching` the nearest one of another part, where no two are nearer than the `core` distances of
    /// both: the distance, the row, the other; ties to the first. `None` when cancelled. A row without another part has
    /// no entry.
    ///
    /// # Shapes
    /// `of`, `core`: one a row.
    pub(super) fn nearest_elsewhere(
        &self,
        searching: &[usize],
        of: &[usize],
        core: &[f32],
        cancelled: Cancelled<'_>,
    ) -> Option<Vec<(f32, usize, usize)>> {
        let matrix = &self.vectors.matrix;
        let (rows, channels) = (matrix.rows(), matrix.columns());
        let rough = Rough::new(self.metric, &self.squares);
        // Candidates are ordered by squares where distances are Euclidean.
        let bounds: Vec<f32> = match self.metric {
            Metric::Euclidean => core.iter().map(|core| core * core).collect(),
            Metric::Cosine | Metric::Dot => core.to_vec(),
        };
        let blocks: Option<Vec<Vec<(f32, usize, usize)>>> = searching
            .par_chunks(PROBE_ROWS)
            .map(|block| {
                let mut probes = vec![0.0f32; block.len() * channels];
                for (row, probe) in block.iter().zip(probes.chunks_exact_mut(channels.max(1))) {
                    rows::widen(matrix.row(*row), probe);
                }
                let mut found: Vec<Nearest> = block.iter().map(|_| Nearest::new(1 + SPARE)).collect();
                let mut products = vec![0.0f32; block.len() * TILE_ROWS];
                for start in (0..rows).step_by(TILE_ROWS) {
                    if cancelled() {
                        return None;
                    }
                    let tile = widen(matrix, start, TILE_ROWS.min(rows - start));
                    let width = tile.len() / channels.max(1);
                    let products = &mut products[..block.len() * width];
                    multiply(&probes, &tile, channels, products);
                    for ((row, products), found) in block.iter().zip(products.chunks_exact_mut(width)).zip(&mut found) {
                        rough.order(self.squares[*row], start, products);
                        for (other, distance) in (start..).zip(products.iter()) {
                            if !found.is_beyond(*distance) && of[other] != of[*row] {
                                found.offer(distance.max(bounds[*row]).max(bounds[other]), other as u32);
                            }
                        }
                    }
                }
                let probes = probes.chunks_exact(channels.max(1));
                let sure = block.iter().zip(probes).zip(found).filter_map(|((row, probe), found)| {
                    let reach = |other: usize| {
                        let to =
                            distance(self.metric, matrix.row(other), probe, self.squares[*row], self.squares[other]);
                        to.max(core[*row]).max(core[other])
                    };
                    let nearest = |others: &mut dyn Iterator<Item = usize>| {
                        others.map(|other| (reach(other), other)).min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)))
                    };
                    let mut best = nearest(&mut found.best.iter().map(|(_, other)| *other as usize))?;
                    // Nothing is nearer than its core distance; else there may be one that rounding hides.
                    let is_sure = !found.is_full()
                        || best.0 <= core[*row]
                        || rough.is_sure(found.worst(), best.0, self.squares[*row], channels);
                    if !is_sure {
                        best = nearest(&mut (0..rows).filter(|other| of[*other] != of[*row]))?;
                    }
                    Some((best.0, *row, best.1))
                });
                Some(sure.collect())
            })
            .collect();
        Some(blocks?.concat())
    }
}

/// `a·a` of each row.
fn squares_of(matrix: &Matrix) -> Vec<f32> {
    let zeros = vec![0.0; matrix.columns()];
    (0..matrix.rows()).into_par_iter().map(|row| rows::squared_distance(matrix.row(row), &zeros)).collect()
}
