//! The pictures nearest to a sum or difference of groups: of clusters at the layer they were found at, of classes over all layers
//! that they were compared over.

use super::{averages, members_of};
use crate::analysis::Cancelled;
use crate::analysis::class_pictures::PictureScores;
use crate::analysis::class_vectors::{ClassVectors, LayerMeans};
use crate::domain::{ImageId, ImageSet, Metric, StoredLayer};
use crate::engine::analyses::arithmetic::calculated;
use crate::engine::message::{ArithmeticWish, GroupAnswer, Groups, Problem, Progress};
use crate::engine::opened::Opened;

/// Groups that are named as the nearest.
const NEAREST: usize = 12;

/// `None` when overtaken or stopped.
///
/// # Errors
/// When a layer cannot be read.
pub fn pictures(
    wish: &ArithmeticWish,
    opened: &Opened,
    progress: &Progress,
    cancelled: Cancelled<'_>,
) -> Result<Option<GroupAnswer>, Problem> {
    let records = opened.catalogue.now();
    let sets: Vec<ImageSet> = wish.terms.iter().map(|(group, _)| wish.of.images(*group).images(&records)).collect();
    let members: Vec<Vec<ImageId>> = sets.iter().map(|set| set.iter().collect()).collect();
    let (layers, normalise): (Vec<StoredLayer>, bool) = match &wish.of {
        Groups::Clusters(clustering) => (vec![clustering.wish.source.clone()], true),
        Groups::Classes(means) => {
            let names: Vec<String> = means.vectors.layers.iter().map(|(name, _)| name.clone()).collect();
            (averages(opened, Some(names.as_slice())).cloned().collect(), means.wish.normalise)
        }
    };
    progress.set_total(layers.len().max(1), true);
    let mut scores: Option<PictureScores> = None;
    let mut features = 0;
    for layer in &layers {
        let searchable = opened.library.vectors(layer)?;
        let vectors = &searchable.vectors;
        if vectors.ids.is_empty() {
            continue;
        }
        let channels = vectors.matrix.columns();
        features += channels;
        let mut means = LayerMeans::new(&layer.layer, channels, members.len());
        for (term, members) in members.iter().enumerate() {
            means.add_members(term, vectors, members);
            if cancelled() {
                return Ok(None);
            }
        }
        let names = (0..members.len()).map(|term| term.to_string()).collect();
        let vectors_of_terms = ClassVectors::new(names, vec![means], normalise);
        let calculated = calculated(&wish.terms, |term| vectors_of_terms.row(term));
        if calculated.is_empty() {
            return Ok(None);
        }
        let scores = scores.get_or_insert_with(|| PictureScores::new(vectors.ids.clone(), normalise));
        if scores.add(vectors, &calculated, cancelled).is_none() {
            return Ok(None);
        }
        progress.add(1, 0);
    }
    let is_own = |id: ImageId| sets.iter().any(|set| set.contains(id));
    let is_wanted = |id: ImageId| wish.with_own || !is_own(id);
    let pictures = scores.map(|scores| scores.nearest(wish.count, is_wanted)).unwrap_or_default();
    let Some(groups) = nearest_groups(wish, opened, cancelled)? else { return Ok(None) };
    Ok(Some(GroupAnswer::Arithmetic { pictures, groups, over: [features, layers.len()] }))
}

/// The other groups by the cosine of their vectors, nearest first. `None` when overtaken.
fn nearest_groups(
    wish: &ArithmeticWish,
    opened: &Opened,
    cancelled: Cancelled<'_>,
) -> Result<Option<Vec<(usize, f64)>>, Problem> {
    let of_clusters;
    let vectors = match &wish.of {
        Groups::Classes(means) => &means.vectors,
        Groups::Clusters(clustering) => {
            let searchable = opened.library.vectors(&clustering.wish.source)?;
            let vectors = &searchable.vectors;
            let mut means = LayerMeans::new("", vectors.matrix.columns(), clustering.clusters.len());
            for (cluster, members) in members_of(clustering).into_iter().enumerate() {
                means.add_members(cluster, vectors, &members);
                if cancelled() {
                    return Ok(None);
                }
            }
            let names = (0..clustering.clusters.len()).map(|cluster| cluster.to_string()).collect();
            of_clusters = ClassVectors::new(names, vec![means], true);
            &of_clusters
        }
    };
    let calculated = calculated(&wish.terms, |term| vectors.row(wish.terms[term].0));
    // Places whose clusters were merged away are no groups that could be near.
    let places = wish.of.places();
    let is_left_out =
        |group: &usize| places.binary_search(group).is_err() || wish.terms.iter().any(|(own, _)| own == group);
    let left_out: Vec<usize> = (0..wish.of.len()).filter(is_left_out).collect();
    let nearest = vectors.nearest(&calculated, Metric::Cosine, NEAREST, &left_out);
    Ok(Some(nearest.into_iter().map(|near| (near.class, near.score)).collect()))
}
