//! Shortest paths through an undirected graph, edges counting alike: how many lead through each vertex (betweenness,
//! Freeman 1977, by Brandes' accumulation, 2001), how near each is to all (harmonic centrality, Marchiori and Latora 2000)
//! and how far apart pairs are.
//!
//! All three come of one search from every vertex, or from some of them drawn by chance, the pivots (Brandes and Pich 2007;
//! Eppstein and Wang 2004). An estimate of distances by counters, as HyperANF's, would need passes and memory of its own, and
//! is coarser: at 256 bytes a vertex it is 6.5 % off, where so many pivots leave 1 or 2 %.

mod search;

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use rayon::prelude::*;
use search::Search;

use super::{Adjacency, Cancelled};

/// Arcs that are followed in all, where nothing else is asked for: about a minute of one core. Graphs that take no more have a
/// search from every vertex.
const FOLLOWED: usize = 2_000_000_000;
/// However many arcs that takes: fewer tell too little.
const LEAST_PIVOTS: usize = 256;
/// Searches that are done at a time, each with sums of its own, have so many bytes for them.
const BYTES: usize = 256 << 20;
const BYTES_A_VERTEX: usize = 24;
/// As many at least and at most. They do not depend on the threads, so that sums do not either.
const LANES: (usize, usize) = (4, 64);
/// Of so many vertices, those with the largest betweenness, its error is told.
const TOLD_OF: usize = 100;
/// The share of pairs that are no farther apart than the effective diameter (Palmer, Gibbons and Faloutsos 2002).
const SHARE: f64 = 0.9;

/// What shortest paths say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShortestPaths {
    /// From how many vertices paths were searched.
    pub pivots: usize,
    /// Of each vertex: the share of all pairs of others whose shortest paths lead through it; where several are as short,
    /// the share of these. From 0 to 1.
    pub betweenness: Vec<f64>,
    /// Of each vertex: the mean of `1 / distance` to all others, 0 to those that it does not reach. From 0 to 1.
    pub harmonic: Vec<f64>,
    /// How far off the estimates are likely to be; `None` where paths were searched from every vertex.
    pub errors: Option<Errors>,
    /// How many pairs, of a pivot and another vertex, are so far apart: of distance 1, of distance 2, ...
    pub distances: Vec<u64>,
}

/// Standard errors as shares of what is estimated, seen from how much the pivots differ.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Errors {
    /// Of betweenness: the median over the hundred vertices where it is largest.
    pub betweenness: f64,
    /// Of harmonic centrality: the median over all vertices.
    pub harmonic: f64,
}

/// From how many vertices paths are searched in a graph of this size, unless something else is asked for.
pub fn pivots_for(graph: &Adjacency) -> usize {
    (FOLLOWED / graph.arcs().max(1)).max(LEAST_PIVOTS).min(graph.vertices())
}

/// Searches from so many vertices, all at most; the same seed, the same vertices. `watch` is told now and then which share
/// of the work is done. `None` when cancelled.
///
/// Holds 256 MiB at most up to some 2.8 million vertices, 96 bytes a vertex beyond, and 36 bytes a vertex more for each thread.
pub fn shortest_paths(
    graph: &Adjacency,
    pivots: usize,
    seed: u64,
    watch: &(dyn Fn(f32) + Sync),
    cancelled: Cancelled<'_>,
) -> Option<ShortestPaths> {
    let vertices = graph.vertices();
    let mut drawn: Vec<u32> = (0..vertices as u32).collect();
    let pivots = pivots.min(vertices);
    let mut chance = fastrand::Rng::with_seed(seed);
    if pivots < vertices {
        for place in 0..pivots {
            drawn.swap(place, chance.usize(place..vertices));
        }
        drawn.truncate(pivots);
    }
    let lanes = (BYTES / (BYTES_A_VERTEX * vertices.max(1))).clamp(LANES.0, LANES.1).min(pivots.max(1));
    let done = AtomicUsize::new(0);
    let sums: Option<Vec<Sums>> = (0..lanes)
        .into_par_iter()
        .map(|lane| {
            let mut sums = Sums::new(vertices);
            let mut search = Search::new(vertices);
            for pivot in drawn.iter().skip(lane).step_by(lanes) {
                search.run(graph, *pivot, cancelled)?;
                sums.take(&search);
                let done = done.fetch_add(1, Relaxed) + 1;
                watch(done as f32 / pivots as f32);
            }
            Some(sums)
        })
        .collect();
    let sums = sums?.into_iter().reduce(Sums::joined).unwrap_or_default();
    let mut is_pivot = vec![false; vertices];
    drawn.iter().for_each(|pivot| is_pivot[*pivot as usize] = true);
    Some(sums.told(&is_pivot, pivots))
}

impl ShortestPaths {
    /// Whether paths were searched from every vertex, so that nothing is an estimate.
    pub fn is_exact(&self) -> bool {
        self.errors.is_none()
    }

