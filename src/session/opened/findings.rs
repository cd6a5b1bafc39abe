//! What analyses found of the collection, whatever kind they are of, and what did their work.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::{LabelState, StrategyChoice};
use crate::engine::{AnalysisKind, Finding};

/// The last finding of each kind. One kind is treated like another: what was found since is never replaced by what was found
/// before, and all is forgotten when something else is opened.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    found: BTreeMap<AnalysisKind, Known>,
    choices: BTreeMap<AnalysisKind, StrategyChoice>,
}

#[derive(Clone, Debug)]
struct Known {
    finding: Finding,
    is_from_before: bool,
    /// Which labels the images had by then.
    labels: LabelState,
}

impl Findings {
    /// The finding that `pick` is of: `findings.get(Finding::outliers)`.
    pub fn get<'a, T>(&'a self, pick: impl Fn(&'a Finding) -> Option<&'a Arc<T>>) -> Option<&'a Arc<T>> {
        self.found.values().find_map(|known| pick(&known.finding))
    }

    /// Whether what is known of a kind was read back: it was found before the folder was opened, and knows no newer images.
    pub fn is_from_before(&self, kind: AnalysisKind) -> bool {
        self.found.get(&kind).is_some_and(|known| known.is_from_before)
    }

    /// Which strategy did the work of an analysis, and why, as far as that is known: also of maps and clusters.
    pub fn choice(&self, kind: AnalysisKind) -> Option<&StrategyChoice> {
        self.choices.get(&kind)
    }

    /// Which labels the images had when a kind was found, if it was.
    pub(super) fn labels_of(&self, kind: AnalysisKind) -> Option<LabelState> {
        self.found.get(&kind).map(|known| known.labels)
    }

    /// Takes in what was asked for, found by `labels`.
    pub(super) fn take(&mut self, finding: Finding, labels: LabelState) {
        self.found.insert(finding.kind(), Known { finding, is_from_before: false, labels });
    }

    /// Takes in what was found before, unless something was found since.
    pub(super) fn take_stored(&mut self, finding: Finding, labels: LabelState) {
        self.found.entry(finding.kind()).or_insert(Known { finding, is_from_before: true, labels });
    }

    /// Takes in which engine does the work.
    pub(in crate::session) fn take_choice(&mut self, kind: AnalysisKind, choice: StrategyChoice) {
        self.choices.insert(kind, choice);
    }

    /// An analysis is asked for: which engine does its work, if one has to be chosen, will be told.
    pub(super) fn drop_choice(&mut self, kind: AnalysisKind) {
        self.choices.remove(&kind);
    }
}
