//! Clusters and communities: vectors in, groups with what they have in common out.

use std::sync::Arc;
use std::time::Instant;

use crate::analysis::graph::Joined;
use crate::analysis::partition::{by_size, modularity};
use crate::analysis::{Graph, density, fluid, kmeans, leiden, propagation, spectral};
use crate::domain::{ClusterMethod, ClusterWish, Clustering, Metric, Vectors, counted, thousands};
use crate::engine::analyses::choosing::neighbour_graph;
use crate::engine::analyses::distinguishing;
use crate::engine::analyses::label_counts::{agreement, counted_anew};
use crate::engine::message::{AnalysisAnswer, AnalysisKind, Asked, Event, Problem, Progress};
use crate::engine::opened::Opened;
use crate::store::Recorder;

/// Vectors of a deep layer differ in direction; cosine is what neighbours are ranked by, too.
const METRIC: Metric = Metric::Cosine;
/// What the progress counts to: when neighbours are known, when there are groups, and when it is known what they have in
/// common.
const STEPS: usize = 1000;
const NEAR_KNOWN: usize = 400;
const GROUPED: usize = 700;

/// Makes the groups that are wished for, keeps and tells them.
///
/// # Errors
/// When vectors cannot be read or there are none.
pub fn run(wish: &ClusterWish, opened: &Opened, progress: &Progress) -> Result<(), Problem> {
    let started = Instant::now();
    progress.set_total(STEPS, true);
    let searchable = opened.library.vectors(&wish.source)?;
    let vectors = &searchable.vectors;
    if vectors.ids.is_empty() {
        return Err(Problem::new(
            "There is nothing to group",
            format!("no image has vectors at {}", wish.source.layer),
        )
        .with_remedy("Extract features first."));
    }
    let Some((of, quality)) = group(wish, vectors, opened, progress) else { return Ok(()) };
    let of = by_size(&of);
    progress.set_done(GROUPED);
    let Some(clusters) = distinguishing::describe(vectors, &of, opened, progress)? else { return Ok(()) };
    let clustering = Clustering {
        features: opened.features().to_owned(),
        wish: wish.clone(),
        ids: vectors.ids.clone().into(),
        agreement: agreement(&vectors.ids, &of, opened),
        of: of.into(),
        clusters,
        quality,
        elapsed_secs: started.elapsed().as_secs_f64(),
    };
    progress.set_done(STEPS);
    let clustering = Arc::new(clustering);
    opened.outbox.tell(Event::Answered(AnalysisAnswer::Clusters(clustering.clone())));
    let saved = opened.recorder().and_then(|r| r.save_clustering(&clustering, |id| opened.catalogue.get(id)));
    opened.saved("The clustering", Asked::Analysis(AnalysisKind::Clusters), saved);
    Ok(())
}

/// Tells a clustering that was made before, with what is to be said of it by the labels of now.
pub fn tell(name: &str, opened: &Opened) {
    let found = opened.workspace.now().and_then(|w| w.clustering(opened.features(), name));
    let complain = |problem| opened.outbox.complain(Asked::Clustering, problem);
    match found {
        Ok(Some(clustering)) => tell_clusters(clustering, opened),
        Ok(None) => complain(Problem::new("The clustering no longer exists", name)),
        Err(error) => complain(Problem::new("The clustering could not be read", error)),
    }
}

/// Calls a cluster by a name and tells the clustering as it is now.
pub fn rename(clustering: &str, cluster: usize, name: Option<String>, opened: &Opened) {
    let features = opened.features();
    let rename = |recorder: Recorder| {
        recorder.rename_cluster(features, clustering, cluster, name, |id| opened.catalogue.get(id))
    };
    match opened.recorder().and_then(rename) {
        Ok(clustering) => tell_clusters(clustering, opened),
        Err(error) => {
            opened.outbox.complain(Asked::ClusterName, Problem::new("The cluster could not be named", error));
        }
    }
}

/// Tells clusters that were found before, with the labels of now.
fn tell_clusters(clustering: Clustering, opened: &Opened) {
    let clustering = Arc::new(counted_anew(clustering, opened));
    opened.outbox.tell(Event::Answered(AnalysisAnswer::Clusters(clustering)));
}

type Grouped = (Vec<Option<u32>>, Option<String>);

/// `None` when cancelled.
fn group(wish: &ClusterWish, vectors: &Vectors, opened: &Opened, progress: &Progress) -> Option<Grouped> {
    let cancelled = || progress.is_cancelled();
    if wish.method == ClusterMethod::KMeans {
        let options =
            kmeans::Options { count: wish.count, metric: METRIC, seed: wish.seed, ..kmeans::Options::default() };
        let watch = progress.of_first(GROUPED);
        let found = kmeans::group_watched(vectors, options, &watch, &cancelled)?;
        let mut quality = format!("mean squared distance {:.4}", found.inertia / found.of.len().max(1) as f64);
        if let Some(sample) = found.sample {
            quality += &format!(
                "; starts were tried on {} of {}, and the best went on over all for {}",
                thousands(sample),
                counted(vectors.ids.len(), "image", "images"),
                counted(found.sweeps, "sweep", "sweeps")
            );
        }
        return Some((found.of.into_iter().map(Some).collect(), Some(quality)));
    }
    let (rows, channels) = (vectors.ids.len(), vectors.matrix.columns());
    let neighbours = match wish.method {
        ClusterMethod::Density => density::neighbours(rows, channels, wish.neighbours),
        ClusterMethod::KMeans
        | ClusterMethod::Spectral
        | ClusterMethod::Fluid
        | ClusterMethod::Leiden
        | ClusterMethod::Propagation => wish.neighbours,
    };
    let watch = progress.of_first(NEAR_KNOWN);
    let knn = neighbour_graph(AnalysisKind::Clusters, vectors, METRIC, neighbours, opened, progress, &watch)?;
    progress.set_done(NEAR_KNOWN);
    if knn.k() == 0 {
        // One image alone is in no group.
        return Some((vec![None; vectors.ids.len()], None));
    }
    if wish.method == ClusterMethod::Density {
        let found = density::group(vectors, &knn, METRIC, wish.neighbours, wish.least, &cancelled)?;
        let quality = (!density::is_exact(rows, channels)).then(|| {
            format!(
                "close to HDBSCAN's groups, not exactly them: each image's {} nearest were looked at, not all pairs",
                knn.k()
            )
        });
        return Some((found.of, quality));
    }
    let graph = Graph::from_knn(&knn, METRIC, Joined::Either);
    let mut chance = fluid::chance(wish.seed);
    let mut is_settled = true;
    let of = match wish.method {
        ClusterMethod::Spectral => {
            let watch = |share: f32| progress.set_done(NEAR_KNOWN + (share * (GROUPED - NEAR_KNOWN) as f32) as usize);
            let found = spectral::groups(&graph, wish.count, wish.seed, &watch, &cancelled)?;
            is_settled = found.is_settled;
            found.of
        }
        ClusterMethod::Fluid => fluid::communities_of_parts(&graph, wish.count, &mut chance, &cancelled)?,
        ClusterMethod::Leiden => leiden::communities(&graph, wish.resolution, wish.seed),
        ClusterMethod::Propagation | ClusterMethod::KMeans | ClusterMethod::Density => {
            propagation::communities(&graph, wish.seed, &cancelled)?
        }
    };
    let mut quality = format!("modularity {:.3}", modularity(&graph, &of, 1.0));
    if !is_settled {
        quality += "; not all eigenvectors came to rest, so images between two groups may be in either";
    }
    (!cancelled()).then_some((of, Some(quality)))
}
