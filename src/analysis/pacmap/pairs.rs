//! Which rows are drawn together and which apart: near, mid-near and further pairs.

use rayon::prelude::*;

use super::super::knn::Distances;
use super::super::reach::power_for;
use super::super::{Cancelled, KnnGraph};
use crate::domain::{Metric, Vectors};

/// Neighbours a row, of up to [`FEW_ROWS`] rows.
const NEIGHBOURS: f64 = 10.0;
/// Neighbours more for every ten times as many rows.
const NEIGHBOURS_A_DECADE: f64 = 15.0;
const FEW_ROWS: f64 = 10_000.0;
/// Candidates beyond the neighbours that are picked from them.
const SPARE: usize = 50;
/// Mid-near and further pairs for each near one.
const MID_NEAR_RATIO: f64 = 0.5;
const FURTHER_RATIO: f64 = 2.0;
/// Rows drawn for a mid-near pair, of which the second nearest is taken.
const DRAWN: usize = 6;
/// No scale of a row's surroundings is less.
const LEAST_SCALE: f64 = 1e-10;

/// How many pairs of each kind a row starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// With a neighbour.
    pub near: usize,
    /// With the second nearest of six drawn at random.
    pub mid_near: usize,
    /// With any other row.
    pub further: usize,
}

impl Counts {
    /// As the reference counts: ten neighbours, more beyond 10,000 rows, half as many mid-near and twice as many further
    /// pairs. So few rows that these do not fit get fewer of each; fewer than four get none.
    pub fn of(rows: usize) -> Self {
        let near = if rows as f64 <= FEW_ROWS {
            NEIGHBOURS
        } else {
            (NEIGHBOURS + NEIGHBOURS_A_DECADE * ((rows as f64).log10() - 4.0)).round_ties_even()
        };
        let (mid_near, further) = (near * MID_NEAR_RATIO, near * FURTHER_RATIO);
        if near + mid_near + further < rows as f64 {
            let [near, mid_near, further] = [near, mid_near, further].map(|count| count.round_ties_even() as usize);
            return Self { near, mid_near, further };
        }
        let near = rows as f64 / (1.0 + MID_NEAR_RATIO + FURTHER_RATIO);
        if near < 1.0 {
            return Self { near: 0, mid_near: 0, further: 0 };
        }
        let [near, mid_near, further] = [near, near * MID_NEAR_RATIO, near * FURTHER_RATIO].map(|count| count as usize);
        Self { near, mid_near, further }
    }
}

/// How many neighbours a graph should know of each of `rows` rows, so that near pairs can be picked among them.
pub fn candidates(rows: usize) -> usize {
    (Counts::of(rows.max(FEW_ROWS as usize)).near + SPARE).min(rows.saturating_sub(1))
}

/// Partners of every row, those that chose it among them: each pair lies here in both directions.
#[derive(Clone, Debug, Default)]
pub struct Partners {
    starts: Vec<usize>,
    partners: Vec<u32>,
}

impl Partners {
    /// From what each of the rows chose, `count` each.
    fn both_ways(rows: usize, count: usize, chosen: &[u32]) -> Self {
        let chosen_by = |row: usize| &chosen[row * count..(row + 1) * count];
        let mut starts = vec![0usize; rows + 1];
        for row in 0..rows {
            starts[row + 1] += count;
            chosen_by(row).iter().for_each(|other| starts[*other as usize + 1] += 1);
        }
        (0..rows).for_each(|row| starts[row + 1] += starts[row]);
        let mut next = starts.clone();
        let mut partners = vec![0u32; starts[rows]];
        for row in 0..rows {
            for other in chosen_by(row) {
                for (from, to) in [(row, *other), (*other as usize, row as u32)] {
                    partners[next[from]] = to;
                    next[from] += 1;
                }
            }
        }
        Self { starts, partners }
    }

    /// The partners of a row.
    pub fn of(&self, row: usize) -> &[u32] {
        &self.partners[self.starts[row]..self.starts[row + 1]]
    }
}

/// All pairs.
#[derive(Clone, Debug, Default)]
pub struct Pairs {
    /// Of neighbours.
    pub near: Partners,
    /// Of rows that are nearer than most.
    pub mid_near: Partners,
    /// Of rows that are no neighbours.
    pub further: Partners,
}

