//! Rows in cells, and those of the cells a row lies in or near compared with it.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::distances::distance;
use super::nearest::Nearest;
use super::product::{multiply, squares_of};
use super::rough::Rough;
use super::{KnnGraph, PROBE_ROWS, SPARE, TILE_ROWS};
use crate::analysis::{Cancelled, rows};
use crate::domain::{Matrix, Metric, Vectors};

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
    fn of_cell(&self, cell: u32) -> &[u32] {
        self.rows.get(cell as usize).map_or(&[], Vec::as_slice)
    }

    /// Compares some rows with those of their cells.
    ///
    /// # Shapes
    /// `seekers`: rows; `cells`: `[seekers, cells looked into]`, the nearest of each first; returns `[seekers, k]`.
    pub fn search(
        &self,
        vectors: &Vectors,
        metric: Metric,
        k: usize,
        seekers: &[u32],
        cells: &[u32],
        cancelled: Cancelled<'_>,
    ) -> Option<KnnGraph> {
        let matrix = &vectors.matrix;
        let (count, channels) = (matrix.rows(), matrix.columns());
        let looked_into = cells.len() / seekers.len().max(1);
        let squares = squares_of(matrix);
        let rough = Rough::new(metric, &squares);
        // Who looks into the same cell first looks into many of the same.
        let mut together = vec![Vec::new(); cells.iter().max().map_or(0, |last| *last as usize + 1)];
        for (place, cells) in cells.chunks_exact(looked_into.max(1)).enumerate() {
            together[cells[0] as usize].push(place);
        }
        let blocks: Vec<&[usize]> = together.iter().flat_map(|places| places.chunks(PROBE_ROWS)).collect();
        let found: Option<Vec<Vec<(f32, u32)>>> = blocks
            .par_iter()
            .map(|which| {
                let block: Vec<u32> = which.iter().map(|place| seekers[*place]).collect();
                let probes = gather(matrix, &block);
                let mut found: Vec<Nearest> = block.iter().map(|_| Nearest::new(k + SPARE)).collect();
                let mut looking: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
                for (place, seeker) in which.iter().enumerate() {
                    for cell in &cells[*seeker * looked_into..][..looked_into] {
                        looking.entry(*cell).or_default().push(place);
                    }
                }
                let mut products = vec![0.0f32; block.len() * TILE_ROWS];
                for (cell, places) in looking {
                    if cancelled() {
                        return None;
                    }
                    let seeking: Vec<f32> =
                        places.iter().flat_map(|place| &probes[place * channels..][..channels]).copied().collect();
                    for tile in self.of_cell(cell).chunks(TILE_ROWS) {
                        let products = &mut products[..places.len() * tile.len()];
                        multiply(&seeking, &gather(matrix, tile), channels, products);
                        let terms: Vec<(f32, f32)> = tile.iter().map(|row| rough.terms()[*row as usize]).collect();
                        for (place, products) in places.iter().zip(products.chunks_exact_mut(tile.len())) {
                            rough.order(squares[block[*place] as usize], &terms, products);
                            for (row, far) in tile.iter().zip(products.iter()) {
                                if *row != block[*place] && !found[*place].is_beyond(*far) {
                                    found[*place].offer(*far, *row);
                                }
                            }
                        }
                    }
                }
                let mut nearest = Vec::with_capacity(block.len() * k);
                for (place, found) in found.into_iter().enumerate() {
                    let itself = block[place];
                    let of_probe = squares[itself as usize];
                    let probe = &probes[place * channels..][..channels];
                    let to =
                        |row: u32| distance(metric, matrix.row(row as usize), probe, of_probe, squares[row as usize]);
                    let mut sure: Vec<(f32, u32)> = found.best.iter().map(|(_, row)| (to(*row), *row)).collect();
                    if sure.len() < k {
                        // Small cells hold too few.
                        let mut all = Nearest::new(k);
                        (0..count as u32).filter(|row| *row != itself).for_each(|row| all.offer(to(row), row));
                        sure = all.best;
                    }
                    sure.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
                    nearest.extend_from_slice(&sure[..k]);
                }
                Some(nearest)
            })
            .collect();
        let (mut neighbours, mut distances) = (vec![0u32; seekers.len() * k], vec![0.0f32; seekers.len() * k]);
        for (block, found) in blocks.iter().zip(found?) {
            for (place, found) in block.iter().zip(found.chunks_exact(k)) {
                let places = *place * k..(*place + 1) * k;
                let slots = neighbours[places.clone()].iter_mut().zip(&mut distances[places]);
                slots.zip(found).for_each(|((neighbour, far), found)| (*far, *neighbour) = *found);
            }
        }
        Some(KnnGraph::new(k, neighbours, distances))
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
