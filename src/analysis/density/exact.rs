//! The minimum spanning tree of all pairs.

use rayon::prelude::*;

use super::edge::{Edge, minimum_spanning_forest};
use crate::analysis::Cancelled;
use crate::analysis::knn::{Distances, Rough, multiply, widen};
use crate::analysis::rows;
use crate::analysis::union_find::UnionFind;
use crate::domain::{Metric, Vectors};

/// Rows that are compared with before the tree is repaired; many at once are quicker, but a poor tree lets many edges
/// pass.
const FIRST_ROWS: usize = 128;
const MOST_ROWS: usize = 1024;
/// Tasks that share them.
const TASKS: usize = 16;
const TILE_ROWS: usize = 1024;
/// Edges that a task keeps until it leaves out those that cannot be in the tree.
const MOST_EDGES: usize = 1 << 19;

/// Mends a tree of the rows until it is the least of all pairs: an edge belongs to it only if it is shorter than the longest
/// edge on the tree's way between its ends. `None` when cancelled.
///
/// Costs `rows² / 2` products of rows, and as many steps along the tree.
pub fn repair(
    vectors: &Vectors,
    metric: Metric,
    core: &[f32],
    mut tree: Vec<Edge>,
    cancelled: Cancelled<'_>,
) -> Option<Vec<Edge>> {
    let count = core.len();
    // Rows that lie side by side are often alike; a block of them would repair one corner of the tree only.
    let stride = count.div_ceil(FIRST_ROWS).max(1);
    let order: Vec<usize> = (0..stride).flat_map(|first| (first..count).step_by(stride)).collect();
    let turned = vectors.rows(&order);
    let measure = Distances::new(&turned, metric);
    let all = AllPairs { order: &order, core, rough: Rough::new(metric, measure.squares()), measure, vectors: &turned };
    let (mut first, mut size) = (0, FIRST_ROWS);
    while first < count {
        let last = (first + size).min(count);
        let ways = Ways::of(&tree, count);
        let blocks: Vec<usize> = (first..last).step_by(size.div_ceil(TASKS)).collect();
        let found: Option<Vec<Vec<Edge>>> = blocks
            .into_par_iter()
            .map(|start| all.shorter(first, start, (start + size.div_ceil(TASKS)).min(last), &ways, cancelled))
            .collect();
        let found = found?.concat();
        if !found.is_empty() {
            tree.extend(found);
            tree = minimum_spanning_forest(tree, &mut UnionFind::new(count));
        }
        (first, size) = (last, (2 * size).min(MOST_ROWS));
    }
    Some(tree)
}

/// All rows, turned to another order.
struct AllPairs<'a> {
    order: &'a [usize],
    /// In the order of the edges.
    core: &'a [f32],
    vectors: &'a Vectors,
    measure: Distances<'a>,
    rough: Rough,
}

