//! Rows that have others within a given cosine distance, among those of the cells that they look into. Where few rows have any,
//! most pairs are told apart by some of their channels.

use rayon::prelude::*;

use super::distances::distance;
use super::product::{multiply, squares_of};
use super::{Members, PROBE_ROWS, TILE_ROWS};
use crate::analysis::{Cancelled, rows};
use crate::domain::{Matrix, Metric, Vectors};

/// Beyond this a part of the channels tells few pairs apart, and all neighbours are as quickly found. Vectors of what networks see are
/// seldom as far apart as two that have nothing in common, whose distance is 1.
pub const FARTHEST: f32 = 0.125;
/// One channel in so many is compared first; those that vary most over some rows.
const SHARE: usize = 4;
/// Of fewer channels all are compared.
const LEAST_CHANNELS: usize = 32;
/// Rows by which it is found out which channels vary most.
const SAMPLE_ROWS: usize = 4096;
/// Rows of which one task seeks those near them: enough to make the rows of a cell ready for, few enough for all cores to have some.
const SEEKERS_OF_A_TASK: usize = 16 * PROBE_ROWS;
/// By how much a sum over some channels of rows of length 1 may be wrong in single precision.
const MARGIN: f32 = 1e-5;

impl Members {
    /// The rows that have others within `within` of them in the cells they look into, and one such other for each, which has others near
    /// itself then: all of these, ascending. Distances are cosine distances as [`exact`](super::exact) has them, and none is missed:
    /// with the rows scaled to length 1, `|a - b|² / 2` is the distance, and over a part of the channels no more than that.
    ///
    /// # Shapes
    /// `cells`: `[rows, cells looked into]`.
    pub fn near(&self, vectors: &Vectors, within: f32, cells: &[u32], cancelled: Cancelled<'_>) -> Option<Vec<u32>> {
        let matrix = &vectors.matrix;
        let squares = squares_of(matrix);
        let search = Search { matrix, channels: most_varying(matrix, &squares), within, squares: &squares };
        let looked_into = cells.len() / matrix.rows().max(1);
        let mut seekers: Vec<Vec<u32>> = vec![Vec::new(); cells.iter().max().map_or(0, |last| *last as usize + 1)];
        for (row, cells) in (0u32..).zip(cells.chunks_exact(looked_into.max(1))) {
            cells.iter().for_each(|cell| seekers[*cell as usize].push(row));
        }
        let of_cell = |cell: usize| self.of_cell(cell as u32);
        let tasks: Vec<(&[u32], &[u32])> = seekers
            .iter()
            .enumerate()
            .flat_map(|(cell, seekers)| seekers.chunks(SEEKERS_OF_A_TASK).map(move |some| (of_cell(cell), some)))
            .collect();
        let look = |(members, seekers): (&[u32], &[u32])| search.look_into(members, seekers, cancelled);
        let found: Option<Vec<Vec<u32>>> = tasks.into_par_iter().map(look).collect();
        let mut found = found?.concat();
        found.sort_unstable();
        found.dedup();
        Some(found)
    }
}

struct Search<'a> {
    matrix: &'a Matrix,
    /// Those that are compared first, ascending.
    channels: Vec<usize>,
    within: f32,
    /// `a·a` of each row.
    squares: &'a [f32],
}

/// The first channels of some rows, of which each is scaled to length 1.
struct Parts {
    /// `[rows, first channels]`.
    values: Vec<f32>,
    /// Half the square of each; infinite of a row without a direction.
    halves: Vec<f32>,
}

