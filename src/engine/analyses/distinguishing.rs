//! What groups have in common: labels, images in the middle, channels that distinguish them from the others.

use std::collections::BTreeMap;

use crate::analysis::neighbours::{self, Scan};
use crate::analysis::statistics::Statistics;
use crate::analysis::{distinguishing, probe};
use crate::domain::{Cluster, DistinguishingChannel, ImageId, ImageSet, Metric, Pooling, Vectors};
use crate::engine::message::{Problem, Progress};
use crate::engine::opened::Opened;

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
    opened: &Opened,
    progress: &Progress,
) -> Result<Option<Vec<Cluster>>, Problem> {
    let count = of.iter().flatten().max().map_or(0, |last| *last as usize + 1);
    let mut clusters: Vec<Cluster> = (0..count).map(|_| Cluster::default()).collect();
    of.iter().flatten().for_each(|cluster| clusters[*cluster as usize].size += 1);
    count_labels(&mut clusters, &vectors.ids, of, opened);
    let cancelled = || progress.is_cancelled();
    let mut members = vec![Vec::new(); count];
    for (id, cluster) in vectors.ids.iter().zip(of) {
        cluster.iter().for_each(|cluster| members[*cluster as usize].push(*id));
    }
    for (cluster, members) in clusters.iter_mut().zip(members) {
        let Some(middle) = probe::mean_of(vectors, &members, Metric::Cosine, &cancelled) else { return Ok(None) };
        let among: ImageSet = members.into_iter().collect();
        let search = Scan { metric: Metric::Cosine, k: EXEMPLARS, exclude: &[], among: Some(&among) };
        let nearest = neighbours::exact_among(vectors, &middle.vector, &search, &cancelled);
        cluster.exemplars = nearest.into_iter().map(|neighbour| neighbour.image).collect();
    }
    // One layer at a time: no more than one is in memory.
    for stored in opened.stored().iter().filter(|stored| stored.pooling == Pooling::Average) {
        let searchable = opened.library.vectors(stored)?;
        if searchable.vectors.ids.is_empty() {
            continue;
        }
        let of_rows = rows_of(&searchable.vectors.ids, &vectors.ids, of);
        let mut collection = Statistics::new(searchable.vectors.matrix.columns());
        collection.add_rows(searchable.vectors.matrix.values());
        let told = distinguishing::by_vectors(&searchable.vectors, &collection, &of_rows, count, CHANNELS, &cancelled);
        let Some(told) = told else { return Ok(None) };
        for (cluster, told) in clusters.iter_mut().zip(told) {
            cluster.distinguishing.extend(told.into_iter().map(|distinguishing| DistinguishingChannel {
                layer: stored.layer.clone(),
                channel: distinguishing.feature,
                mean_z: distinguishing.in_group,
            }));
        }
    }
    for cluster in &mut clusters {
        cluster.distinguishing.sort_by(|a, b| b.mean_z.total_cmp(&a.mean_z));
        // Where layers are put together the same channel comes back under another name.
        cluster.distinguishing.dedup_by(|later, first| (later.mean_z - first.mean_z).abs() < 1e-5);
        cluster.distinguishing.truncate(CHANNELS);
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

fn count_labels(clusters: &mut [Cluster], ids: &[ImageId], of: &[Option<u32>], opened: &Opened) {
    let mut counts: Vec<BTreeMap<String, usize>> = vec![BTreeMap::new(); clusters.len()];
    for (id, cluster) in ids.iter().zip(of) {
        let label = opened.catalogue.get(*id).and_then(|record| record.label);
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
