//! Rows whose vectors are near, gathered around centres.

use super::Duplicates;
use crate::analysis::knn::Distances;
use crate::analysis::{Cancelled, KnnGraph};
use crate::domain::{DuplicateReason, Metric, Vectors};

/// The neighbour whose distance counts: pictures rarely have more copies.
pub const TENTH: usize = 10;

impl Duplicates {
    /// Gathers rows around centres: a group holds what is near its centre, and no row is in two. Two rows are near if they
    /// are within each other's reach: both say so.
    ///
    /// Linking whatever is near would let chains grow: at a layer where everything is rather alike, each picture is near
    /// the next, and the first and the last have nothing in common. The centres are those with the most near neighbours,
    /// ties by row. What is linked already (equal files, pictures that look alike) comes along as a whole when one of its
    /// rows is near the centre, and counts for no other.
    ///
    /// A graph knows only so many neighbours of each row. Further ones are found through those, and their distance from
    /// the centre is looked at. `None` when cancelled; some links may then be there.
    ///
    /// # Shapes
    /// `vectors`: `[graph.rows(), channels]`; `places`: for each of them which row it is here, `None` where it is none;
    /// `reaches`: for each of them how far others may be away ([`reaches`](super::reaches)).
    ///
    /// # Panics
    /// When graph, vectors, places and reaches are not of the same rows.
    pub fn gather_near(
        &mut self,
        graph: &KnnGraph,
        vectors: &Vectors,
        metric: Metric,
        places: &[Option<u32>],
        reaches: &[f32],
        cancelled: Cancelled<'_>,
    ) -> Option<()> {
        // A graph without neighbours does not know how many rows it has.
        assert!(graph.k() == 0 || graph.rows() == places.len(), "the graph belongs to other rows");
        assert_eq!(vectors.ids.len(), places.len(), "one place a vector");
        assert_eq!(reaches.len(), places.len(), "one reach a vector");
        let near = near_rows(graph, reaches);
        let mut centres: Vec<usize> = (0..near.len()).filter(|row| !near[*row].is_empty()).collect();
        centres.sort_by_key(|row| (std::cmp::Reverse(near[*row].len()), *row));
        let distances = Distances::new(vectors, metric);
        let mut is_taken = vec![false; self.farthest.len()];
        // For whose sake a row was looked at last.
        let mut looked_at = vec![usize::MAX; near.len()];
        for centre in centres {
            if cancelled() {
                return None;
            }
            let Some(at) = places[centre] else { continue };
            if is_taken[self.sets.find(at) as usize] {
                continue;
            }
            let probe = distances.probe(centre);
            let (mut around, mut members) = (vec![centre], Vec::new());
            looked_at[centre] = centre;
            while let Some(row) = around.pop() {
                for other in near[row].iter().map(|other| *other as usize) {
                    if std::mem::replace(&mut looked_at[other], centre) == centre {
                        continue;
                    }
                    let Some(place) = places[other].filter(|place| !is_taken[self.sets.find(*place) as usize]) else {
                        continue;
                    };
                    let far = distances.to(&probe, other);
                    if far.is_finite() && far <= reaches[centre].min(reaches[other]) {
                        members.push((place, far));
                        around.push(other);
                    }
                }
            }
            for (place, far) in members {
                // Whichever of the two stands for both from now on.
                is_taken[self.sets.find(place) as usize] = true;
                is_taken[self.sets.find(at) as usize] = true;
                self.link(at, place, DuplicateReason::Features, far.max(0.0));
            }
        }
        Some(())
    }
}

/// For each row those that are near it, by its own list or by theirs.
fn near_rows(graph: &KnnGraph, reaches: &[f32]) -> Vec<Vec<u32>> {
    let mut near = vec![Vec::new(); graph.rows()];
    for row in 0..graph.rows() {
        for (other, far) in graph.neighbours(row).iter().zip(graph.distances(row)) {
            if far.is_finite() && *far <= reaches[row].min(reaches[*other as usize]) {
                near[row].push(*other);
                near[*other as usize].push(row as u32);
            }
        }
    }
    for rows in &mut near {
        rows.sort_unstable();
        rows.dedup();
    }
    near
}

/// How far images usually are from their tenth neighbour, or the last that the graph knows of them: the median over all
/// rows; 0 if there are none.
///
/// Layers differ a hundredfold in this. What is much nearer than it stands out at that layer.
pub fn usual_distance(graph: &KnnGraph) -> f32 {
    let tenth = |row: usize| graph.distances(row).iter().take(TENTH).next_back().copied().filter(|far| far.is_finite());
    median_of((0..graph.rows()).filter_map(tenth).collect())
}

/// The middle one; 0 if there is none.
pub fn median_of(mut far: Vec<f32>) -> f32 {
    if far.is_empty() {
        return 0.0;
    }
    let middle = far.len() / 2;
    *far.select_nth_unstable_by(middle, f32::total_cmp).1
}
