//! The analyses that run: the engine does several beside each other, one of a kind.

use std::sync::Arc;

use super::OpenedCollection;
use crate::domain::LabelState;
use crate::engine::{AnalysisKind, AnalysisWish, Progress};

/// The analyses that run and, of each kind, the last one that ran: what it found may be told when it has ended.
#[derive(Clone, Debug, Default)]
pub struct Running {
    /// In the order in which they began.
    all: Vec<Begun>,
    /// How many began.
    count: u64,
}

/// An analysis that has begun.
#[derive(Clone, Debug)]
pub struct Begun {
    /// Which it is, to stop it alone.
    pub number: u64,
    /// How far it is.
    pub progress: Arc<Progress>,
    /// By which labels it finds what it finds.
    labels: LabelState,
}

impl Begun {
    /// Of which kind it is; work beside the analyses is of none.
    pub fn kind(&self) -> Option<AnalysisKind> {
        self.progress.wish.as_ref().map(AnalysisWish::kind)
    }
}

impl Running {
    /// One more began, when images had these labels.
    pub fn begin(&mut self, progress: Arc<Progress>, labels: LabelState) {
        let kind = progress.wish.as_ref().map(AnalysisWish::kind);
        // Of a kind that begins anew nobody waits for what the one before found.
        self.all.retain(|begun| !begun.progress.has_ended() || begun.kind().is_some_and(|of| Some(of) != kind));
        self.count += 1;
        self.all.push(Begun { number: self.count, progress, labels });
    }

    /// All that run, in the order in which they began.
    pub fn now(&self) -> impl DoubleEndedIterator<Item = &Begun> {
        self.all.iter().filter(|begun| !begun.progress.has_ended())
    }

    /// The one of a kind, if it runs.
    pub fn of(&self, kind: AnalysisKind) -> Option<&Begun> {
        self.now().rfind(|begun| begun.kind() == Some(kind))
    }

    /// By which labels the last of a kind finds or found what it tells.
    pub(super) fn labels_of(&self, kind: AnalysisKind) -> Option<LabelState> {
        self.all.iter().rfind(|begun| begun.kind() == Some(kind)).map(|begun| begun.labels)
    }
}

impl OpenedCollection {
    /// Whether any analysis runs.
    pub fn is_analysing(&self) -> bool {
        self.analyses.now().next().is_some()
    }

    /// Whether an analysis of this kind runs, whatever else does.
    pub fn is_at(&self, kind: AnalysisKind) -> bool {
        self.analyses.of(kind).is_some()
    }

    /// Whether a map is made, or images are placed on one: the engine does one of these at a time.
    pub fn is_at_map(&self) -> bool {
        self.is_at(AnalysisKind::Map) || self.is_at(AnalysisKind::Placing)
    }
}