impl AllPairs<'_> {
    /// Edges from the rows `start..end` to those from `first` on that may be shorter than the tree's way; all others have been
    /// compared before.
    fn shorter(
        &self,
        first: usize,
        start: usize,
        end: usize,
        ways: &Ways,
        cancelled: Cancelled<'_>,
    ) -> Option<Vec<Edge>> {
        let matrix = &self.vectors.matrix;
        let (count, channels) = (matrix.rows(), matrix.columns());
        let probes: Vec<(Vec<f32>, f32)> = (start..end).map(|row| self.measure.probe(row)).collect();
        let mut wide = vec![0.0f32; (end - start) * channels];
        for (row, wide) in (start..end).zip(wide.chunks_exact_mut(channels.max(1))) {
            rows::widen(matrix.row(row), wide);
        }
        // What is ordered from here on is no shorter than the tree's way.
        let sure: Vec<Vec<f32>> = (start..end)
            .zip(&probes)
            .map(|(row, (_, of_probe))| {
                let core = self.core[self.order[row]];
                let longest = ways.longest(self.order[row]);
                let from = |other: &usize| match core.max(self.core[*other]) >= longest[*other] {
                    true => f32::NEG_INFINITY,
                    false => self.rough.sure_from(longest[*other], *of_probe, channels),
                };
                self.order.iter().map(from).collect()
            })
            .collect();
        let mut found = Vec::new();
        let mut products = vec![0.0f32; (end - start) * TILE_ROWS];
        for from in (first..count).step_by(TILE_ROWS) {
            if cancelled() {
                return None;
            }
            let width = TILE_ROWS.min(count - from);
            let tile = widen(matrix, from, width);
            let products = &mut products[..(end - start) * width];
            multiply(&wide, &tile, channels, products);
            for (place, products) in products.chunks_exact_mut(width).enumerate() {
                let (row, probe, sure) = (start + place, &probes[place], &sure[place]);
                self.rough.order(probe.1, &self.rough.terms()[from..], products);
                for ((other, rough), sure) in (from..).zip(products.iter()).zip(&sure[from..]) {
                    let is_known = other <= row && other >= start;
                    if rough >= sure || is_known {
                        continue;
                    }
                    let distance = self.measure.to(probe, other);
                    found.push(Edge::new(self.order[row], self.order[other], distance, self.core));
                }
            }
            if found.len() > MOST_EDGES {
                found = minimum_spanning_forest(found, &mut UnionFind::new(count));
            }
        }
        Some(found)
    }
}

/// A tree as it is walked: rows from the root on, each with the place of the one before it and the edge between them.
struct Ways {
    rows: Vec<u32>,
    /// Where in `rows` each row is.
    places: Vec<u32>,
    before: Vec<u32>,
    reach: Vec<f32>,
}

impl Ways {
    fn of(tree: &[Edge], count: usize) -> Self {
        let mut starts = vec![0u32; count + 1];
        for edge in tree {
            starts[edge.a as usize + 1] += 1;
            starts[edge.b as usize + 1] += 1;
        }
        (0..count).for_each(|row| starts[row + 1] += starts[row]);
        let mut next = starts.clone();
        let mut beside = vec![(0u32, 0.0f32); 2 * tree.len()];
        for edge in tree {
            for (from, to) in [(edge.a, edge.b), (edge.b, edge.a)] {
                beside[next[from as usize] as usize] = (to, edge.reach);
                next[from as usize] += 1;
            }
        }
        let mut ways =
            Self { rows: vec![0], places: vec![u32::MAX; count], before: vec![0], reach: vec![f32::NEG_INFINITY] };
        ways.places[0] = 0;
        let mut place = 0;
        while place < ways.rows.len() {
            let row = ways.rows[place] as usize;
            for (other, reach) in &beside[starts[row] as usize..starts[row + 1] as usize] {
                if ways.places[*other as usize] == u32::MAX {
                    ways.places[*other as usize] = ways.rows.len() as u32;
                    ways.rows.push(*other);
                    ways.before.push(place as u32);
                    ways.reach.push(*reach);
                }
            }
            place += 1;
        }
        ways
    }

    /// The longest edge on the way from `row` to each other.
    fn longest(&self, row: usize) -> Vec<f32> {
        let count = self.places.len();
        let mut by_place = vec![f32::NAN; count];
        let mut place = self.places[row] as usize;
        by_place[place] = f32::NEG_INFINITY;
        while place > 0 {
            let before = self.before[place] as usize;
            by_place[before] = by_place[place].max(self.reach[place]);
            place = before;
        }
        for place in 0..count {
            if by_place[place].is_nan() {
                by_place[place] = by_place[self.before[place] as usize].max(self.reach[place]);
            }
        }
        let mut by_row = vec![f32::NEG_INFINITY; count];
        self.rows.iter().zip(by_place).for_each(|(row, longest)| by_row[*row as usize] = longest);
        by_row
    }
}
