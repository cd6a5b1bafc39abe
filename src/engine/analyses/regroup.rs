//! Clusters changed by hand: merged, split by k-means among their own images, or brought back to what they were.

use std::sync::Arc;

use super::distinguishing;
use super::label_counts::counted_anew;
use crate::analysis::kmeans;
use crate::analysis::partition::by_size;
use crate::domain::{
    CHANGED_BY_HAND, Cluster, ClusterPiece, Clustering, ImageId, ImageSet, Metric, Regrouping, Vectors,
};
use crate::engine::message::{AnalysisAnswer, Event, Problem, Progress, Regroup, RegroupWish};
use crate::engine::opened::Opened;

const WHAT: &str = "The clusters were not changed";

/// Changes the clustering, keeps and tells it.
///
/// # Errors
/// When there is no such clustering or cluster, or it is another than it was, and when it cannot be read or written.
pub fn run(wish: &RegroupWish, opened: &Opened, progress: &Progress) -> Result<(), Problem> {
    progress.set_total(opened.stored().len().max(1), true);
    let known = read(&wish.clustering, opened)?;
    let pieces = match &wish.how {
        Regroup::Merge(clusters) => merged(&known, clusters)?,
        Regroup::Split { cluster, parts } => match split(&known, *cluster, *parts, opened, progress)? {
            Some(pieces) => pieces,
            None => return Ok(()),
        },
        Regroup::Apply(change) => {
            let changed = apply(known, change, opened)?;
            opened.outbox.tell(Event::Answered(AnalysisAnswer::Clusters(changed)));
            return Ok(());
        }
    };
    let Some(change) = described(&known, pieces, opened, progress)? else { return Ok(()) };
    if progress.is_cancelled() {
        return Ok(());
    }
    // Read again: a cluster may have got its name meanwhile.
    let clustering = apply(read(&wish.clustering, opened)?, &change, opened)?;
    let change = Arc::new(change);
    opened.outbox.tell(Event::Answered(AnalysisAnswer::Regrouped { clustering, change }));
    Ok(())
}

fn read(name: &str, opened: &Opened) -> Result<Clustering, Problem> {
    let found = opened.workspace.now().and_then(|workspace| workspace.clustering(opened.features(), name));
    let gone = || Problem::new(WHAT, format!("there is no clustering {name} any more")).with_remedy("Cluster again.");
    found.map_err(|error| Problem::new(WHAT, error))?.ok_or_else(gone)
}

/// Does what is said and keeps the clustering as it is then; what cannot be kept is not done.
fn apply(known: Clustering, change: &Regrouping, opened: &Opened) -> Result<Arc<Clustering>, Problem> {
    let changed = known.regrouped(change).ok_or_else(|| {
        let remedy = "Look at them as they are now, and try again.";
        Problem::new(WHAT, "they were made or changed anew since").with_remedy(remedy)
    })?;
    let changed = counted_anew(changed, opened);
    let saved = opened.recorder().and_then(|r| r.save_clustering(&changed, |id| opened.catalogue.get(id)));
    saved.map_err(|error| Problem::new(WHAT, error))?;
    Ok(Arc::new(changed))
}

/// What goes, and the images of what comes in which place, with the name it keeps.
struct Pieces {
    before: Vec<ClusterPiece>,
    after: Vec<(u32, Option<String>, Vec<ImageId>)>,
}

fn piece(known: &Clustering, place: u32) -> Result<ClusterPiece, Problem> {
    let missing = || Problem::new(WHAT, format!("there is no cluster {place} any more"));
    let cluster = known.clusters.get(place as usize).ok_or_else(missing)?.clone();
    Ok(ClusterPiece { place, cluster, images: known.members(place).collect() })
}

fn merged(known: &Clustering, clusters: &[u32]) -> Result<Pieces, Problem> {
    let mut places = clusters.to_vec();
    places.sort_unstable();
    places.dedup();
    let [first, _, ..] = places[..] else {
        return Err(Problem::new("Nothing was merged", "it takes two clusters at least"));
    };
    let before = places.iter().map(|place| piece(known, *place)).collect::<Result<Vec<_>, _>>()?;
    let images = before.iter().fold(ImageSet::default(), |all, piece| all.union(&piece.images));
    // The name that a person gave, if they gave one: of several, that of the largest.
    let named = before.iter().filter(|piece| piece.cluster.name.is_some());
    let name = named.max_by_key(|piece| piece.cluster.size).and_then(|piece| piece.cluster.name.clone());
    Ok(Pieces { before, after: vec![(first, name, images.iter().collect())] })
}

/// `None` when cancelled.
fn split(
    known: &Clustering,
    place: u32,
    parts: usize,
    opened: &Opened,
    progress: &Progress,
) -> Result<Option<Pieces>, Problem> {
    let before = piece(known, place)?;
    let searchable = opened.library.vectors(&known.wish.source)?;
    let rows: Vec<usize> = before.images.iter().filter_map(|id| searchable.vectors.row_of(id)).collect();
    let vectors: Vectors = searchable.vectors.rows(&rows);
    let options =
        kmeans::Options { count: parts.max(2), metric: Metric::Cosine, seed: known.wish.seed, ..Default::default() };
    let Some(means) = kmeans::group(&vectors, options, &|| progress.is_cancelled()) else { return Ok(None) };
    let of = by_size(&means.of.into_iter().map(Some).collect::<Vec<_>>());
    let found = of.iter().flatten().max().map_or(0, |last| *last as usize + 1);
    if found < 2 {
        let why = "its images are one to the layer: no difference between them is to be found";
        return Err(Problem::new("The cluster was not split", why).with_remedy("Cluster at another layer."));
    }
    let mut members = vec![Vec::new(); found];
    for (id, of) in vectors.ids.iter().zip(&of) {
        of.iter().for_each(|of| members[*of as usize].push(*id));
    }
    // Images whose vectors went away meanwhile stay where they were.
    let without = before.images.iter().filter(|id| vectors.row_of(*id).is_none());
    members[0].extend(without);
    members[0].sort_unstable();
    let last = known.clusters.len() as u32;
    let place_of = |part: usize| if part == 0 { place } else { last + part as u32 - 1 };
    let after = members.into_iter().enumerate().map(|(part, images)| (place_of(part), None, images)).collect();
    Ok(Some(Pieces { before: vec![before], after }))
}

/// Finds what the new clusters have in common. `None` when cancelled.
fn described(
    known: &Clustering,
    pieces: Pieces,
    opened: &Opened,
    progress: &Progress,
) -> Result<Option<Regrouping>, Problem> {
    let searchable = opened.library.vectors(&known.wish.source)?;
    let members: Vec<&[ImageId]> = pieces.after.iter().map(|(_, _, images)| images.as_slice()).collect();
    let (cancelled, mut is_done) = (|| progress.is_cancelled(), || progress.add(1, 0));
    let found = distinguishing::describe_members(&searchable.vectors, &members, opened, &cancelled, &mut is_done)?;
    let Some(found) = found else { return Ok(None) };
    let after = pieces.after.into_iter().zip(found).map(|((place, name, images), cluster)| ClusterPiece {
        place,
        cluster: Cluster { name, ..cluster },
        images: images.into_iter().collect(),
    });
    Ok(Some(Regrouping {
        clustering: known.wish.name(),
        after: after.collect(),
        before: pieces.before,
        quality: [known.quality.clone(), Some(CHANGED_BY_HAND.to_owned())],
    }))
}