impl Pairs {
    /// Picks and draws them; `None` when cancelled. `graph` and `vectors` are of the same rows by the same metric.
    pub fn new(
        vectors: &Vectors,
        metric: Metric,
        graph: &KnnGraph,
        seed: u64,
        cancelled: Cancelled<'_>,
    ) -> Option<Self> {
        let rows = graph.rows();
        let counts = Counts::of(rows);
        let counts = Counts { near: counts.near.min(graph.k()), ..counts };
        let near = pick_near(graph, metric, counts.near);
        let distances = Distances::new(vectors, metric);
        let drawn: Option<Vec<(Vec<u32>, Vec<u32>)>> = (0..rows)
            .into_par_iter()
            .with_min_len(64)
            .map(|row| {
                if cancelled() {
                    return None;
                }
                // Chance of its own for each row: the same whichever thread draws.
                let mut chance = fastrand::Rng::with_seed(mixed(seed, row as u64));
                let near = &near[row * counts.near..(row + 1) * counts.near];
                let mid_near = draw_mid_near(&distances, row, rows, counts.mid_near, &mut chance);
                Some((mid_near, draw(row, rows, counts.further, near, &mut chance)))
            })
            .collect();
        let (mid_near, further): (Vec<Vec<u32>>, Vec<Vec<u32>>) = drawn?.into_iter().unzip();
        Some(Self {
            near: Partners::both_ways(rows, counts.near, &near),
            mid_near: Partners::both_ways(rows, counts.mid_near, &mid_near.concat()),
            further: Partners::both_ways(rows, counts.further, &further.concat()),
        })
    }
}

/// The `count` nearest candidates of each row once distances are scaled by what surrounds either end (equation 1 of the
/// paper's appendix): in a dense place a small distance is a large one.
fn pick_near(graph: &KnnGraph, metric: Metric, count: usize) -> Vec<u32> {
    let rows = graph.rows();
    // What is least has a unit.
    let farthest =
        (0..rows).flat_map(|row| graph.distances(row)).copied().filter(|far| far.is_finite()).fold(0.0, f32::max);
    let power = power_for(length(metric, farthest));
    let length = |metric, distance| length(metric, distance) * power;
    let scales: Vec<f64> = (0..rows)
        .map(|row| {
            let known = graph.distances(row);
            // Of the fourth to the sixth; of fewer the last ones.
            let (first, end) = (3.min(known.len().saturating_sub(1)), 6.min(known.len()));
            let lengths = known[first..end].iter().map(|distance| length(metric, *distance));
            (lengths.sum::<f64>() / (end - first).max(1) as f64).max(LEAST_SCALE)
        })
        .collect();
    (0..rows)
        .into_par_iter()
        .flat_map_iter(|row| {
            let known = graph.neighbours(row).iter().zip(graph.distances(row));
            let mut scaled: Vec<(f64, u32)> = known
                .map(|(other, distance)| {
                    let length = length(metric, *distance);
                    (length * length / scales[row] / scales[*other as usize], *other)
                })
                .collect();
            // Equal ones stay in the order of nearness.
            scaled.sort_by(|a, b| a.0.total_cmp(&b.0));
            scaled.truncate(count);
            scaled.into_iter().map(|(_, other)| other)
        })
        .collect()
}

/// A distance of the graph as a length: by the cosine that of the chord between two vectors of length 1. A dot product has
/// none, so that its order stays as it is.
fn length(metric: Metric, distance: f32) -> f64 {
    match metric {
        Metric::Euclidean => f64::from(distance),
        Metric::Cosine => (2.0 * f64::from(distance)).sqrt(),
        Metric::Dot => 1.0,
    }
}

fn draw_mid_near(
    distances: &Distances<'_>,
    row: usize,
    rows: usize,
    count: usize,
    chance: &mut fastrand::Rng,
) -> Vec<u32> {
    let mut picked = Vec::with_capacity(count);
    if count == 0 {
        return picked;
    }
    let probe = distances.probe(row);
    for _ in 0..count {
        let mut drawn: Vec<(f32, u32)> = draw(row, rows, DRAWN, &picked, chance)
            .into_iter()
            .map(|other| (distances.to(&probe, other as usize), other))
            .collect();
        drawn.sort_by(|a, b| a.0.total_cmp(&b.0));
        picked.push(drawn[1].1);
    }
    picked
}

/// So many different rows at random, neither `row` itself nor any of `but`.
///
/// There always are enough: [`Counts::of`] gives no more than the rows hold.
fn draw(row: usize, rows: usize, count: usize, but: &[u32], chance: &mut fastrand::Rng) -> Vec<u32> {
    let mut drawn: Vec<u32> = Vec::with_capacity(count);
    while drawn.len() < count {
        let other = chance.usize(..rows) as u32;
        if other as usize != row && !drawn.contains(&other) && !but.contains(&other) {
            drawn.push(other);
        }
    }
    drawn
}

/// A seed for each row that has nothing to do with that of the next (SplitMix64).
fn mixed(seed: u64, row: u64) -> u64 {
    let mut mixed = seed.wrapping_add(row.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
