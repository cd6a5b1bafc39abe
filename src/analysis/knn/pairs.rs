//! All pairs, as products of matrices.

use rayon::prelude::*;

use super::distances::distance;
use super::nearest::Nearest;
use super::product::{multiply, squares_of, widen};
use super::rough::Rough;
use super::{KnnGraph, PROBE_ROWS, SPARE, TILE_ROWS};
use crate::analysis::parts_done::PartsDone;
use crate::analysis::{Cancelled, Watch};
use crate::domain::{Matrix, Metric};

/// The nearest rows of `among` of every row of `of`; where `is_same`, but itself.
pub fn search(
    of: &Matrix,
    among: &Matrix,
    is_same: bool,
    metric: Metric,
    k: usize,
    watch: Watch<'_>,
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
    let done = PartsDone::of(rows.div_ceil(PROBE_ROWS), watch);
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
                    rough.order(squares_of_probes[first + probe], &rough.terms()[start..], products);
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
            done.add(1);
            Some(nearest)
        })
        .collect();
    let pairs: Option<Vec<Vec<(f32, u32)>>> = blocks.into_iter().collect();
    let (distances, neighbours) = pairs?.into_iter().flatten().unzip();
    Some(KnnGraph::new(k, neighbours, distances))
}
