//! Rows in cells, and those of the cells a row lies in or near compared with it.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::distances::distance;
use super::nearest::Nearest;
use super::product::{multiply, squares_of};
use super::rough::Rough;
use super::{KnnGraph, PROBE_ROWS, SPARE, TILE_ROWS};
use crate::analysis::parts_done::PartsDone;
use crate::analysis::{Cancelled, Watch, rows};
use crate::domain::{Matrix, Metric, Vectors};

/// Rows that seek side by side: what they found so far, some hundred bytes each, is held until all are through. The more there
/// are, the more of them look into a cell.
const SEEKERS_AT_A_TIME: usize = 1 << 18;

/// The rows of each cell, ascending.
pub struct Members {
    rows: Vec<Vec<u32>>,
}

impl Members {
    /// From the cell of each row.
    pub fn of(cells: impl Iterator<Item = u32>) -> Self {
        let mut rows: Vec<Vec<u32>> = Vec::new();
        for (row, cell) in (0u32..).zip(cells) {
            let needed = cell as usize + 1;
            if rows.len() < needed {
                rows.resize(needed, Vec::new());
            }
            rows[cell as usize].push(row);
        }
        Self { rows }
    }

    /// None of a cell that no row lies in.
    pub(super) fn of_cell(&self, cell: u32) -> &[u32] {
        self.rows.get(cell as usize).map_or(&[], Vec::as_slice)
    }

    /// Compares some rows with those of their cells.
    ///
    /// Each cell's rows are made wide once for many that look into it: all look into their first cell, then into their second,
    /// and so on, so that what one task finds is nobody else's.
    ///
    /// # Shapes
    /// `seekers`: rows; `cells`: `[seekers, cells looked into]`, the nearest of each first; returns `[seekers, k]`.
    pub fn search(
        &self,
        vectors: &Vectors,
        metric: Metric,
        k: usize,
        (seekers, cells): (&[u32], &[u32]),
        watch: Watch<'_>,
        cancelled: Cancelled<'_>,
    ) -> Option<KnnGraph> {
        let looked_into = cells.len() / seekers.len().max(1);
        let squares = squares_of(&vectors.matrix);
        let rough = Rough::new(metric, &squares);
        let search = Search { members: self, matrix: &vectors.matrix, metric, k, squares: &squares, rough: &rough };
        // Who looks into the same cell first looks into many of the same.
        let mut together = vec![Vec::new(); cells.iter().max().map_or(0, |last| *last as usize + 1)];
        for (place, cells) in cells.chunks_exact(looked_into.max(1)).enumerate() {
            together[cells[0] as usize].push(place);
        }
        let together = together.concat();
        let (mut neighbours, mut distances) = (vec![0u32; seekers.len() * k], vec![0.0f32; seekers.len() * k]);
        let done = PartsDone::of(together.len() * looked_into, watch);
        for some in together.chunks(SEEKERS_AT_A_TIME) {
            let mut found: Vec<Option<Seeking>> =
                some.iter().map(|place| Some(search.seeking(seekers[*place]))).collect();
            for rank in 0..looked_into {
                let mut looking: BTreeMap<u32, Vec<(usize, Seeking)>> = BTreeMap::new();
                for (at, place) in some.iter().enumerate() {
                    let seeking = found[at].take().expect("each came back from its last cell");
                    looking.entry(cells[place * looked_into + rank]).or_default().push((at, seeking));
                }
                let mut tasks: Vec<(u32, &mut [(usize, Seeking)])> = Vec::new();
                for (cell, seeking) in &mut looking {
                    tasks.extend(seeking.chunks_mut(PROBE_ROWS).map(|seeking| (*cell, seeking)));
                }
                let look =
                    |(cell, seeking): &mut (u32, &mut [(usize, Seeking)])| search.look_into(*cell, seeking, cancelled);
                tasks.par_iter_mut().map(look).collect::<Option<()>>()?;
                looking.into_values().flatten().for_each(|(at, seeking)| found[at] = Some(seeking));
                done.add(some.len());
            }
            let sure: Vec<Vec<(f32, u32)>> =
                found.into_par_iter().flatten().map(|seeking| search.sure(seeking)).collect();
            for (place, sure) in some.iter().zip(sure) {
                let places = *place * k..(*place + 1) * k;
                let slots = neighbours[places.clone()].iter_mut().zip(&mut distances[places]);
                slots.zip(sure).for_each(|((neighbour, far), found)| (*far, *neighbour) = found);
            }
        }
        Some(KnnGraph::new(k, neighbours, distances))
    }
}

/// What all who seek share.
struct Search<'a> {
    members: &'a Members,
    matrix: &'a Matrix,
    metric: Metric,
    k: usize,
    /// `a·a` of each row.
    squares: &'a [f32],
    rough: &'a Rough,
}

/// A row, and what it found.
struct Seeking {
    row: u32,
    found: Nearest,
}

impl Search<'_> {
    fn seeking(&self, row: u32) -> Seeking {
        Seeking { row, found: Nearest::new(self.k + SPARE) }
    }

    /// Compares some rows with those of a cell.
    fn look_into(&self, cell: u32, seeking: &mut [(usize, Seeking)], cancelled: Cancelled<'_>) -> Option<()> {
        let rows: Vec<u32> = seeking.iter().map(|(_, seeking)| seeking.row).collect();
        let probes = gather(self.matrix, &rows);
        let mut products = vec![0.0f32; rows.len() * TILE_ROWS];
        for tile in self.members.of_cell(cell).chunks(TILE_ROWS) {
            if cancelled() {
                return None;
            }
            let products = &mut products[..rows.len() * tile.len()];
            multiply(&probes, &gather(self.matrix, tile), self.matrix.columns(), products);
            let terms: Vec<(f32, f32)> = tile.iter().map(|row| self.rough.terms()[*row as usize]).collect();
            for ((_, Seeking { row: itself, found }), products) in
                seeking.iter_mut().zip(products.chunks_exact_mut(tile.len()))
            {
                self.rough.order(self.squares[*itself as usize], &terms, products);
                for (row, far) in tile.iter().zip(products.iter()) {
                    if row != itself && !found.is_beyond(*far) {
                        found.offer(*far, *row);
                    }
                }
            }
        }
        Some(())
    }

    /// The nearest of what was found, by exact distances.
    fn sure(&self, seeking: Seeking) -> Vec<(f32, u32)> {
        let Seeking { row: itself, found } = seeking;
        let probe = gather(self.matrix, &[itself]);
        let of_probe = self.squares[itself as usize];
        let to = |row: u32| {
            let (vector, square) = (self.matrix.row(row as usize), self.squares[row as usize]);
            distance(self.metric, vector, &probe, of_probe, square)
        };
        let mut sure: Vec<(f32, u32)> = found.best.iter().map(|(_, row)| (to(*row), *row)).collect();
        if sure.len() < self.k {
            // Small cells hold too few.
            let mut all = Nearest::new(self.k);
            let others = (0..self.matrix.rows() as u32).filter(|row| *row != itself);
            others.for_each(|row| all.offer(to(row), row));
            sure = all.best;
        }
        sure.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        sure.truncate(self.k);
        sure
    }
}

/// Rows that do not lie side by side, in single precision.
///
/// # Shapes
/// returns `[which, channels]`.
fn gather(matrix: &Matrix, which: &[u32]) -> Vec<f32> {
    let mut wide = vec![0.0; which.len() * matrix.columns()];
    for (row, wide) in which.iter().zip(wide.chunks_exact_mut(matrix.columns())) {
        rows::widen(matrix.row(*row as usize), wide);
    }
    wide
}
