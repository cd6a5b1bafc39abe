//! Analyses ask which engine is to do their work, do as they are told, and tell the reason.

use crate::analysis::{KnnGraph, Watch, knn};
use crate::domain::{GRAPH_RECALL, Metric, Strategy, StrategyChoice, Vectors, Workload, choose};
use crate::engine::message::{AnalysisKind, Event, Progress};
use crate::engine::opened::Opened;

impl Opened {
    /// Asks which engine does a job, and tells the answer with its reason.
    pub(super) fn chosen(&self, of: AnalysisKind, job: Workload) -> StrategyChoice {
        let choice = choose(job);
        self.outbox.tell(Event::StrategyChosen(of, choice.clone()));
        choice
    }
}

/// The nearest neighbours of all vectors, by the engine that is chosen for so many; `watch` is told how far it is. `None` when
/// cancelled.
pub(super) fn neighbour_graph(
    of: AnalysisKind,
    vectors: &Vectors,
    metric: Metric,
    k: usize,
    opened: &Opened,
    progress: &Progress,
    watch: Watch<'_>,
) -> Option<KnnGraph> {
    let job = Workload::Graph { rows: vectors.ids.len(), channels: vectors.matrix.columns() };
    let choice = opened.chosen(of, job);
    let cancelled = || progress.is_cancelled();
    if choice.strategy != Strategy::Cells {
        return knn::exact_watched(vectors, metric, k, watch, &cancelled);
    }
    let found = knn::approximate_watched(vectors, metric, k, GRAPH_RECALL, watch, &cancelled)?;
    let reason = format!("{}; {:.1} % of a sample's true neighbours were found", choice.reason, found.recall * 100.0);
    opened.outbox.tell(Event::StrategyChosen(of, StrategyChoice { reason, ..choice }));
    Some(found.graph)
}

/// Says that the layers of an analysis are summed one after the other.
pub(super) fn sums(of: AnalysisKind, rows: usize, channels: usize, layers: usize, opened: &Opened) {
    let choice = opened.chosen(of, Workload::Sums { rows, channels, layers });
    debug_assert_eq!(choice.strategy, Strategy::LayerByLayer, "no other engine makes sums");
}
