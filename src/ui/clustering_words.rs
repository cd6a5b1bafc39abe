//! What a stored clustering is called, in words: its name in the workspace is made for tables.

use crate::domain::{ClusterMethod, Pooling, StoredLayer};
use crate::session::Session;

/// `k-means, 20 groups, block 12` of `kmeans_20_features_12_concat_average`; the name itself if it was not made by a method here.
pub(super) fn title(session: &Session, name: &str) -> String {
    let Some(collection) = session.collection() else { return name.to_owned() };
    let titles = &session.opened.layer_titles;
    let at = |rest: &str| {
        let source: &StoredLayer = collection.stored.iter().find(|source| source.column() == rest)?;
        let layer = titles.of_name(&source.layer);
        Some(match source.pooling {
            Pooling::Average => layer.to_owned(),
            Pooling::Maximum => format!("{layer} ({})", source.pooling.word()),
        })
    };
    let by = |method: ClusterMethod| {
        let rest = name.strip_prefix(method.word())?.strip_prefix('_')?;
        if !method.takes_count() {
            return Some(format!("{}, {}", method.title(), at(rest)?));
        }
        let (count, rest) = rest.split_once('_')?;
        let count: usize = count.parse().ok()?;
        Some(format!("{}, {count} groups, {}", method.title(), at(rest)?))
    };
    ClusterMethod::ALL.into_iter().find_map(by).unwrap_or_else(|| name.to_owned())
}
