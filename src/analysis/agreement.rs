//! Whether near means alike: do an image's neighbours carry its label?

use rayon::prelude::*;

use super::{Cancelled, NeighbourIndex, neighbours};
use crate::domain::{Metric, Vectors};

/// How well neighbours agree with labels, over all labelled images.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Agreement {
    /// The share of images whose nearest neighbour has their label.
    pub nearest: f64,
    /// The mean share of the `k` nearest that have the image's label.
    pub precision_at_k: f64,
    /// How many images were asked: those that have a label and at least one labelled neighbour.
    pub images: usize,
}

/// Asks for the neighbours of every labelled image among the other labelled ones (leave-one-out). `None` when cancelled.
///
/// # Shapes
/// - `vectors.matrix`: `[images, channels]`
/// - `labels`: `[images]`, one a row of `vectors`
///
/// # Panics
/// When there is not one label entry a row.
pub fn leave_one_out<L: PartialEq + Sync>(
    vectors: &Vectors,
    labels: &[Option<L>],
    metric: Metric,
    k: usize,
    cancelled: Cancelled<'_>,
) -> Option<Agreement> {
    assert_eq!(labels.len(), vectors.ids.len(), "one label entry a row");
    let index = NeighbourIndex::new(vectors);
    let unlabelled = labels.iter().filter(|label| label.is_none()).count();
    let ask = |row: usize| -> Option<(bool, f64)> {
        let label = labels[row].as_ref()?;
        let image = vectors.ids[row];
        let probe = neighbours::probe_of(vectors, image)?;
        // Images without a label may crowd in, so ask for more and drop them.
        let found = index.exact(vectors, &probe, metric, k.max(1) + unlabelled, Some(image), cancelled);
        let alike: Vec<bool> = found
            .iter()
            .filter_map(|neighbour| labels[vectors.row_of(neighbour.image)?].as_ref())
            .take(k.max(1))
            .map(|other| other == label)
            .collect();
        let nearest = *alike.first()?;
        Some((nearest, alike.iter().filter(|same| **same).count() as f64 / alike.len() as f64))
    };
    let answers: Vec<(bool, f64)> = (0..labels.len()).into_par_iter().filter_map(ask).collect();
    if cancelled() {
        return None;
    }
    let images = answers.len();
    let share = |sum: f64| if images == 0 { 0.0 } else { sum / images as f64 };
    Some(Agreement {
        nearest: share(answers.iter().filter(|(nearest, _)| *nearest).count() as f64),
        precision_at_k: share(answers.iter().map(|(_, precision)| precision).sum()),
        images,
    })
}
