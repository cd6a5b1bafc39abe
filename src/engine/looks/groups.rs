//! The thread that answers questions about groups, clusters or classes: what each has in common, groups against labels and
//! against each other, two beside each other, pictures nearest to a sum or difference.

mod arithmetic;
mod comparison;

use std::sync::Arc;

use crate::analysis::{Cancelled, class_vectors, probe, separation, seriation};
use crate::domain::{
    Cluster, Clustering, Confusion, GroupSimilarity, ImageId, MOST_IN_MATRIX, Metric, Pooling, StoredLayer, Vectors,
};
use crate::engine::analyses::distinguishing;
use crate::engine::analyses::label_counts::labels_of;
use crate::engine::message::{Event, GroupAnswer, GroupLook, GroupLookKind, Groups, Problem, Progress};
use crate::engine::opened::Opened;
use crate::engine::thread::guard::guarded;
use crate::engine::thread::slot::Slot;

/// Answers until nobody asks any more. A question that was overtaken is not answered.
pub fn serve(slot: &Slot<GroupLook, GroupLookKind>, opened: &Opened) {
    while let Some((look, number)) = slot.wait() {
        let of = look.asked();
        let _look = tracing::debug_span!("look", kind = "groups", groups = look.of().len()).entered();
        let progress = Arc::new(Progress::new(title(&look)));
        let passes = matches!(look, GroupLook::Portraits { .. } | GroupLook::Arithmetic(_));
        let gives_up = || slot.is_stale(number) || progress.is_cancelled();
        if passes {
            // It goes through the vectors of all layers: that may take a while, and can be stopped.
            progress.set_total(opened.stored().len().max(1), true);
            opened.outbox.tell(Event::AnalysisStarted(progress.clone()));
        }
        let what = "The groups could not be looked at";
        let found = guarded(what, &of, &opened.outbox, || answer(&look, opened, &progress, &gives_up));
        if passes {
            progress.end();
            opened.outbox.tell(Event::AnalysisEnded { cancelled: progress.is_cancelled() });
        }
        match found {
            Some(Ok(Some(found))) if !slot.is_stale(number) => {
                opened.outbox.tell(Event::Groups(look, Arc::new(found)));
            }
            Some(Ok(None)) if progress.is_cancelled() => {
                let stopped = Problem::new(what, "it was stopped").with_remedy("Ask again when there is time.");
                opened.outbox.complain(of, stopped);
            }
            Some(Err(problem)) => opened.outbox.complain(of, problem),
            Some(Ok(_)) | None => {}
        }
    }
}

fn title(look: &GroupLook) -> &'static str {
    match look {
        GroupLook::Portraits { .. } => "Looking at what classes have in common",
        GroupLook::Matrices(_) => "Comparing groups",
        GroupLook::Comparison { .. } => "Comparing two groups",
        GroupLook::Arithmetic(_) => "Looking for the nearest pictures",
    }
}

/// `None` when it was overtaken or stopped.
fn answer(
    look: &GroupLook,
    opened: &Opened,
    progress: &Progress,
    cancelled: Cancelled<'_>,
) -> Result<Option<GroupAnswer>, Problem> {
    match look {
        GroupLook::Portraits { of, source } => portraits(of, source, opened, progress, cancelled),
        GroupLook::Matrices(of) => matrices(of, opened, cancelled),
        GroupLook::Comparison { of, pair, source } => {
            let found = comparison::compare(of, *pair, source, opened, cancelled)?;
            Ok(found.map(GroupAnswer::Comparison))
        }
        GroupLook::Arithmetic(wish) => arithmetic::pictures(wish, opened, progress, cancelled),
    }
}

fn portraits(
    of: &Groups,
    source: &StoredLayer,
    opened: &Opened,
    progress: &Progress,
    cancelled: Cancelled<'_>,
) -> Result<Option<GroupAnswer>, Problem> {
    let means = match of {
        Groups::Clusters(clustering) => {
            let groups = clustering.clusters.clone();
            return Ok(Some(GroupAnswer::Portraits { groups, separations: Vec::new() }));
        }
        Groups::Classes(means) => means,
    };
    let searchable = opened.library.vectors(source)?;
    let mut is_done = || progress.add(1, 0);
    let vectors = &searchable.vectors;
    let groups = distinguishing::describe_members(vectors, &means.members, opened, cancelled, &mut is_done)?;
    let separations = groups.is_some().then(|| separation::by_means(vectors, &means.members, cancelled)).flatten();
    Ok(groups.zip(separations).map(|(groups, separations)| GroupAnswer::Portraits { groups, separations }))
}

