//! Neighbours of very many rows: each is compared with the rows of the cells it lies in or near, and then with its
//! neighbours' neighbours.
//!
//! The cells are those of an inverted file (Sivic and Zisserman 2003; Jégou, Douze and Schmid 2011), and going from
//! neighbour to neighbour is what NN-descent does (Dong, Moses and Li 2011). A sample says how
//! many cells are enough, and how much was found in the end.

use rayon::prelude::*;

use super::cell_members::Members;
use super::distances::Distances;
use super::{KnnGraph, exact_watched, pairs};
use crate::analysis::kmeans::coarse;
use crate::analysis::parts_done::{PartsDone, within};
use crate::analysis::reach::InReach;
use crate::analysis::{Cancelled, Watch};
use crate::domain::{Metric, Vectors};

/// Cells that a row looks into if that is enough, and at most: more, or a larger share of all, is hardly quicker than
/// looking at all.
const LEAST_CELLS: usize = 8;
const MOST_CELLS: usize = 64;
const MOST_SHARE: f64 = 0.25;
/// There are `sqrt(this * rows)` cells, so that finding one's cells takes as long as looking into so many.
const BALANCED_CELLS: usize = 16;
/// Products of all pairs, `rows² * channels`, that are put up with where cells do not find enough: some minutes.
const MOST_PRODUCTS: f64 = 1e13;
/// Rows by which the recall is measured.
const SAMPLE_ROWS: usize = 256;
/// Neighbours whose neighbours are looked at, and how many of each.
const REACH: usize = 12;
/// Rounds of looking at neighbours' neighbours; what a second one leaves, a third rarely finds.
const ROUNDS: usize = 2;
/// Rows of a round that are told together.
const TOLD_ROWS: usize = 1024;
/// The shares that are done when a sample was compared with all, when there are cells, when each row has its own, when it has looked into
/// them, and when the neighbours of neighbours were looked at. All pairs, if they have to be compared then, are the rest: the longest one.
const SAMPLED: f32 = 0.05;
const CELLS_FOUND: f32 = 0.15;
const CELLS_GIVEN: f32 = 0.4;
const SEARCHED: f32 = 0.85;
const JOINED: f32 = 0.95;

/// A graph that may lack some neighbours.
#[derive(Clone, Debug, PartialEq)]
pub struct Approximate {
    /// What was found, distances exact.
    pub graph: KnnGraph,
    /// The share of the true neighbours that was found, in `0..=1`, measured on a sample.
    pub recall: f64,
}

/// The `k` nearest others of every row, most of them. `None` when cancelled.
///
/// As many cells are looked into as a sample says are needed to find the share `least_recall`. Where rows lie nowhere in
/// particular, not even many are enough: then all pairs are compared if that takes minutes, and if it takes hours what was
/// found is returned with its recall.
///
/// Costs 6 to 20 times `sqrt(rows) * rows * channels` multiplications. A dot product is no distance, and there are no cells
/// for it; what is returned is then exact.
///
/// # Shapes
/// As [`exact`](super::exact).
pub fn approximate(
    vectors: &Vectors,
    metric: Metric,
    k: usize,
    least_recall: f64,
    cancelled: Cancelled<'_>,
) -> Option<Approximate> {
    approximate_watched(vectors, metric, k, least_recall, &|_| {}, cancelled)
}

/// As [`approximate`], while somebody watches.
pub fn approximate_watched(
    vectors: &Vectors,
    metric: Metric,
    k: usize,
    least_recall: f64,
    watch: Watch<'_>,
    cancelled: Cancelled<'_>,
) -> Option<Approximate> {
    let ready = InReach::new(vectors, metric);
    let Approximate { graph, recall } = of_vectors_in_reach(&ready.vectors, metric, k, least_recall, watch, cancelled)?;
    watch(1.0);
    Some(Approximate { graph: ready.told_graph(graph), recall })
}

fn of_vectors_in_reach(
    vectors: &Vectors,
    metric: Metric,
    k: usize,
    least_recall: f64,
    watch: Watch<'_>,
    cancelled: Cancelled<'_>,
) -> Option<Approximate> {
    let count = vectors.matrix.rows();
    let k = k.min(count.saturating_sub(1));
    let mut done = 0.0;
    if k > 0 && vectors.matrix.columns() > 0 && metric != Metric::Dot {
        let sample = Sample::new(vectors, metric, k, &within(watch, 0.0, SAMPLED), cancelled)?;
        done = SAMPLED;
        let wanted = ((BALANCED_CELLS * count) as f64).sqrt().ceil() as usize;
        let most_cells = MOST_CELLS.min((wanted as f64 * MOST_SHARE) as usize);
        if most_cells >= LEAST_CELLS {
            let told = within(watch, SAMPLED, CELLS_FOUND);
            let centres = coarse::centres_watched(vectors, metric, wanted, &told, cancelled)?;
            let looked_into = sample.cells_needed(vectors, metric, &centres, most_cells, least_recall, cancelled)?;
            let told = within(watch, CELLS_FOUND, CELLS_GIVEN);
            let cells = coarse::nearest_watched(vectors, metric, &centres, looked_into, &told, cancelled)?;
            let seekers: Vec<u32> = (0..count as u32).collect();
            let members = Members::of(cells.iter().step_by(looked_into).copied());
            let told = within(watch, CELLS_GIVEN, SEARCHED);
            let mut graph = members.search(vectors, metric, k, (&seekers, &cells), &told, cancelled)?;
            let mut recall = sample.recall(&graph);
            for round in 0..ROUNDS {
                if recall >= least_recall {
                    break;
                }
                let until = |rounds: usize| SEARCHED + (JOINED - SEARCHED) * rounds as f32 / ROUNDS as f32;
                let told = within(watch, until(round), until(round + 1));
                graph = by_neighbours(vectors, metric, &graph, &told, cancelled)?;
                recall = sample.recall(&graph);
            }
            let products = (count as f64).powi(2) * vectors.matrix.columns() as f64;
            if recall >= least_recall || products > MOST_PRODUCTS {
                return Some(Approximate { graph, recall });
            }
            done = JOINED;
        }
    }
    let graph = exact_watched(vectors, metric, k, &within(watch, done, 1.0), cancelled)?;
    Some(Approximate { graph, recall: 1.0 })
}

