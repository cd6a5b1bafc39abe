//! The predicate of the filter: asked of the engine, answered as a set of images.

use std::sync::Arc;

use super::OpenedCollection;
use crate::domain::predicate::Vocabulary;
use crate::domain::{Splits, TableColumn, Tags};
use crate::engine::{Look, QueryAnswer, QueryWish, Refusal, Request};
use crate::session::Notices;

impl OpenedCollection {
    /// Asks for the images for which the predicate is true, if there is one.
    pub(super) fn ask_query(&self) -> Vec<Request> {
        let text = &self.chosen.filter.predicate;
        match text.trim().is_empty() {
            true => Vec::new(),
            false => vec![Request::Look(Look::Query(QueryWish { text: text.clone(), count_by: None }))],
        }
    }

    /// Another predicate counts now. What the one before found stays until there is an answer: better than a flash of
    /// everything.
    pub(super) fn drop_query(&mut self) {
        self.query_error = None;
        self.query_remarks.clear();
        self.is_query_unanswered = !self.chosen.filter.predicate.trim().is_empty();
        self.follow_predicate();
        if self.chosen.filter.predicate.trim().is_empty() {
            self.matching = None;
        }
    }

    pub(in crate::session) fn take_query_answer(&mut self, answer: QueryAnswer, notices: &mut Notices) -> Vec<Request> {
        if answer.wish.text != self.chosen.filter.predicate {
            return Vec::new();
        }
        self.is_query_unanswered = false;
        match answer.found {
            Ok(found) => {
                self.query_error = None;
                self.query_remarks = found.remarks;
                if self.matching.as_ref() == Some(&found.set) {
                    return Vec::new();
                }
                self.matching = Some(found.set);
                return self.refresh_shown();
            }
            Err(Refusal::Text(error)) => self.query_error = Some(error),
            Err(Refusal::Problem(problem)) => notices.tell_problem(problem),
        }
        Vec::new()
    }

    /// What is asked of tags has another answer now.
    pub(in crate::session) fn take_tags(&mut self, tags: Arc<Tags>) -> Vec<Request> {
        self.tags = tags;
        let mut requests = self.ask_tally_anew();
        requests.extend(self.ask_query());
        requests.extend(self.refresh_if_by(TableColumn::Tags));
        requests.extend(self.follow_decisions());
        requests
    }

    /// Other images are in a split, and what is asked of splits has another answer now.
    pub(in crate::session) fn take_splits(&mut self, splits: Arc<Splits>) -> Vec<Request> {
        self.splits = splits;
        let mut requests = self.ask_query();
        requests.extend(self.refresh_if_by(TableColumn::Split));
        requests
    }

    /// The names a predicate may use here.
    pub fn vocabulary(&self) -> Vocabulary {
        let mut layers: Vec<String> = Vec::new();
        for stored in self.collection().iter().flat_map(|collection| &collection.stored) {
            if layers.last() != Some(&stored.layer) {
                layers.push(stored.layer.clone());
            }
        }
        let clusterings = self.clusterings.iter().map(|name| {
            let shown = self.clustering.as_ref().filter(|shown| shown.wish.name() == *name);
            let names = shown.iter().flat_map(|shown| &shown.clusters).filter_map(|cluster| cluster.name.clone());
            (name.clone(), names.collect())
        });
        Vocabulary {
            labels: self.images.labels().keys().filter(|label| !label.is_empty()).cloned().collect(),
            tags: self.tags.iter().map(|(tag, _)| tag.to_owned()).collect(),
            clusterings: clusterings.collect(),
            layers,
        }
    }
}
