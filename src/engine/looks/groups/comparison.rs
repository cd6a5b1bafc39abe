//! Two groups beside each other: what they share, how alike their middles are, and which channels tell one from the other.

use super::{averages, middle_of};
use crate::analysis::statistics::Statistics;
use crate::analysis::{Cancelled, class_vectors, distinguishing};
use crate::domain::{DistinguishingChannel, ImageId, ImageSet, Metric, StoredLayer};
use crate::engine::analyses::distinguishing::{CHANNELS, keep_best};
use crate::engine::message::{GroupComparison, Groups, Problem};
use crate::engine::opened::Opened;

/// `None` when overtaken.
///
/// # Errors
/// When a layer cannot be read.
pub fn compare(
    of: &Groups,
    pair: [usize; 2],
    source: &StoredLayer,
    opened: &Opened,
    cancelled: Cancelled<'_>,
) -> Result<Option<GroupComparison>, Problem> {
    let records = opened.catalogue.now();
    let [a, b] = pair.map(|group| of.images(group).images(&records));
    let shared = a.intersection(&b);
    let only = [a.difference(&shared), b.difference(&shared)];
    let searchable = opened.library.vectors(source)?;
    let middle = |images: &ImageSet| {
        let members: Vec<ImageId> = images.iter().collect();
        middle_of(&searchable.vectors, &members, cancelled)
    };
    let (Some(of_a), Some(of_b)) = (middle(&a), middle(&b)) else { return Ok(None) };
    let has_direction = |vector: &[f32]| vector.iter().any(|value| *value != 0.0);
    let cosine =
        (has_direction(&of_a) && has_direction(&of_b)).then(|| class_vectors::score(Metric::Cosine, &of_a, &of_b));
    let mut channels = [Vec::new(), Vec::new()];
    // One layer at a time: no more than one is in memory.
    for stored in averages(opened, None) {
        let searchable = opened.library.vectors(stored)?;
        let side = |id: &ImageId| (0..2usize).find(|side| only[*side].contains(*id));
        let rows: Vec<usize> = searchable
            .vectors
            .ids
            .iter()
            .enumerate()
            .filter(|(_, id)| side(id).is_some())
            .map(|(row, _)| row)
            .collect();
        if rows.is_empty() {
            continue;
        }
        let vectors = searchable.vectors.rows(&rows);
        let sides = [0, 1]
            .map(|of| -> Vec<ImageId> { vectors.ids.iter().copied().filter(|id| side(id) == Some(of)).collect() });
        let mut both = Statistics::new(vectors.matrix.columns());
        both.add_rows(vectors.matrix.values());
        let found = distinguishing::by_members(&vectors, &both, &sides, CHANNELS, cancelled);
        let Some(found) = found else { return Ok(None) };
        for (channels, found) in channels.iter_mut().zip(found) {
            channels.extend(found.into_iter().map(|feature| DistinguishingChannel {
                layer: stored.layer.clone(),
                channel: feature.feature,
                mean_z: feature.in_group,
            }));
        }
    }
    channels.iter_mut().for_each(keep_best);
    Ok(Some(GroupComparison { shared: shared.len(), sizes: [a.len(), b.len()], cosine, channels }))
}
