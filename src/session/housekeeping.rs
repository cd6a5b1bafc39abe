//! Work on the workspace itself: what is wished, and what comes of it.

use std::sync::Arc;

use super::notice::NoticeText;
use super::{Action, Session};
use crate::domain::{IndexRecord, KeptActivations};
use crate::engine::{ActivationsWish, AnalysisWish, HouseNews, HouseWish, IndexWish, Request};

impl Session {
    /// Looks at the workspace that is open, or changes it.
    pub(super) fn keep_house(&mut self, wish: HouseWish) -> Vec<Request> {
        if self.collection().is_none() {
            return Vec::new();
        }
        self.house.problem = None;
        vec![Request::KeepHouse(wish)]
    }

    /// Begins an analysis that is wished for where the workspace is shown.
    pub(super) fn analyse_if_open(&self, wish: AnalysisWish) -> Vec<Request> {
        self.collection().map(|_| Request::Analyse(wish)).into_iter().collect()
    }

    /// The whole activations of a layer, if they are kept.
    pub fn kept_activations(&self, layer: &str) -> Option<&KeptActivations> {
        self.kept_activations.iter().find(|kept| kept.layer == layer && kept.images > 0)
    }

    /// Activations cost something, and with them other questions can be answered.
    pub(super) fn take_kept_activations(&mut self, kept: Vec<KeptActivations>) -> Vec<Request> {
        let is_other = std::mem::replace(&mut self.kept_activations, kept) != self.kept_activations;
        if !is_other {
            return Vec::new();
        }
        let is_seen = self.house.news.is_some() && !self.house.is_busy();
        let look = is_seen.then_some(Request::KeepHouse(HouseWish::Look { measured: false }));
        let again = if self.chosen.anywhere { self.ask_neighbours() } else { Vec::new() };
        look.into_iter().chain(again).collect()
    }

    /// What there is now costs something, which is looked at again if anybody ever did.
    pub(super) fn take_indices(&mut self, indices: Vec<IndexRecord>) -> Vec<Request> {
        let is_other = std::mem::replace(&mut self.indices, indices) != self.indices;
        let is_seen = is_other && self.house.news.is_some() && !self.house.is_busy();
        is_seen.then_some(Request::KeepHouse(HouseWish::Look { measured: false })).into_iter().collect()
    }

    /// Images that came are to be in the indices.
    pub(super) fn keep_indices_up(&self) -> Option<Request> {
        (!self.indices.is_empty()).then_some(Request::Analyse(AnalysisWish::Index(IndexWish::KeepUp)))
    }

    /// Of pictures that have changed the activations are not those kept any more.
    pub(super) fn count_activations(&self) -> Option<Request> {
        let list = || Request::Analyse(AnalysisWish::Activations(ActivationsWish::List));
        (!self.kept_activations.is_empty()).then(list)
    }

    pub(super) fn take_house_news(&mut self, news: Arc<HouseNews>) {
        if !news.done.is_empty() {
            self.tell(NoticeText::News(news.done.clone()));
        }
        self.house.problem = None;
        self.house.news = Some(news);
    }

    /// What to ask when the person first looks at the workspace.
    pub fn house_look() -> Action {
        Action::KeepHouse(HouseWish::Look { measured: false })
    }
}