fn matrices(of: &Groups, opened: &Opened, cancelled: Cancelled<'_>) -> Result<Option<GroupAnswer>, Problem> {
    let names: Vec<String> = (0..of.len()).map(|group| of.name(group)).collect();
    let confusion = match of {
        // By the labels of now, which may be others than when they were found.
        Groups::Clusters(clustering) => {
            let groups: Vec<Cluster> = members_of(clustering).iter().map(|members| labelled(members, opened)).collect();
            Confusion::of(&groups, &names, MOST_IN_MATRIX)
        }
        Groups::Classes(means) => {
            let groups: Vec<Cluster> = means.members.iter().map(|members| labelled(members, opened)).collect();
            Confusion::of(&groups, &names, MOST_IN_MATRIX)
        }
    };
    let Some(similarity) = similarity(of, opened, cancelled)? else { return Ok(None) };
    Ok(Some(GroupAnswer::Matrices { confusion, similarity }))
}

/// How many of some images have each label.
fn labelled(members: &[ImageId], opened: &Opened) -> Cluster {
    Cluster { size: members.len(), labels: labels_of(members, opened), ..Cluster::default() }
}

/// Of clusters the cosines between the mean directions of their vectors, of classes those between their class vectors.
fn similarity(of: &Groups, opened: &Opened, cancelled: Cancelled<'_>) -> Result<Option<GroupSimilarity>, Problem> {
    let mut groups = of.places();
    let all = groups.len();
    groups.sort_by_key(|group| (std::cmp::Reverse(of.size(*group)), *group));
    groups.truncate(MOST_IN_MATRIX);
    groups.sort_unstable();
    let count = groups.len();
    let middles: Vec<Vec<f32>> = match of {
        Groups::Classes(means) => groups.iter().map(|class| means.vectors.row(*class).to_vec()).collect(),
        Groups::Clusters(clustering) => {
            let searchable = opened.library.vectors(&clustering.wish.source)?;
            let members = members_of(clustering);
            let middle = |group: &usize| middle_of(&searchable.vectors, &members[*group], cancelled);
            match groups.iter().map(middle).collect::<Option<_>>() {
                Some(middles) => middles,
                None => return Ok(None),
            }
        }
    };
    let mut cosines = vec![1.0f32; count * count];
    for a in 0..count {
        if cancelled() {
            return Ok(None);
        }
        for b in 0..a {
            let cosine = class_vectors::score(Metric::Cosine, &middles[a], &middles[b]) as f32;
            cosines[a * count + b] = cosine;
            cosines[b * count + a] = cosine;
        }
    }
    let distances: Vec<f32> = cosines.iter().map(|cosine| 1.0 - cosine).collect();
    let Some(by_similarity) = seriation::order(&distances, count, cancelled) else { return Ok(None) };
    let left_out = all - count;
    Ok(Some(GroupSimilarity { groups, cosines, by_similarity, left_out }))
}

/// The images of each cluster, ascending.
fn members_of(clustering: &Clustering) -> Vec<Vec<ImageId>> {
    let mut members = vec![Vec::new(); clustering.clusters.len()];
    for (id, cluster) in clustering.ids.iter().zip(&clustering.of) {
        cluster.iter().for_each(|cluster| members[*cluster as usize].push(*id));
    }
    members
}

/// The mean of the directions of some images; `None` when overtaken.
fn middle_of(vectors: &Vectors, members: &[ImageId], cancelled: Cancelled<'_>) -> Option<Vec<f32>> {
    probe::mean_of(vectors, members, Metric::Cosine, cancelled).map(|mean| mean.vector)
}

/// The averages of all stored layers, or of those with these names.
fn averages<'a>(opened: &'a Opened, among: Option<&'a [String]>) -> impl Iterator<Item = &'a StoredLayer> {
    let is_wanted = move |stored: &&StoredLayer| {
        stored.pooling == Pooling::Average && among.is_none_or(|names| names.contains(&stored.layer))
    };
    opened.stored().iter().filter(is_wanted)
}
