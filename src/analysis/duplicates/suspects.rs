//! Of very many rows those that may have copies. Most pictures have none, and of these no neighbours need be known.
//!
//! A copy is some seven times nearer than a tenth neighbour usually is, so it lies in the same cell or in one beside it, and
//! a sample says how far a tenth neighbour usually is. Only of rows that have another one so near it is asked further how far
//! their own tenth neighbour is.

use super::near_vectors::{TENTH, median_of};
use super::standing_out::reaches_among;
use crate::analysis::kmeans::coarse;
use crate::analysis::knn::{self, FARTHEST, Members};
use crate::analysis::reach::InReach;
use crate::analysis::{Cancelled, KnnGraph};
use crate::domain::{Metric, Vectors, Within};

/// Rows by which it is measured how far a tenth neighbour usually is.
const SAMPLE_ROWS: usize = 256;
/// There are `sqrt(this * rows)` cells, of which a row looks into so many for a copy.
const BALANCED_CELLS: usize = 2;
const LOOKED_INTO: usize = 3;
/// Cells that those who have one look into for all their neighbours.
const MORE_CELLS: usize = 16;
/// Where a larger share of all rows has something near, all neighbours of all are found as quickly.
const MOST_SHARE: usize = 4;

/// Rows that have others near them, and what is known of these.
#[derive(Clone, Debug)]
pub struct Suspects {
    /// Ascending.
    pub rows: Vec<usize>,
    /// Their vectors.
    pub vectors: Vectors,
    /// The nearest of each among them, by their places here; infinitely far where one is none of them.
    pub graph: KnnGraph,
    /// For each how far others may be away ([`reaches`](super::reaches)).
    pub reaches: Vec<f32>,
    /// Up to which distance rows are near, at most.
    pub within: f32,
    /// How many cells there are, and how many of them were looked into.
    pub cells: [usize; 2],
}

impl Suspects {
    /// Finds them, with `k` neighbours of each; tells which share is done. `None` when cancelled, `Some(None)` where more than
    /// a quarter of all are near to others: then ask for all neighbours of all.
    ///
    /// What lies in none of the nearest three cells is not found: that is seldom a copy.
    pub fn find(
        vectors: &Vectors,
        metric: Metric,
        wanted: Within,
        k: usize,
        watch: &dyn Fn(f32),
        cancelled: Cancelled<'_>,
    ) -> Option<Option<Self>> {
        let ready = InReach::new(vectors, metric);
        let usual = usual_by_sample(&ready.vectors, metric, cancelled)?;
        let within = wanted.distance(usual);
        watch(0.1);
        let all = &*ready.vectors;
        let count = all.matrix.rows();
        let wanted_cells = ((BALANCED_CELLS * count) as f64).sqrt().ceil() as usize;
        let centres = coarse::centres(all, metric, wanted_cells, cancelled)?;
        watch(0.15);
        let cells = centres.len() / all.matrix.columns().max(1);
        let looked_into = LOOKED_INTO.min(cells);
        let lists = coarse::nearest(all, metric, &centres, looked_into, cancelled)?;
        watch(0.4);
        let members = Members::of(lists.iter().step_by(looked_into).copied());
        let is_near = |far: f32| far.is_finite() && far <= within;
        // Who is near somebody is suspect, too.
        let near: Vec<u32> = match metric {
            Metric::Cosine if within <= FARTHEST => members.near(all, within, &lists, cancelled)?,
            Metric::Cosine | Metric::Euclidean | Metric::Dot => {
                let everyone: Vec<u32> = (0..count as u32).collect();
                let nearest = members.search(all, metric, 1, (&everyone, &lists), &|_| {}, cancelled)?;
                let has_near = |row: &u32| is_near(nearest.distances(*row as usize)[0]);
                let both = |row: u32| [row, nearest.neighbours(row as usize)[0]];
                everyone.into_iter().filter(has_near).flat_map(both).collect()
            }
        };
        drop(lists);
        watch(0.9);
        let mut rows: Vec<usize> = near.into_iter().map(|row| row as usize).collect();
        let (vectors, graph) = loop {
            rows.sort_unstable();
            rows.dedup();
            if rows.len() > count / MOST_SHARE {
                return Some(None);
            }
            let some = all.rows(&rows);
            let seekers: Vec<u32> = rows.iter().map(|row| *row as u32).collect();
            let lists = coarse::nearest(&some, metric, &centres, MORE_CELLS.min(cells), cancelled)?;
            let graph = match rows.is_empty() {
                true => KnnGraph::default(),
                false => members.search(all, metric, k.min(count - 1), (&seekers, &lists), &|_| {}, cancelled)?,
            };
            let known = rows.len();
            for place in 0..known {
                let near = graph.neighbours(place).iter().zip(graph.distances(place));
                let near = near.filter(|(_, far)| is_near(**far)).map(|(other, _)| *other as usize);
                let new: Vec<usize> = near.filter(|other| rows[..known].binary_search(other).is_err()).collect();
                rows.extend(new);
            }
            if rows.len() == known {
                break (some, graph);
            }
        };
        let reaches = match wanted {
            Within::Distance(distance) => vec![distance; rows.len()],
            Within::Share { share } => reaches_among(&graph, &vectors, all, metric, (share, usual), cancelled)?,
        };
        let graph = among_themselves(&graph, &rows);
        watch(1.0);
        Some(Some(Self { rows, vectors, graph, reaches, within, cells: [cells, looked_into] }))
    }
}

/// How far a tenth neighbour usually is, by some rows.
fn usual_by_sample(vectors: &Vectors, metric: Metric, cancelled: Cancelled<'_>) -> Option<f32> {
    let count = vectors.matrix.rows();
    let some = count.min(SAMPLE_ROWS);
    let rows: Vec<usize> = (0..some).map(|place| place * count / some).collect();
    // Itself is the nearest of all.
    let graph = knn::between(&vectors.rows(&rows), vectors, metric, TENTH + 1, cancelled)?;
    let tenth = |row: usize| graph.distances(row).last().copied().filter(|far| far.is_finite());
    Some(median_of((0..graph.rows()).filter_map(tenth).collect()))
}

/// A graph over some rows of all, by their places.
fn among_themselves(graph: &KnnGraph, rows: &[usize]) -> KnnGraph {
    let mut neighbours = Vec::with_capacity(graph.rows() * graph.k());
    let mut distances = Vec::with_capacity(neighbours.capacity());
    for place in 0..graph.rows() {
        for (other, far) in graph.neighbours(place).iter().zip(graph.distances(place)) {
            let found = rows.binary_search(&(*other as usize)).ok();
            neighbours.push(found.unwrap_or(place) as u32);
            distances.push(if found.is_some() { *far } else { f32::INFINITY });
        }
    }
    KnnGraph::new(graph.k(), neighbours, distances)
}
