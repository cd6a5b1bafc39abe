//! Outliers at a layer, by three scores at once.

use std::sync::Arc;
use std::time::Instant;

use crate::analysis::kmeans;
use crate::analysis::outliers::{cluster_scores, kth_distances, local_outlier_factor};
use crate::domain::{Metric, OutlierReport, OutlierWish};
use crate::engine::analyses::choosing::neighbour_graph;
use crate::engine::message::{AnalysisKind, Asked, ChosenFor, Event, Problem, Progress};
use crate::engine::opened::Opened;

/// As neighbours are ranked by.
const METRIC: Metric = Metric::Cosine;

/// Scores every image, keeps and tells the scores.
///
/// # Errors
/// When vectors cannot be read or there are too few.
pub fn run(wish: &OutlierWish, opened: &Opened, progress: &Progress) -> Result<(), Problem> {
    let started = Instant::now();
    progress.set_total(3, true);
    let cancelled = || progress.is_cancelled();
    let shelf = opened.library.vectors(&wish.source)?;
    let vectors = &shelf.vectors;
    if vectors.ids.len() < 3 {
        return Err(Problem::new("There is nothing to compare", "fewer than three images have vectors at this layer")
            .with_remedy("Extract features first."));
    }
    let Some(graph) = neighbour_graph(ChosenFor::Outliers, vectors, METRIC, wish.k, opened, progress) else {
        return Ok(());
    };
    progress.set_done(1);
    let Some(factors) = local_outlier_factor(&graph, &cancelled) else { return Ok(()) };
    progress.set_done(2);
    // As many clusters as is usual where nothing is known (Mardia, Kent and Bibby 1979).
    let count = ((vectors.ids.len() as f64 / 2.0).sqrt() as usize).clamp(2, 100);
    let options = kmeans::Options { count, metric: METRIC, ..kmeans::Options::default() };
    let Some(found) = kmeans::group(vectors, options, &cancelled) else { return Ok(()) };
    let of: Vec<Option<u32>> = found.of.into_iter().map(Some).collect();
    let Some(clusters) = cluster_scores(vectors, &of, METRIC, &cancelled) else { return Ok(()) };
    progress.set_done(3);
    let report = Arc::new(OutlierReport {
        features: opened.features().to_owned(),
        wish: wish.clone(),
        ids: vectors.ids.clone(),
        distances: kth_distances(&graph, wish.k),
        factors,
        clusters: clusters.into_iter().map(|score| score.unwrap_or(f32::INFINITY)).collect(),
        elapsed_secs: started.elapsed().as_secs_f64(),
    });
    let saved = opened.recorder().and_then(|recorder| recorder.save_outliers(&report, |id| opened.roll.get(id)));
    opened.saved("The list of outliers", Asked::Analysis(AnalysisKind::Outliers), saved);
    opened.outbox.tell(Event::Outliers(report));
    Ok(())
}
