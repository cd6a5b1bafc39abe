//! Distances one by one, and the nearest row of another part.

use rayon::prelude::*;

use super::nearest::Nearest;
use super::product::{multiply, squares_of, widen};
use super::rough::Rough;
use super::{PROBE_ROWS, SPARE, TILE_ROWS};
use crate::analysis::reach::InReach;
use crate::analysis::{Cancelled, rows};
use crate::domain::{Metric, NumbersRef, Vectors};

/// The distance between vectors in reach.
pub fn distance(metric: Metric, row: NumbersRef<'_>, probe: &[f32], of_probe: f32, of_row: f32) -> f32 {
    let distance = match metric {
        _ if !(of_probe.is_finite() && of_row.is_finite()) => f32::INFINITY,
        Metric::Euclidean => rows::distance(row, probe) as f32,
        Metric::Cosine if of_probe > 0.0 && of_row > 0.0 => {
            (1.0 - rows::dot(row, probe) as f32 / (of_probe.sqrt() * of_row.sqrt())).clamp(0.0, 2.0)
        }
        Metric::Cosine => 1.0,
        Metric::Dot => -rows::dot(row, probe) as f32,
    };
    if distance.is_nan() { f32::INFINITY } else { distance }
}

/// Distances as [`exact`](super::exact) tells them, one by one.
pub struct Distances<'a> {
    ready: InReach<'a>,
    metric: Metric,
    /// `a·a` of each row that is ready.
    squares: Vec<f32>,
}

impl<'a> Distances<'a> {
    pub fn new(vectors: &'a Vectors, metric: Metric) -> Self {
        let ready = InReach::new(vectors, metric);
        let squares = squares_of(&ready.vectors.matrix);
        Self { ready, metric, squares }
    }

    /// By which measure.
    pub fn metric(&self) -> Metric {
        self.metric
    }

    /// `a·a` of each row; where vectors are out of reach, of what is in their place.
    pub fn squares(&self) -> &[f32] {
        &self.squares
    }

    /// A row made ready to be compared with others.
    pub fn probe(&self, row: usize) -> (Vec<f32>, f32) {
        (widen(&self.ready.vectors.matrix, row, 1), self.squares[row])
    }

    pub fn to(&self, (probe, of_probe): &(Vec<f32>, f32), row: usize) -> f32 {
        let row_to = self.ready.vectors.matrix.row(row);
        self.ready.told(distance(self.metric, row_to, probe, *of_probe, self.squares[row]))
    }

    /// Some rows made ready to be compared with many others at a time.
    pub fn orders(&self, of: &[usize]) -> Orders<'_> {
        let matrix = &self.ready.vectors.matrix;
        let channels = matrix.columns();
        let mut probes = vec![0.0f32; of.len() * channels];
        for (row, probe) in of.iter().zip(probes.chunks_exact_mut(channels.max(1))) {
            rows::widen(matrix.row(*row), probe);
        }
        let squares = of.iter().map(|row| self.squares[*row]).collect();
        Orders { distances: self, rough: Rough::new(self.metric, &self.squares), probes, squares }
    }

    /// For each row of `searching` the nearest one of another part, where no two are nearer than the `core` distances of
    /// both: the distance, the row, the other; ties to the first. `None` when cancelled. A row without another part has
    /// no entry.
    ///
    /// # Shapes
    /// `of`, `core`: one a row.
    pub fn nearest_elsewhere(
        &self,
        searching: &[usize],
        of: &[usize],
        core: &[f32],
        cancelled: Cancelled<'_>,
    ) -> Option<Vec<(f32, usize, usize)>> {
        let matrix = &self.ready.vectors.matrix;
        let core: Vec<f32> = core.iter().map(|core| self.ready.inside(*core)).collect();
        let (rows, channels) = (matrix.rows(), matrix.columns());
        let rough = Rough::new(self.metric, &self.squares);
        // Candidates are ordered by squares where distances are Euclidean.
        let bounds: Vec<f32> = match self.metric {
            Metric::Euclidean => core.iter().map(|core| core * core).collect(),
            Metric::Cosine | Metric::Dot => core.clone(),
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
                        rough.order(self.squares[*row], &rough.terms()[start..], products);
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
                    Some((self.ready.told(best.0), *row, best.1))
                });
                Some(sure.collect())
            })
            .collect();
        Some(blocks?.concat())
    }
}

/// Rows that are compared with many others at a time, by what orders these: nearly their distance, or its square where that is
/// Euclidean.
pub struct Orders<'a> {
    distances: &'a Distances<'a>,
    rough: Rough,
    probes: Vec<f32>,
    squares: Vec<f32>,
}

impl Orders<'_> {
    /// Where a row is from one of the probes.
    pub fn one(&self, probe: usize, row: usize) -> f32 {
        let (matrix, of_row) = (&self.distances.ready.vectors.matrix, self.distances.squares[row]);
        let channels = matrix.columns();
        let wide = &self.probes[probe * channels..][..channels];
        let far = distance(self.distances.metric, matrix.row(row), wide, self.squares[probe], of_row);
        if self.distances.metric == Metric::Euclidean { far * far } else { far }
    }

    /// The same of some rows, from each of the probes.
    ///
    /// # Shapes
    /// returns `[probes, rows]`.
    pub fn of_rows(&self, rows: std::ops::Range<usize>) -> Vec<f32> {
        let matrix = &self.distances.ready.vectors.matrix;
        let mut products = vec![0.0f32; self.squares.len() * rows.len()];
        multiply(&self.probes, &widen(matrix, rows.start, rows.len()), matrix.columns(), &mut products);
        for (products, square) in products.chunks_exact_mut(rows.len().max(1)).zip(&self.squares) {
            self.rough.order(*square, &self.rough.terms()[rows.clone()], products);
        }
        products
    }
}
