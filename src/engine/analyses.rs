//! Analyses that take a while: maps, clusters, communities, near-duplicates, outliers, suspicious labels, the embedding and
//! more. Each runs on a thread of its own.
//!
//! This file is the half of their table that does; wishes, names and answers are the other half, in `message/analysis.rs`.
//! How they run beside each other is in `running.rs`.

pub mod activations;
pub mod arithmetic;
mod centrality;
pub mod choosing;
pub mod class_members;
pub mod classes;
mod cluster;
mod cut_outs;
mod digest;
pub mod distinguishing;
mod duplicates;
mod embed;
pub mod graph;
mod import;
pub mod index;
mod keeping;
pub mod label_counts;
mod odd_pictures;
mod outliers;
mod place;
mod project;
mod regroup;
mod relabel;
mod running;
mod stored_map;
mod suspicious_labels;
mod tag;

use crate::engine::message::{AnalysisKind, AnalysisWish, Finding, Problem, Progress};
use crate::engine::opened::Opened;
use crate::store::{StoreError, Workspace};

pub use running::Analyses;

/// Does what is wished, keeps what came of it and tells it.
fn run(wish: &AnalysisWish, opened: &Opened, progress: &Progress) -> Result<(), Problem> {
    match wish {
        AnalysisWish::Cluster(wish) => cluster::run(wish, opened, progress),
        AnalysisWish::Regroup(wish) => regroup::run(wish, opened, progress),
        AnalysisWish::Project(wish) => project::run(wish, false, opened, progress),
        AnalysisWish::ProjectAndJudgeAll(wish) => project::run(wish, true, opened, progress),
        AnalysisWish::Show(wish) => project::show(wish, opened, progress),
        AnalysisWish::Place(wish) => place::run(wish, opened, progress),
        AnalysisWish::Duplicates(wish) => duplicates::run(wish, opened, progress),
        AnalysisWish::Outliers(wish) => outliers::run(wish, opened, progress),
        AnalysisWish::SuspiciousLabels(wish) => suspicious_labels::run(wish, opened, progress),
        AnalysisWish::OddPictures => odd_pictures::run(opened, progress),
        AnalysisWish::Centrality(wish) => centrality::run(wish, opened, progress),
        AnalysisWish::Index(wish) => index::run(wish, opened, progress),
        AnalysisWish::Classes(wish) => classes::run(wish, opened, progress),
        AnalysisWish::Graph(wish) => graph::run(wish, opened, progress),
        AnalysisWish::Activations(wish) => activations::run(wish, opened, progress),
        AnalysisWish::CutOut(wish) => cut_outs::run(wish, opened, progress),
        AnalysisWish::Embed(thresholds) => embed::run(*thresholds, opened, progress),
    }
}

/// Reads what was found before and is kept.
type Read = fn(&Workspace, &Opened) -> Result<Option<Finding>, StoreError>;

/// How what is kept of a kind is read when a person comes back to it; `None` of kinds that are no findings.
fn reader_of(kind: AnalysisKind) -> Option<Read> {
    match kind {
        AnalysisKind::Duplicates => Some(duplicates::kept),
        AnalysisKind::Outliers => Some(outliers::kept),
        AnalysisKind::SuspiciousLabels => Some(suspicious_labels::kept),
        AnalysisKind::OddPictures => Some(odd_pictures::kept),
        AnalysisKind::Centrality => Some(centrality::kept),
        AnalysisKind::Classes => Some(classes::kept),
        // Shown when a person asks for one of them by its name.
        AnalysisKind::Clusters | AnalysisKind::Map => None,
        // Told with everything that is in the workspace.
        AnalysisKind::Embedding | AnalysisKind::Index | AnalysisKind::Activations => None,
        // On a map, and in files of the person's own.
        AnalysisKind::Placing | AnalysisKind::Graph | AnalysisKind::CutOuts => None,
    }
}
