//! What a stored clustering is called, in words: its name in the workspace is made for tables.

use crate::domain::{CHANGED_BY_HAND, Clustering, Pooling, clustering_in_words, counted};
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
    let words = clustering_in_words(name, &at).unwrap_or_else(|| name.to_owned());
    match &session.opened.clustering {
        Some(shown) if shown.wish.name() == name => as_they_are(shown, words),
        _ => words,
    }
}

/// A clustering is named after how many clusters it was to have; by hand they have become more or fewer.
fn as_they_are(shown: &Clustering, words: String) -> String {
    let wanted = counted(shown.wish.count, "cluster", "clusters");
    let by_hand = shown.quality.as_deref().is_some_and(|quality| quality == CHANGED_BY_HAND);
    match words.strip_prefix(&wanted).filter(|_| by_hand) {
        Some(rest) => format!("{}{rest}, {CHANGED_BY_HAND}", counted(shown.count(), "cluster", "clusters")),
        None => words,
    }
}
