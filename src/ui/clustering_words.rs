//! What a stored clustering is called, in words: its name in the workspace is made for tables.

use crate::domain::{Pooling, clustering_in_words};
use crate::session::Session;

/// `20 clusters by k-means, block 12` of `kmeans_20_features_12_concat_average`; the name itself if it was not made by a method here.
pub(super) fn title(session: &Session, name: &str) -> String {
    let Some(collection) = session.collection() else { return name.to_owned() };
    let at = |column: &str| {
        let source = collection.stored.iter().find(|source| source.column() == column)?;
        let layer = session.opened.layer_titles.of_name(&source.layer);
        Some(match source.pooling {
            Pooling::Average => layer.to_owned(),
            Pooling::Maximum => format!("{layer} ({})", source.pooling.word()),
        })
    };
    clustering_in_words(name, &at).unwrap_or_else(|| name.to_owned())
}