    /// How far apart .9 of the pairs are at most that reach each other, between whole steps in proportion; `None` where no
    /// pair does.
    pub fn effective_diameter(&self) -> Option<f64> {
        let wanted = self.reached() as f64 * SHARE;
        let mut before = 0.0;
        for (pairs, distance) in self.distances.iter().zip(1..) {
            let pairs = *pairs as f64;
            if pairs > 0.0 && before + pairs >= wanted {
                return Some(f64::from(distance - 1) + (wanted - before) / pairs);
            }
            before += pairs;
        }
        None
    }

    /// How far apart pairs are that reach each other, on average; `None` where no pair does.
    pub fn mean_distance(&self) -> Option<f64> {
        let sum: f64 =
            self.distances.iter().zip(1..).map(|(pairs, distance)| *pairs as f64 * f64::from(distance)).sum();
        let reached = self.reached();
        (reached > 0).then(|| sum / reached as f64)
    }

    /// The farthest that two vertices were found to be apart: the diameter, if [exact](Self::is_exact), else no more than
    /// it.
    pub fn longest_distance(&self) -> usize {
        self.distances.len()
    }

    fn reached(&self) -> u64 {
        self.distances.iter().sum()
    }
}

/// What the searches of one lane came to.
#[derive(Default)]
struct Sums {
    /// Of each vertex: the paths that lead through it, as shares of those to each other vertex.
    through: Vec<f64>,
    /// Their squares, search by search; only errors are made of them.
    through_squares: Vec<f32>,
    /// Of each vertex: 1 / distance.
    nearness: Vec<f64>,
    nearness_squares: Vec<f32>,
    distances: Vec<u64>,
}

impl Sums {
    fn new(vertices: usize) -> Self {
        Self {
            through: vec![0.0; vertices],
            through_squares: vec![0.0; vertices],
            nearness: vec![0.0; vertices],
            nearness_squares: vec![0.0; vertices],
            distances: Vec::new(),
        }
    }

    fn take(&mut self, search: &Search) {
        for (vertex, distance, through) in search.reached() {
            self.through[vertex] += through;
            self.through_squares[vertex] += (through * through) as f32;
            let nearness = 1.0 / f64::from(distance);
            self.nearness[vertex] += nearness;
            self.nearness_squares[vertex] += (nearness * nearness) as f32;
            let place = distance as usize - 1;
            if self.distances.len() <= place {
                self.distances.resize(place + 1, 0);
            }
            self.distances[place] += 1;
        }
    }

    fn joined(mut self, other: Self) -> Self {
        self.through.iter_mut().zip(other.through).for_each(|(sum, part)| *sum += part);
        self.through_squares.iter_mut().zip(other.through_squares).for_each(|(sum, part)| *sum += part);
        self.nearness.iter_mut().zip(other.nearness).for_each(|(sum, part)| *sum += part);
        self.nearness_squares.iter_mut().zip(other.nearness_squares).for_each(|(sum, part)| *sum += part);
        self.distances.resize(self.distances.len().max(other.distances.len()), 0);
        self.distances.iter_mut().zip(other.distances).for_each(|(sum, part)| *sum += part);
        self
    }

    /// Means over the pivots. A vertex that is one itself says nothing of itself: its mean is over the others.
    fn told(self, is_pivot: &[bool], pivots: usize) -> ShortestPaths {
        let vertices = is_pivot.len();
        let others = vertices.saturating_sub(1).max(1) as f64;
        let pairs = vertices.saturating_sub(2).max(1) as f64;
        let seen = |vertex: usize| pivots.saturating_sub(usize::from(is_pivot[vertex])) as f64;
        let mean = |sums: &[f64], vertex: usize| if seen(vertex) > 0.0 { sums[vertex] / seen(vertex) } else { 0.0 };
        let means = |sums: &[f64], of: f64| (0..vertices).map(|vertex| mean(sums, vertex) / of).collect::<Vec<f64>>();
        // Of a share of all that there are, drawn without putting back.
        let error = |sums: &[f64], squares: &[f32], vertex: usize| {
            let (seen, mean) = (seen(vertex), mean(sums, vertex));
            let variance = (f64::from(squares[vertex]) - mean * mean * seen).max(0.0) / (seen - 1.0).max(1.0);
            let error = (variance / seen.max(1.0) * (1.0 - seen / others).max(0.0)).sqrt();
            if mean > 0.0 { error / mean } else { 0.0 }
        };
        let betweenness = means(&self.through, pairs);
        let errors = (pivots < vertices).then(|| {
            let mut largest: Vec<usize> = (0..vertices).collect();
            if vertices > TOLD_OF {
                largest.select_nth_unstable_by(TOLD_OF, |a, b| betweenness[*b].total_cmp(&betweenness[*a]));
                largest.truncate(TOLD_OF);
            }
            let of_through = |vertex: usize| error(&self.through, &self.through_squares, vertex);
            let of_nearness = |vertex: usize| error(&self.nearness, &self.nearness_squares, vertex);
            Errors {
                betweenness: median(largest.into_iter().map(of_through)),
                harmonic: median((0..vertices).map(of_nearness)),
            }
        });
        let harmonic = means(&self.nearness, 1.0);
        ShortestPaths { pivots, betweenness, harmonic, errors, distances: self.distances }
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}
