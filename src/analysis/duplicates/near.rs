//! Images that are the same to a layer: near one another as distances at this layer go, in groups around a centre.

use crate::analysis::knn::Distances;
use crate::analysis::{Cancelled, KnnGraph};
use crate::domain::{Metric, Vectors};

/// Pairs by which the usual distance is judged: its median is then known to within some two percentiles.
const PAIRS: usize = 4096;
/// Cosine distances of equal rows are not exactly 0 in single precision.
const EQUAL: f32 = 1e-6;

/// A row, the centre of its group, and how far apart the two are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Member {
    /// The row around which the group lies.
    pub centre: u32,
    /// Another row of the group.
    pub row: u32,
    /// By cosine distance.
    pub distance: f32,
}

/// The median cosine distance between two different rows; 0 where there are not two with finite numbers.
///
/// Layers differ in it by far: early ones, whose channels fire everywhere, see all pictures at a distance of some
/// hundredths. What counts as near has to be said in shares of it. Judged by all pairs of few rows, else by
/// a sample that is the same each time.
pub fn median_distance(vectors: &Vectors) -> f32 {
    let rows = vectors.ids.len();
    if rows < 2 {
        return 0.0;
    }
    let distances = Distances::new(vectors, Metric::Cosine);
    let between = |a: usize, b: usize| distances.to(&distances.probe(a), b);
    let mut found: Vec<f32> = if rows * (rows - 1) / 2 <= PAIRS {
        (0..rows).flat_map(|a| (a + 1..rows).map(move |b| (a, b))).map(|(a, b)| between(a, b)).collect()
    } else {
        let mut random = fastrand::Rng::with_seed(0);
        let mut pair = || {
            let a = random.usize(..rows);
            (a, (a + 1 + random.usize(..rows - 1)) % rows)
        };
        (0..PAIRS).map(|_| pair()).map(|(a, b)| between(a, b)).collect()
    };
    found.retain(|distance| distance.is_finite());
    if found.is_empty() {
        return 0.0;
    }
    let middle = found.len() / 2;
    *found.select_nth_unstable_by(middle, f32::total_cmp).1
}

/// Groups of rows of which each is at most `distance` from the centre of its group, told by every member but the centre.
/// `None` when cancelled.
///
/// Two groups are joined only if all of the smaller one are that near to the centre of the larger one. So no chain of
/// small steps leads from one picture to another that has nothing to do with it, as it does where everything within
/// reach of anything is joined (single linkage). Nearest pairs first, so the result does not depend on their order.
///
/// The graph says which pairs are worth a look. A row with more equal copies than the graph has neighbours a row may
/// end up in several groups of copies.
///
/// # Panics
/// When the graph is of other rows.
pub fn groups(graph: &KnnGraph, vectors: &Vectors, distance: f32, cancelled: Cancelled<'_>) -> Option<Vec<Member>> {
    let rows = vectors.ids.len();
    // A graph without neighbours does not know how many rows it has.
    assert!(graph.k() == 0 || graph.rows() == rows, "the graph belongs to other rows");
    let distance = distance.max(EQUAL);
    let mut pairs: Vec<(f32, u32, u32)> = Vec::new();
    for row in 0..graph.rows() {
        for (other, far) in graph.neighbours(row).iter().zip(graph.distances(row)) {
            if far.is_finite() && *far <= distance {
                pairs.push((*far, (*other).min(row as u32), (*other).max(row as u32)));
            }
        }
    }
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let distances = Distances::new(vectors, Metric::Cosine);
    // The first of each group is its centre.
    let mut group_of: Vec<u32> = (0..rows as u32).collect();
    let mut members: Vec<Vec<u32>> = (0..rows as u32).map(|row| vec![row]).collect();
    for (_, a, b) in pairs {
        if cancelled() {
            return None;
        }
        let (a, b) = (group_of[a as usize], group_of[b as usize]);
        if a == b {
            continue;
        }
        let size = |group: u32| members[group as usize].len();
        let (larger, smaller) = if size(a) >= size(b) { (a, b) } else { (b, a) };
        let centre = distances.probe(members[larger as usize][0] as usize);
        if members[smaller as usize].iter().any(|row| distances.to(&centre, *row as usize) > distance) {
            continue;
        }
        let joining = std::mem::take(&mut members[smaller as usize]);
        joining.iter().for_each(|row| group_of[*row as usize] = larger);
        members[larger as usize].extend(joining);
    }
    let of_group = |group: &Vec<u32>| {
        let (centre, others) = group.split_first()?;
        let probe = distances.probe(*centre as usize);
        let member = |row: &u32| Member { centre: *centre, row: *row, distance: distances.to(&probe, *row as usize) };
        Some(others.iter().map(member).collect::<Vec<_>>())
    };
    Some(members.iter().filter_map(of_group).flatten().collect())
}
