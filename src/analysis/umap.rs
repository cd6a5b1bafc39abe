//! UMAP (McInnes, Healy and Melville 2018, arXiv 1802.03426), as its reference umap-learn does it: the neighbour graph as a
//! fuzzy set, laid out by stochastic gradient descent with negative samples.

mod curve;
mod fuzzy;
mod transform;

pub use curve::Curve;
pub use fuzzy::{Bandwidth, Edge, bandwidths, fuzzy_edges};
pub use transform::transform;

use super::{Cancelled, KnnGraph};

/// Negative samples a positive one.
const NEGATIVES: f32 = 5.0;
/// No step along an axis is longer.
const LONGEST: f32 = 4.0;
/// How far points are spread at the start.
const START_EXTENT: f32 = 10.0;

/// What can be chosen of a layout.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// How near points may lie to each other.
    pub min_dist: f32,
    /// Over how much of the plane groups spread.
    pub spread: f32,
    /// Sweeps over all edges; `None` for 500, or 200 of more than 10,000 rows.
    pub epochs: Option<usize>,
    /// Where chance starts: the same seed, the same layout, on any number of threads (it takes one).
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { min_dist: 0.1, spread: 1.0, epochs: None, seed: 0 }
    }
}

/// A layout that is being made.
#[derive(Clone, Debug)]
pub struct Umap {
    points: Vec<[f32; 2]>,
    edges: Vec<Pull>,
    curve: Curve,
    epochs: usize,
    done: usize,
    chance: fastrand::Rng,
}

/// An edge on its way through the epochs.
#[derive(Clone, Copy, Debug)]
struct Pull {
    from: u32,
    to: u32,
    /// Epochs between two pulls; between two negative samples a fifth.
    every: f32,
    next: f32,
    next_negative: f32,
}

impl Umap {
    /// Gets ready. `start` gives each row its place before the first epoch (of principal components, usually); only its
    /// shape counts, since it is scaled.
    ///
    /// # Shapes
    /// `start`: one point a row of `graph`; of an empty graph any number.
    ///
    /// # Panics
    /// When there is not one point a row.
    pub fn new(graph: &KnnGraph, start: &[[f32; 2]], options: Options) -> Self {
        assert!(graph.rows() == start.len() || graph.rows() == 0, "one point a row");
        let rows = start.len();
        let mut chance = fastrand::Rng::with_seed(options.seed);
        let epochs = options.epochs.unwrap_or(if rows <= 10_000 { 500 } else { 200 });
        let edges = fuzzy_edges(graph);
        let heaviest = edges.iter().map(|edge| edge.weight).fold(0.0, f32::max);
        // Edges too light to be sampled once are left out.
        let edges = edges.into_iter().filter(|edge| edge.weight >= heaviest / epochs.max(1) as f32).map(|edge| {
            let every = heaviest / edge.weight;
            Pull { from: edge.from, to: edge.to, every, next: every, next_negative: every / NEGATIVES }
        });
        let edges = edges.collect();
        let points = spread_out(start, &mut chance);
        Self { points, edges, curve: Curve::fit(options.min_dist, options.spread), epochs, done: 0, chance }
    }

    /// Goes on for up to so many epochs, and returns whether there are more to go. Stops early when cancelled.
    pub fn step(&mut self, epochs: usize, cancelled: Cancelled<'_>) -> bool {
        for _ in 0..epochs {
            if self.done >= self.epochs || cancelled() || self.points.len() < 2 {
                break;
            }
            self.sweep(cancelled);
            self.done += 1;
        }
        self.done < self.epochs && self.points.len() >= 2
    }

    /// Where the rows are now.
    pub fn points(&self) -> &[[f32; 2]] {
        &self.points
    }

    /// The share of epochs that are done, in `0..=1`.
    pub fn share_done(&self) -> f32 {
        if self.points.len() < 2 { 1.0 } else { self.done as f32 / self.epochs.max(1) as f32 }
    }

    fn sweep(&mut self, cancelled: Cancelled<'_>) {
        let now = self.done as f32;
        let rate = 1.0 - now / self.epochs as f32;
        let count = self.points.len();
        for (turn, edge) in self.edges.iter_mut().enumerate() {
            if turn % 65_536 == 65_535 && cancelled() {
                return;
            }
            if edge.next > now {
                continue;
            }
            let (from, to) = (edge.from as usize, edge.to as usize);
            let mut point = self.points[from];
            let mut other = self.points[to];
            let pull = self.curve.attraction(squared_distance(point, other));
            for axis in 0..2 {
                let step = (pull * (point[axis] - other[axis])).clamp(-LONGEST, LONGEST) * rate;
                point[axis] += step;
                other[axis] -= step;
            }
            self.points[to] = other;
            edge.next += edge.every;
            let every_negative = edge.every / NEGATIVES;
            let negatives = ((now - edge.next_negative) / every_negative) as usize;
            for _ in 0..negatives {
                let stranger = self.chance.usize(..count);
                if stranger == from {
                    continue;
                }
                let other = self.points[stranger];
                let push = self.curve.repulsion(squared_distance(point, other));
                for axis in 0..2 {
                    // The product is limited, not the push alone: else what is near hardly parts.
                    point[axis] += (push * (point[axis] - other[axis])).clamp(-LONGEST, LONGEST) * rate;
                }
            }
            self.points[from] = point;
            edge.next_negative += negatives as f32 * every_negative;
        }
    }
}

fn squared_distance(a: [f32; 2], b: [f32; 2]) -> f32 {
    (a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2)
}

/// Scaled, with so little noise that only equal points part, into `0..=START_EXTENT` along each axis.
fn spread_out(start: &[[f32; 2]], chance: &mut fastrand::Rng) -> Vec<[f32; 2]> {
    let finite = |value: f32| if value.is_finite() { value } else { 0.0 };
    let farthest = start.iter().flatten().map(|value| finite(*value).abs()).fold(0.0, f32::max);
    let scale = if farthest > 0.0 { START_EXTENT / farthest } else { 0.0 };
    let mut points: Vec<[f32; 2]> =
        start.iter().map(|point| point.map(|value| finite(value) * scale + (chance.f32() - 0.5) * 2e-4)).collect();
    for axis in 0..2 {
        let least = points.iter().map(|point| point[axis]).fold(f32::INFINITY, f32::min);
        let most = points.iter().map(|point| point[axis]).fold(f32::NEG_INFINITY, f32::max);
        let extent = if most > least { most - least } else { 1.0 };
        points.iter_mut().for_each(|point| point[axis] = (point[axis] - least) / extent * START_EXTENT);
    }
    points
}
