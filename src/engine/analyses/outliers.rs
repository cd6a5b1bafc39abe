//! Outliers at a layer, by three scores at once.
//!
//! Stored as `outliers_<features>_<layer>_<pooling>.lance`: each image with a vector, and `distance`, `factor`, `cluster` (f32).

use std::sync::Arc;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use crate::analysis::kmeans;
use crate::analysis::outliers::{cluster_scores, kth_distances, local_outlier_factor};
use crate::domain::{Metric, OutlierReport, OutlierScore, OutlierWish};
use crate::engine::analyses::choosing::neighbour_graph;
use crate::engine::message::{AnalysisKind, Finding, Problem, Progress};
use crate::engine::opened::Opened;
use crate::store::{FoundColumn, FoundTable, StoreError, Workspace};

/// As neighbours are ranked by.
const METRIC: Metric = Metric::Cosine;

/// What there is to do in all, when the nearest neighbours are known, and when what follows from them alone is.
const STEPS: usize = 1000;
const NEAR_KNOWN: usize = 600;
const FACTORS_KNOWN: usize = 700;

/// Scores every image, keeps and tells the scores.
///
/// # Errors
/// When vectors cannot be read or there are too few.
pub fn run(wish: &OutlierWish, opened: &Opened, progress: &Progress) -> Result<(), Problem> {
    let started = Instant::now();
    progress.set_total(STEPS, true);
    let cancelled = || progress.is_cancelled();
    let searchable = opened.library.vectors(&wish.source)?;
    let vectors = &searchable.vectors;
    if vectors.ids.len() < 3 {
        return Err(Problem::new("There is nothing to compare", "fewer than three images have vectors at this layer")
            .with_remedy("Extract features first."));
    }
    let watch = progress.of_first(NEAR_KNOWN);
    let graph = neighbour_graph(AnalysisKind::Outliers, vectors, METRIC, wish.k, opened, progress, &watch);
    let Some(graph) = graph else { return Ok(()) };
    let Some(factors) = local_outlier_factor(&graph, &cancelled) else { return Ok(()) };
    progress.set_done(FACTORS_KNOWN);
    // As many clusters as is usual where nothing is known (Mardia, Kent and Bibby 1979).
    let count = ((vectors.ids.len() as f64 / 2.0).sqrt() as usize).clamp(2, 100);
    let options = kmeans::Options { count, metric: METRIC, ..kmeans::Options::default() };
    let Some(found) = kmeans::group(vectors, options, &cancelled) else { return Ok(()) };
    let of: Vec<Option<u32>> = found.of.into_iter().map(Some).collect();
    let Some(clusters) = cluster_scores(vectors, &of, METRIC, &cancelled) else { return Ok(()) };
    progress.set_done(STEPS);
    let report = OutlierReport {
        features: opened.features().to_owned(),
        wish: wish.clone(),
        ids: vectors.ids.clone().into(),
        distances: kth_distances(&graph, wish.k).into(),
        factors: factors.into(),
        clusters: clusters.into_iter().map(|score| score.unwrap_or(f32::INFINITY)).collect(),
        elapsed_secs: started.elapsed().as_secs_f64(),
    };
    opened.keep_found("The list of outliers", &to_table(&report), Finding::Outliers(Arc::new(report)));
    Ok(())
}

/// What is kept of a list besides the scores. Tables of earlier versions hold the wish alone.
#[derive(Serialize, Deserialize)]
struct About {
    #[serde(flatten)]
    wish: OutlierWish,
    #[serde(default)]
    elapsed_secs: f64,
}

fn to_table(report: &OutlierReport) -> FoundTable<About> {
    let column = |by: OutlierScore| (by.word().to_owned(), FoundColumn::Numbers(report.scores(by).to_vec()));
    FoundTable {
        name: report.table(),
        about: About { wish: report.wish.clone(), elapsed_secs: report.elapsed_secs },
        ids: report.ids.to_vec(),
        columns: OutlierScore::ALL.map(column).to_vec(),
    }
}

/// The scores found last, whatever the layer; `None` when none were looked for.
///
/// # Errors
/// When they cannot be read.
pub fn kept(workspace: &Workspace, opened: &Opened) -> Result<Option<Finding>, StoreError> {
    let features = opened.features();
    let Some(table) = workspace.latest_found::<About>(&format!("outliers_{features}_"))? else { return Ok(None) };
    let [Some(distances), Some(factors), Some(clusters)] = OutlierScore::ALL.map(|by| table.numbers(by.word())) else {
        return Err(workspace.found_damaged(&table, "it lacks a score"));
    };
    let About { wish, elapsed_secs } = table.about;
    let features = features.to_owned();
    let [distances, factors, clusters] = [distances, factors, clusters].map(Into::into);
    let report = OutlierReport { features, wish, ids: table.ids.into(), distances, factors, clusters, elapsed_secs };
    Ok(Some(Finding::Outliers(Arc::new(report))))
}
