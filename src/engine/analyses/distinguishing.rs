//! What groups have in common: labels, images in the middle, channels that distinguish them from the others.

use crate::analysis::neighbours::{self, Scan};
use crate::analysis::statistics::Statistics;
use crate::analysis::{Cancelled, distinguishing, probe};
use crate::domain::{Cluster, DistinguishingChannel, ImageId, ImageSet, Metric, Pooling, Vectors};
use crate::engine::analyses::label_counts::labels_of;
use crate::engine::message::{Problem, Progress};
use crate::engine::opened::Opened;

/// Channels named for a group.
pub const CHANNELS: usize = 8;
/// Images shown of a group.
const EXEMPLARS: usize = 12;

/// Describes the groups of `of`, one entry for each row of `vectors`; `None` when cancelled.
///
/// # Errors
/// When a layer cannot be read.
pub fn describe(
    vectors: &Vectors,
    of: &[Option<u32>],
    opened: &Opened,
    progress: &Progress,
) -> Result<Option<Vec<Cluster>>, Problem> {
    let count = of.iter().flatten().max().map_or(0, |last| *last as usize + 1);
    let mut members = vec![Vec::new(); count];
    for (id, cluster) in vectors.ids.iter().zip(of) {
        cluster.iter().for_each(|cluster| members[*cluster as usize].push(*id));
    }
    describe_members(vectors, &members, opened, &|| progress.is_cancelled(), &mut || {})
}

/// Describes groups by their members, ascending: an image may be in several. The images in their middle are found by `vectors`.
/// `is_done` is called after each layer. `None` when cancelled.
///
/// # Errors
/// When a layer cannot be read.
pub fn describe_members<M: AsRef<[ImageId]> + Sync>(
    vectors: &Vectors,
    members: &[M],
    opened: &Opened,
    cancelled: Cancelled<'_>,
    is_done: &mut dyn FnMut(),
) -> Result<Option<Vec<Cluster>>, Problem> {
    let mut clusters = Vec::with_capacity(members.len());
    for members in members {
        let members = members.as_ref();
        let Some(middle) = probe::mean_of(vectors, members, Metric::Cosine, cancelled) else { return Ok(None) };
        let among: ImageSet = members.iter().copied().collect();
        let search = Scan { metric: Metric::Cosine, k: EXEMPLARS, exclude: &[], among: Some(&among) };
        let nearest = neighbours::exact_among(vectors, &middle.vector, &search, cancelled);
        let exemplars = nearest.into_iter().map(|neighbour| neighbour.image).collect();
        let labels = labels_of(members, opened);
        clusters.push(Cluster { size: members.len(), exemplars, labels, ..Cluster::default() });
    }
    // One layer at a time: no more than one is in memory.
    for stored in opened.stored().iter().filter(|stored| stored.pooling == Pooling::Average) {
        let searchable = opened.library.vectors(stored)?;
        if searchable.vectors.ids.is_empty() {
            continue;
        }
        let mut collection = Statistics::new(searchable.vectors.matrix.columns());
        collection.add_rows(searchable.vectors.matrix.values());
        let told = distinguishing::by_members(&searchable.vectors, &collection, members, CHANNELS, cancelled);
        let Some(told) = told else { return Ok(None) };
        for (cluster, told) in clusters.iter_mut().zip(told) {
            cluster.distinguishing.extend(told.into_iter().map(|distinguishing| DistinguishingChannel {
                layer: stored.layer.clone(),
                channel: distinguishing.feature,
                mean_z: distinguishing.in_group,
            }));
        }
        is_done();
    }
    clusters.iter_mut().for_each(|cluster| keep_best(&mut cluster.distinguishing));
    Ok(Some(clusters))
}

/// Keeps the channels that tell most, of all layers.
pub fn keep_best(channels: &mut Vec<DistinguishingChannel>) {
    channels.sort_by(|a, b| b.mean_z.total_cmp(&a.mean_z));
    // Where layers are put together the same channel comes back under another name.
    channels.dedup_by(|later, first| (later.mean_z - first.mean_z).abs() < 1e-5);
    channels.truncate(CHANNELS);
}