impl Search<'_> {
    /// Those of `seekers` that something is near to among `members`, and that. Who has found something looks no further: of very many
    /// rows that are all the same each is compared with one.
    fn look_into(&self, members: &[u32], seekers: &[u32], cancelled: Cancelled<'_>) -> Option<Vec<u32>> {
        let mut found = Vec::new();
        let mut has_found = vec![false; seekers.len()];
        let mut products = vec![0.0f32; PROBE_ROWS * TILE_ROWS];
        let mut probe = vec![0.0f32; self.matrix.columns()];
        for tile in members.chunks(TILE_ROWS) {
            let of_tile = self.parts(tile);
            for (block, has_found) in seekers.chunks(PROBE_ROWS).zip(has_found.chunks_mut(PROBE_ROWS)) {
                if cancelled() {
                    return None;
                }
                if has_found.iter().all(|has| *has) {
                    continue;
                }
                let of_block = self.parts(block);
                let products = &mut products[..block.len() * tile.len()];
                multiply(&of_block.values, &of_tile.values, self.channels.len(), products);
                let of_seekers = block.iter().zip(&of_block.halves).zip(has_found);
                for (((row, half), has_found), products) in of_seekers.zip(products.chunks_exact(tile.len())) {
                    if *has_found {
                        continue;
                    }
                    let bound = half - self.within - MARGIN;
                    let may_be_near =
                        |place: &usize| products[*place] >= bound + of_tile.halves[*place] && tile[*place] != *row;
                    let mut is_wide = false;
                    let other = (0..tile.len()).filter(may_be_near).map(|place| tile[place]).find(|other| {
                        if !std::mem::replace(&mut is_wide, true) {
                            rows::widen(self.matrix.row(*row as usize), &mut probe);
                        }
                        let (square, of_other) = (self.squares[*other as usize], self.matrix.row(*other as usize));
                        let of_row = self.squares[*row as usize];
                        distance(Metric::Cosine, of_other, &probe, of_row, square) <= self.within
                    });
                    if let Some(other) = other {
                        *has_found = true;
                        found.extend([*row, other]);
                    }
                }
            }
        }
        Some(found)
    }

    fn parts(&self, which: &[u32]) -> Parts {
        let mut wide = vec![0.0f32; self.matrix.columns()];
        let mut values = Vec::with_capacity(which.len() * self.channels.len());
        let mut halves = Vec::with_capacity(which.len());
        for row in which {
            rows::widen(self.matrix.row(*row as usize), &mut wide);
            let square = self.squares[*row as usize];
            let has_direction = square.is_finite() && square > 0.0;
            let factor = if has_direction { square.sqrt().recip() } else { 0.0 };
            let first = values.len();
            values.extend(self.channels.iter().map(|channel| wide[*channel] * factor));
            let half = values[first..].iter().map(|value| value * value).sum::<f32>() / 2.0;
            halves.push(if has_direction { half } else { f32::INFINITY });
        }
        Parts { values, halves }
    }
}

/// The channels that vary most over evenly spaced rows of length 1, ascending.
fn most_varying(matrix: &Matrix, squares: &[f32]) -> Vec<usize> {
    let (count, columns) = (matrix.rows(), matrix.columns());
    let wanted = (columns / SHARE).max(LEAST_CHANNELS).min(columns);
    let some = count.min(SAMPLE_ROWS);
    let (mut sums, mut of_squares) = (vec![0.0f64; columns], vec![0.0f64; columns]);
    let mut wide = vec![0.0f32; columns];
    for row in (0..some).map(|place| place * count / some) {
        let square = squares[row];
        if !square.is_finite() || square <= 0.0 {
            continue;
        }
        rows::widen(matrix.row(row), &mut wide);
        for (channel, value) in wide.iter().enumerate() {
            let value = f64::from(value / square.sqrt());
            sums[channel] += value;
            of_squares[channel] += value * value;
        }
    }
    let variance = |channel: usize| of_squares[channel] - sums[channel] * sums[channel] / some.max(1) as f64;
    let mut channels: Vec<usize> = (0..columns).collect();
    channels.sort_by(|a, b| variance(*b).total_cmp(&variance(*a)).then(a.cmp(b)));
    channels.truncate(wanted);
    channels.sort_unstable();
    channels
}
