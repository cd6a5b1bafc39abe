//! Looking after the workspace itself: what is wished, and what comes of it.

use std::sync::Arc;

use super::OpenedCollection;
use crate::domain::{IndexRecord, StoredActivations};
use crate::engine::{ActivationsWish, AnalysisWish, IndexWish, MaintenanceReport, MaintenanceWish, Request};
use crate::session::Notices;

/// What can be wished of the workspace. Nothing happens where none is open.
#[derive(Clone, Debug, PartialEq)]
pub enum Maintain {
    /// Look at the workspace itself, or change it.
    Maintenance(MaintenanceWish),
    /// Build, extend or remove an index over vectors.
    Index(IndexWish),
    /// Store whole activations of layers, or remove them.
    Activations(ActivationsWish),
    /// Stop the work on it.
    Stop,
}

impl Maintain {
    /// What to ask when the person first looks at the workspace.
    pub fn inspect() -> Self {
        Self::Maintenance(MaintenanceWish::Inspect { measured: false })
    }
}

impl OpenedCollection {
    pub(in crate::session) fn maintain(&mut self, wish: Maintain) -> Vec<Request> {
        match wish {
            Maintain::Maintenance(_) | Maintain::Index(_) | Maintain::Activations(_) if self.collection().is_none() => {
                Vec::new()
            }
            Maintain::Maintenance(wish) => {
                self.maintenance.problem = None;
                vec![Request::Maintain(wish)]
            }
            Maintain::Index(wish) => vec![Request::Analyse(AnalysisWish::Index(wish))],
            Maintain::Activations(wish) => vec![Request::Analyse(AnalysisWish::Activations(wish))],
            Maintain::Stop => {
                if let Some(progress) = &self.maintenance.progress {
                    progress.cancel();
                }
                Vec::new()
            }
        }
    }

    /// The whole activations of a layer, if they are kept.
    pub fn stored_activations(&self, layer: &str) -> Option<&StoredActivations> {
        self.stored_activations.iter().find(|kept| kept.layer == layer && kept.images > 0)
    }

    /// Activations cost something, and with them other questions can be answered.
    pub(super) fn take_stored_activations(&mut self, kept: Vec<StoredActivations>) -> Vec<Request> {
        let is_other = std::mem::replace(&mut self.stored_activations, kept) != self.stored_activations;
        if !is_other {
            return Vec::new();
        }
        let is_seen = self.maintenance.news.is_some() && !self.maintenance.is_busy();
        let look = is_seen.then_some(Request::Maintain(MaintenanceWish::Inspect { measured: false }));
        let again = if self.chosen.anywhere { self.ask_neighbours() } else { Vec::new() };
        look.into_iter().chain(again).collect()
    }

    /// What there is now costs something, which is looked at again if anybody ever did.
    pub(super) fn take_indices(&mut self, indices: Vec<IndexRecord>) -> Vec<Request> {
        let is_other = std::mem::replace(&mut self.indices, indices) != self.indices;
        let is_seen = is_other && self.maintenance.news.is_some() && !self.maintenance.is_busy();
        is_seen.then_some(Request::Maintain(MaintenanceWish::Inspect { measured: false })).into_iter().collect()
    }

    /// Images that came are to be in the indices.
    pub(super) fn keep_indices_up(&self) -> Option<Request> {
        (!self.indices.is_empty()).then_some(Request::Analyse(AnalysisWish::Index(IndexWish::KeepUp)))
    }

    /// Of pictures that have changed the activations are not those kept any more.
    pub(super) fn count_activations(&self) -> Option<Request> {
        let list = || Request::Analyse(AnalysisWish::Activations(ActivationsWish::List));
        (!self.stored_activations.is_empty()).then(list)
    }

    pub(in crate::session) fn take_maintenance_report(&mut self, news: Arc<MaintenanceReport>, notices: &mut Notices) {
        if !news.done.is_empty() {
            notices.tell_news(news.done.clone());
        }
        self.maintenance.problem = None;
        self.maintenance.news = Some(news);
    }
}