/// Some rows, their true neighbours, and how far the `k`-th is.
struct Sample {
    rows: Vec<usize>,
    /// `[rows, k]`.
    neighbours: Vec<usize>,
    kth: Vec<f32>,
}

impl Sample {
    fn new(vectors: &Vectors, metric: Metric, k: usize, watch: Watch<'_>, cancelled: Cancelled<'_>) -> Option<Self> {
        let matrix = &vectors.matrix;
        let some = matrix.rows().min(SAMPLE_ROWS);
        let rows: Vec<usize> = (0..some).map(|place| place * matrix.rows() / some).collect();
        let truth = pairs::search(&vectors.rows(&rows).matrix, matrix, false, metric, k + 1, watch, cancelled)?;
        let (mut neighbours, mut kth) = (Vec::with_capacity(some * k), Vec::with_capacity(some));
        for (place, row) in rows.iter().enumerate() {
            // Itself is among them, unless many are as near as it is.
            let others = truth.neighbours(place).iter().zip(truth.distances(place));
            let others = others.filter(|(other, _)| **other as usize != *row).take(k);
            kth.push(others.clone().last().map_or(f32::INFINITY, |(_, far)| *far));
            neighbours.extend(others.map(|(other, _)| *other as usize));
        }
        Some(Self { rows, neighbours, kth })
    }

    /// Into how many of its cells each row has to look so that the share `least_recall` of its neighbours are in them; `most`
    /// where that is not enough.
    fn cells_needed(
        &self,
        vectors: &Vectors,
        metric: Metric,
        centres: &[f32],
        most: usize,
        least_recall: f64,
        cancelled: Cancelled<'_>,
    ) -> Option<usize> {
        let lists = coarse::nearest(&vectors.rows(&self.rows), metric, centres, most, cancelled)?;
        let own = coarse::nearest(&vectors.rows(&self.neighbours), metric, centres, 1, cancelled)?;
        let k = self.neighbours.len() / self.rows.len();
        // The rank, in a row's list, of the cell where each of its neighbours lies.
        let mut found = vec![0usize; most];
        for (list, own) in lists.chunks_exact(most).zip(own.chunks_exact(k)) {
            for rank in own.iter().filter_map(|cell| list.iter().position(|known| known == cell)) {
                found[rank] += 1;
            }
        }
        let mut so_far = 0;
        let is_enough = |count: &usize| {
            so_far += count;
            so_far as f64 >= least_recall * self.neighbours.len() as f64
        };
        let needed = found.iter().position(is_enough).map_or(most, |rank| rank + 1);
        Some(needed.clamp(LEAST_CELLS, most))
    }

    /// Of rows that are equally far one is as good as another.
    fn recall(&self, graph: &KnnGraph) -> f64 {
        let found = |(row, kth): (&usize, &f32)| graph.distances(*row).iter().filter(|far| *far <= kth).count();
        let found: usize = self.rows.iter().zip(&self.kth).map(found).sum();
        found as f64 / (self.rows.len() * graph.k()) as f64
    }
}

/// Compares each row with the neighbours of its neighbours.
fn by_neighbours(
    vectors: &Vectors,
    metric: Metric,
    graph: &KnnGraph,
    watch: Watch<'_>,
    cancelled: Cancelled<'_>,
) -> Option<KnnGraph> {
    let (k, reach) = (graph.k(), graph.k().min(REACH));
    let distances = Distances::new(vectors, metric);
    let done = PartsDone::of(graph.rows(), watch);
    let found: Option<Vec<Vec<(f32, u32)>>> = (0..graph.rows())
        .into_par_iter()
        .map(|row| {
            if cancelled() {
                return None;
            }
            let known = graph.neighbours(row);
            let near = known[..reach].iter();
            let mut candidates: Vec<u32> =
                near.flat_map(|near| &graph.neighbours(*near as usize)[..reach]).copied().collect();
            candidates.sort_unstable();
            candidates.dedup();
            let probe = distances.probe(row);
            let mut best: Vec<(f32, u32)> = graph.distances(row).iter().copied().zip(known.iter().copied()).collect();
            let new = candidates.into_iter().filter(|other| *other as usize != row && !known.contains(other));
            best.extend(new.map(|other| (distances.to(&probe, other as usize), other)));
            best.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            best.truncate(k);
            if row % TOLD_ROWS == 0 {
                done.add(TOLD_ROWS);
            }
            Some(best)
        })
        .collect();
    let (distances, neighbours) = found?.into_iter().flatten().unzip();
    Some(KnnGraph::new(k, neighbours, distances))
}
