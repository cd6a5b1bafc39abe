//! Labels, splits and boxes from files: what importing them would do, the import itself, and what came of it.

use std::sync::Arc;

use super::OpenedCollection;
use crate::domain::counted;
use crate::engine::{ImportParts, ImportReport, ImportWish, Problem, Progress, Request};
use crate::session::{NoticeOf, NoticeText, Notices};

/// What can be wished of an import.
#[derive(Clone, Debug, PartialEq)]
pub enum Import {
    /// Say what importing this would do.
    Look(ImportWish),
    /// Let labels that were given by hand give way, too, or keep them.
    OverHand(bool),
    /// Import only these parts of what was looked at.
    Parts(ImportParts),
    /// Import what was looked at.
    Begin,
    /// Stop it, as long as nothing is written.
    Stop,
    /// Choose another file: what came of the last one was seen.
    Again,
}

/// How far it is.
#[derive(Clone, Debug, Default)]
pub enum ImportState {
    /// Nothing was wished.
    #[default]
    Idle,
    /// Files are read.
    Looking {
        /// Which.
        wish: ImportWish,
        /// How far that is, once it has begun.
        progress: Option<Arc<Progress>>,
    },
    /// What importing would do is known, and waits for the person's word.
    Known {
        /// What would be imported.
        wish: ImportWish,
        /// What that would do.
        report: Arc<ImportReport>,
    },
    /// It is being imported.
    Running {
        /// What.
        wish: ImportWish,
        /// What was said it would do.
        report: Arc<ImportReport>,
        /// How far it is, once it has begun.
        progress: Option<Arc<Progress>>,
    },
    /// It could not be read, or not be imported.
    Failed(Problem),
    /// It is imported.
    Done(Arc<ImportReport>),
}

impl ImportState {
    /// How far it is, if it runs.
    pub fn progress(&self) -> Option<&Arc<Progress>> {
        match self {
            Self::Looking { progress, .. } | Self::Running { progress, .. } => progress.as_ref(),
            Self::Idle | Self::Known { .. } | Self::Failed(_) | Self::Done(_) => None,
        }
    }

    /// Whether it is at its end and nothing is left to be said or chosen, once that was seen.
    pub fn is_over(&self) -> bool {
        matches!(self, Self::Failed(_) | Self::Done(_))
    }

    /// Whether it waits for the engine.
    pub fn is_busy(&self) -> bool {
        matches!(self, Self::Looking { .. } | Self::Running { .. })
    }
}

impl OpenedCollection {
    pub(in crate::session) fn import(&mut self, wish: Import) -> Vec<Request> {
        if self.collection().is_none() {
            return Vec::new();
        }
        match wish {
            Import::Look(_) | Import::Again if self.import.is_busy() => Vec::new(),
            Import::Look(wish) => {
                self.import = ImportState::Looking { wish: wish.clone(), progress: None };
                vec![Request::PlanImport(wish)]
            }
            Import::OverHand(over_hand) => {
                if let ImportState::Known { wish, report } = &mut self.import {
                    wish.over_hand = over_hand;
                    Arc::make_mut(report).over_hand = over_hand;
                }
                Vec::new()
            }
            Import::Parts(parts) => {
                if let ImportState::Known { wish, report } = &mut self.import {
                    wish.parts = parts;
                    Arc::make_mut(report).parts = parts;
                }
                Vec::new()
            }
            Import::Begin => {
                let ImportState::Known { wish, report } = &self.import else { return Vec::new() };
                let (wish, report) = (wish.clone(), report.clone());
                self.import = ImportState::Running { wish: wish.clone(), report, progress: None };
                vec![Request::Import(wish)]
            }
            Import::Stop => vec![Request::StopImport],
            Import::Again => {
                self.import = ImportState::Idle;
                Vec::new()
            }
        }
    }

    pub(in crate::session) fn take_import_start(&mut self, begun: Arc<Progress>) {
        if let ImportState::Looking { progress, .. } | ImportState::Running { progress, .. } = &mut self.import {
            *progress = Some(begun);
        }
    }

    /// What importing would do.
    pub(in crate::session) fn take_import_plan(&mut self, report: Arc<ImportReport>) {
        if let ImportState::Looking { wish, progress: Some(_) } = &self.import {
            self.import = ImportState::Known { wish: wish.clone(), report };
        }
    }

    /// Nothing was written: what was known of it still is.
    pub(in crate::session) fn take_import_stop(&mut self) {
        self.import = match std::mem::take(&mut self.import) {
            ImportState::Looking { progress: Some(_), .. } => ImportState::Idle,
            ImportState::Running { wish, report, .. } => ImportState::Known { wish, report },
            other @ (ImportState::Idle
            | ImportState::Looking { .. }
            | ImportState::Known { .. }
            | ImportState::Failed(_)
            | ImportState::Done(_)) => other,
        };
    }

    /// It is imported. Boxes that were counted before are others now. Where nothing was to be imported, since the file is another than
    /// when it was looked at, that is what is known of it.
    pub(in crate::session) fn take_import(&mut self, report: Arc<ImportReport>, notices: &mut Notices) {
        if report.refusal().is_some()
            && let ImportState::Running { wish, .. } = &self.import
        {
            self.import = ImportState::Known { wish: wish.clone(), report };
            return;
        }
        let pictures = counted(report.matched, "picture", "pictures");
        let boxes = counted(report.boxes.boxes, "box", "boxes");
        let what = match report.parts {
            ImportParts::All => format!("{pictures}, {boxes}"),
            ImportParts::Labels => format!("labels of {pictures}"),
            ImportParts::Boxes => boxes,
        };
        notices.tell_of(NoticeOf::Import, NoticeText::News(format!("{} imported: {what}", report.format.title())));
        self.cut_outs.counts = None;
        self.forget_label_edits();
        self.forget_boxes();
        self.import = ImportState::Done(report);
    }

    /// It could not be read or imported; or what was imported another day cannot be read, which is no matter of the dialog's.
    pub(in crate::session) fn fail_to_import(&mut self, problem: Problem) {
        if self.import.is_busy() {
            self.import = ImportState::Failed(problem);
        }
    }
}
