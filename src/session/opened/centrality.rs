//! Where images stand in the graph of nearest neighbours, as the gallery's order and the map's colours need it.

use std::sync::Arc;

use super::OpenedCollection;
use crate::domain::{Centrality, CentralityReport, CentralityWish, Standing};
use crate::engine::{AnalysisKind, AnalysisWish, Finding, Request};

impl OpenedCollection {
    /// What was measured last, at whatever layer.
    pub fn centrality(&self) -> Option<&Arc<CentralityReport>> {
        self.findings.get(Finding::centrality)
    }

    /// Where images stand by one measure, if it is known.
    pub fn standing(&self, by: Centrality) -> Option<&Standing> {
        self.centrality()?.standing(by)
    }

    /// What is to be measured so that it is known of all images at the layer looked at; `None` if it is, if it is being
    /// measured, or if the layer has no vectors.
    pub fn centrality_to_measure(&self) -> Option<CentralityWish> {
        let (images @ 1.., _) = self.committed? else { return None };
        let wish = CentralityWish::new(self.source()?);
        let is_known = self.centrality().is_some_and(|of| of.wish.source == wish.source && of.ids.len() == images);
        (!is_known && !self.is_measuring(&wish)).then_some(wish)
    }

    fn is_measuring(&self, wish: &CentralityWish) -> bool {
        let is_it = |running: &AnalysisWish| matches!(running, AnalysisWish::Centrality(running) if running == wish);
        let running = self.analyses.of(AnalysisKind::Centrality).filter(|begun| !begun.progress.is_cancelled());
        running.and_then(|begun| begun.progress.wish.as_ref()).is_some_and(is_it)
    }

    /// Takes in what was asked for.
    pub(super) fn take_finding(&mut self, finding: Finding) -> Vec<Request> {
        let kind = finding.kind();
        let labels = finding.by_labels().unwrap_or_else(|| self.labels_of_analysis(kind));
        self.findings.take(finding, labels);
        self.compare_labels();
        self.refresh_if_by_centrality(kind)
    }

    /// Takes in what was found before, unless something was found since.
    pub(super) fn take_stored_finding(&mut self, finding: Finding) -> Vec<Request> {
        let kind = finding.kind();
        // Of what does not say it they are taken to be those of now.
        let labels = finding.by_labels().unwrap_or_else(|| self.images.label_state());
        self.findings.take_stored(finding, labels);
        self.compare_labels();
        self.refresh_if_by_centrality(kind)
    }

    fn refresh_if_by_centrality(&mut self, found: AnalysisKind) -> Vec<Request> {
        if found != AnalysisKind::Centrality {
            return Vec::new();
        }
        // Predicates ask for what was measured last.
        let mut requests = self.ask_query();
        if self.chosen.sort.column().is_some_and(|column| column.centrality().is_some()) {
            requests.extend(self.refresh_shown());
        }
        requests
    }
}
