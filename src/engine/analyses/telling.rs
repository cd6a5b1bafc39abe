//! What groups have in common: labels, images in the middle, channels that tell them from the others.

use std::collections::BTreeMap;

use super::super::{Problem, Progress};
use super::Sources;
use crate::analysis::groups;
use crate::domain::{Cluster, ImageId, Pooling, TellingChannel, Vectors};

/// Channels named for a group.
const CHANNELS: usize = 8;
/// Images shown of a group.
const EXEMPLARS: usize = 12;

/// Describes the groups of `of`, one entry for each row of `vectors`; `None` when cancelled.
///
/// # Errors
/// When a layer cannot be read.
pub fn describe(
    vectors: &Vectors,
    of: &[Option<u32>],
    sources: &Sources,
    progress: &Progress,
) -> Result<Option<Vec<Cluster>>, Problem> {
    let count = of.iter().flatten().max().map_or(0, |last| *last as usize + 1);
    let mut clusters: Vec<Cluster> = (0..count).map(|_| Cluster::default()).collect();
    of.iter().flatten().for_each(|cluster| clusters[*cluster as usize].size += 1);
    count_labels(&mut clusters, &vectors.ids, of, sources);
    for (cluster, rows) in groups::middle_rows(vectors, of, count, EXEMPLARS).into_iter().enumerate() {
        clusters[cluster].exemplars = rows.into_iter().map(|row| vectors.ids[row]).collect();
    }
    // One layer at a time: no more than one is in memory.
    for stored in sources.stored.iter().filter(|stored| stored.pooling == Pooling::Average) {
        if progress.is_cancelled() {
            return Ok(None);
        }
        let shelf = sources.library.vectors(stored)?;
        if shelf.vectors.ids.is_empty() {
            continue;
        }
        let of_rows = rows_of(&shelf.vectors.ids, &vectors.ids, of);
        for (cluster, found) in
            groups::telling_channels(&shelf.vectors, &of_rows, count, CHANNELS).into_iter().enumerate()
        {
            let channel = |(channel, mean_z)| TellingChannel { layer: stored.layer.clone(), channel, mean_z };
            clusters[cluster].telling.extend(found.into_iter().map(channel));
        }
    }
    for cluster in &mut clusters {
        cluster.telling.sort_by(|a, b| b.mean_z.total_cmp(&a.mean_z));
        // Where layers are put together the same channel comes back under another name.
        cluster.telling.dedup_by(|later, first| (later.mean_z - first.mean_z).abs() < 1e-5);
        cluster.telling.truncate(CHANNELS);
    }
    Ok(Some(clusters))
}

/// The groups of `ids`, looked up among those of `known` (both ascending).
fn rows_of(ids: &[ImageId], known: &[ImageId], of: &[Option<u32>]) -> Vec<Option<u32>> {
    if ids == known {
        return of.to_vec();
    }
    ids.iter().map(|id| known.binary_search(id).ok().and_then(|row| of[row])).collect()
}

fn count_labels(clusters: &mut [Cluster], ids: &[ImageId], of: &[Option<u32>], sources: &Sources) {
    let mut counts: Vec<BTreeMap<String, usize>> = vec![BTreeMap::new(); clusters.len()];
    for (id, cluster) in ids.iter().zip(of) {
        let label = sources.roll.get(*id).and_then(|record| record.label);
        if let (Some(cluster), Some(label)) = (cluster, label) {
            *counts[*cluster as usize].entry(label).or_default() += 1;
        }
    }
    for (cluster, counts) in clusters.iter_mut().zip(counts) {
        let mut labels: Vec<(String, usize)> = counts.into_iter().collect();
        labels.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        cluster.labels = labels;
    }
}
