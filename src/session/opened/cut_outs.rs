//! Boxes that become pictures of their own: counted, cut out, and what came of it.

use std::sync::Arc;

use super::OpenedCollection;
use crate::engine::{AnalysisWish, BoxCounts, CutOutReport, CutOutWish, Problem, Progress, Request};

/// What can be wished of boxes.
#[derive(Clone, Debug, PartialEq)]
pub enum CutOut {
    /// Count those that can be cut out.
    Count,
    /// Cut these out.
    Begin(CutOutWish),
    /// Stop; what was cut out stays.
    Stop,
    /// Cut out others: what came of the last ones was seen.
    Again,
}

/// How far it is.
#[derive(Clone, Debug, Default)]
pub enum CutOutState {
    /// Nothing was wished.
    #[default]
    Idle,
    /// Boxes are being cut out.
    Running {
        /// Which, and where to.
        wish: CutOutWish,
        /// How far it is, once it has begun.
        progress: Option<Arc<Progress>>,
    },
    /// It was stopped before its end.
    Stopped,
    /// They could not be counted, or cut out.
    Failed(Problem),
    /// It is done.
    Done(Arc<CutOutReport>),
}

/// What is known of boxes that become pictures.
#[derive(Clone, Debug, Default)]
pub struct CutOuts {
    /// Those there are, once they were counted.
    pub counts: Option<Arc<BoxCounts>>,
    /// How far it is.
    pub state: CutOutState,
}

impl CutOuts {
    /// An analysis has begun: perhaps this one.
    pub(super) fn take_start(&mut self, begun: &Arc<Progress>) {
        if let CutOutState::Running { wish, progress: progress @ None } = &mut self.state
            && begun.wish.as_ref().is_some_and(|begun| matches!(begun, AnalysisWish::CutOut(begun) if begun == wish))
        {
            *progress = Some(begun.clone());
        }
    }

    /// They could not be counted: what is being cut out goes on.
    pub(in crate::session) fn fail_to_count(&mut self, problem: Problem) {
        if !matches!(self.state, CutOutState::Running { .. }) {
            self.state = CutOutState::Failed(problem);
        }
    }

    /// An analysis has ended: if it was this one and nothing came of it, it was stopped.
    pub(in crate::session) fn take_end(&mut self) {
        if let CutOutState::Running { progress: Some(progress), .. } = &self.state
            && progress.has_ended()
            && progress.is_cancelled()
        {
            self.state = CutOutState::Stopped;
        }
    }
}

impl OpenedCollection {
    pub(in crate::session) fn cut_out(&mut self, wish: CutOut) -> Vec<Request> {
        if self.collection().is_none() {
            return Vec::new();
        }
        match wish {
            CutOut::Count => {
                self.cut_outs.counts = None;
                if matches!(self.cut_outs.state, CutOutState::Stopped | CutOutState::Failed(_)) {
                    self.cut_outs.state = CutOutState::Idle;
                }
                vec![Request::CountBoxes]
            }
            CutOut::Begin(wish) => {
                self.cut_outs.state = CutOutState::Running { wish: wish.clone(), progress: None };
                vec![Request::Analyse(AnalysisWish::CutOut(wish))]
            }
            CutOut::Stop => {
                if let CutOutState::Running { progress: Some(progress), .. } = &self.cut_outs.state {
                    progress.cancel();
                }
                Vec::new()
            }
            CutOut::Again => {
                self.cut_outs.state = CutOutState::Idle;
                Vec::new()
            }
        }
    }
}
