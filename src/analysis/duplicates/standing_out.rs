//! How near others must be to each row to be copies of it: much nearer than pictures usually are at the layer, and much
//! nearer than those that are no copies are to this one.
//!
//! The layer alone does not do. At a first convolution, plain pictures crowd in a corner where everything is ten times nearer
//! than usual; there each picture's own neighbours say what is near. What share of these distances is right was tried with
//! 180 copies (re-encoded, at three fifths of the size, without a border of 3 %) among 540 pictures of Caltech-101, at 15
//! layers of EfficientNet-Lite0 and at those of SqueezeNet.

use super::near_vectors::{TENTH, usual_distance};
use crate::analysis::{Cancelled, KnnGraph, knn};
use crate::domain::{Metric, PAIRS_PRODUCTS, Vectors, Within};

/// Neighbours of a row that are looked at where all that the graph knows are near.
const MANY: usize = 300;

/// For each row the distance up to which others are its copies: `share` of how far a tenth neighbour usually is, or of how
/// far its own is where that is less. `None` when cancelled.
///
/// Of a picture with more than ten copies the tenth neighbour is one of them. Where more stand out together, that is, where
/// the next one is so much farther that they are within `share` of its distance, the next one counts. If all that the graph
/// knows are near to the layer, farther ones are asked about, as long as that takes seconds; if even 300 are near, the layer
/// alone counts.
///
/// # Shapes
/// `vectors`: `[graph.rows(), channels]`; returns one a row.
///
/// # Panics
/// When graph and vectors are not of the same rows.
pub fn reaches(
    graph: &KnnGraph,
    vectors: &Vectors,
    metric: Metric,
    share: f32,
    cancelled: Cancelled<'_>,
) -> Option<Vec<f32>> {
    if graph.k() == 0 {
        return Some(vec![Within::ROUNDING; vectors.ids.len()]);
    }
    assert_eq!(graph.rows(), vectors.ids.len(), "the graph belongs to other rows");
    reaches_among(graph, vectors, vectors, metric, (share, usual_distance(graph)), cancelled)
}

/// As [`reaches`], of some of `all` rows, whose neighbours are among all; where it is known how far a tenth neighbour usually
/// is.
///
/// # Shapes
/// `vectors`: `[graph.rows(), channels]`; `all`: `[rows, channels]`; returns one of each of the some.
pub(super) fn reaches_among(
    graph: &KnnGraph,
    vectors: &Vectors,
    all: &Vectors,
    metric: Metric,
    (share, usual): (f32, f32),
    cancelled: Cancelled<'_>,
) -> Option<Vec<f32>> {
    let others = all.ids.len().saturating_sub(1);
    let mut reaches = vec![0.0f32; graph.rows()];
    let mut crowded = Vec::new();
    for (row, reach) in reaches.iter_mut().enumerate() {
        match own(graph.distances(row), share, usual, others) {
            Some(own) => *reach = (share * own.min(usual)).max(Within::ROUNDING),
            None => crowded.push(row),
        }
    }
    let products = crowded.len() as f64 * all.ids.len() as f64 * vectors.matrix.columns() as f64;
    let beyond = match !crowded.is_empty() && products <= PAIRS_PRODUCTS {
        // Itself is the nearest of all.
        true => knn::between(&vectors.rows(&crowded), all, metric, MANY + 1, cancelled)?,
        false => KnnGraph::default(),
    };
    for (place, row) in crowded.into_iter().enumerate() {
        let known = if beyond.k() > 0 { &beyond.distances(place)[1..] } else { &[] };
        let own = own(known, share, usual, others).unwrap_or(usual);
        reaches[row] = (share * own.min(usual)).max(Within::ROUNDING);
    }
    Some(reaches)
}

/// How far the first is that is no copy, for all that is known; `None` where not enough is.
///
/// # Shapes
/// `known`: the distances of the nearest, ascending; of `all` there are.
fn own(known: &[f32], share: f32, usual: f32, all: usize) -> Option<f32> {
    let tenth = *known.get(TENTH - 1).or(known.last())?;
    if known.len() >= TENTH && known.len() < all && known[known.len() - 1] <= share * usual {
        return None;
    }
    // The last place where it is so: of equal files among copies, the equal ones stand out as well.
    let stands_out = |place: &usize| known[*place - 1].max(Within::ROUNDING) <= share * known[*place].min(usual);
    Some((TENTH..known.len()).rev().find(stands_out).map_or(tenth, |place| known[place]))
}
