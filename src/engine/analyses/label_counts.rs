//! The labels of groups of images: how many images of each have which, and how well groups and labels go together.

use std::collections::BTreeMap;

use crate::analysis::partition::Contingency;
use crate::domain::{Clustering, ImageId, LabelAgreement};
use crate::engine::opened::Opened;

/// How many of some images have each label, the most frequent first.
pub fn labels_of(members: &[ImageId], opened: &Opened) -> Vec<(String, usize)> {
    let records = opened.catalogue.now();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let labels = members.iter().filter_map(|id| records.get(*id).and_then(|record| record.label));
    labels.for_each(|label| *counts.entry(label).or_default() += 1);
    let mut labels: Vec<(String, usize)> = counts.into_iter().map(|(label, count)| (label.to_owned(), count)).collect();
    labels.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    labels
}

/// How well groups and labels go together; `None` without labels.
pub fn agreement(ids: &[ImageId], of: &[Option<u32>], opened: &Opened) -> Option<LabelAgreement> {
    let records = opened.catalogue.now();
    let names: Vec<Option<&str>> = ids.iter().map(|id| records.get(*id).and_then(|record| record.label)).collect();
    let mut known: Vec<&str> = names.iter().copied().flatten().collect();
    known.sort_unstable();
    known.dedup();
    let rank = |name: &str| known.binary_search(&name).ok().map(|rank| rank as u32);
    let labels: Vec<Option<u32>> = names.iter().map(|name| name.and_then(rank)).collect();
    let found = Contingency::new(of, &labels);
    (known.len() > 1 && found.total() > 0).then(|| LabelAgreement {
        nmi: found.nmi(),
        ari: found.ari(),
        purity: found.purity(),
        images: found.total(),
    })
}

/// The same groups with what is to be said of the labels that their images have now: they may have got others since the groups were
/// found.
pub fn counted_anew(mut clustering: Clustering, opened: &Opened) -> Clustering {
    let mut members = vec![Vec::new(); clustering.clusters.len()];
    for (id, cluster) in clustering.ids.iter().zip(&clustering.of) {
        let members = cluster.and_then(|cluster| members.get_mut(cluster as usize));
        members.into_iter().for_each(|members| members.push(*id));
    }
    for (cluster, members) in clustering.clusters.iter_mut().zip(&members) {
        cluster.labels = labels_of(members, opened);
    }
    clustering.agreement = agreement(&clustering.ids, &clustering.of, opened);
    clustering
}
