//! Which images the gallery shows, and in which order.
//!
//! An order of few images is made at once. One of many is asked for, and what was shown before is shown until it is there:
//! so no choice and no news costs a look at every image here.

use super::OpenedCollection;
use crate::domain::{ImageFacts, ImageId, ImageOrder, ImageSet, OrderBy, OrderWish, Sort, TableColumn};
use crate::engine::{CatalogueLook, Look, Request};

/// Up to so many images are looked through where the window is drawn: it takes a millisecond or two.
pub(super) const AT_ONCE: usize = 4096;

/// The order that is being made.
#[derive(Clone, Debug, Default)]
pub(super) struct Ordering {
    /// Of the last one that was asked for.
    number: u64,
    /// Whether it is not there yet.
    is_awaited: bool,
    /// Whether more was learned since that it should know.
    is_overtaken: bool,
    /// How often other images were shown: two states with the same number show the same ones.
    pub(super) shown_state: u64,
}

impl OpenedCollection {
    /// Whether an order is being made that is not shown yet.
    pub fn is_ordering(&self) -> bool {
        self.pending.ordering.is_awaited
    }

    /// How many of the images that alone are to be seen are shown: the filter may ask more, and what is to be removed is hidden.
    pub fn shown_of(&self, only: &ImageSet) -> usize {
        self.shown.len().min(only.len())
    }

    /// What is known of all images now.
    pub fn facts(&self) -> ImageFacts {
        ImageFacts {
            images: self.images.clone(),
            splits: self.splits.clone(),
            tags: self.tags.clone(),
            clustering: self.clustering.clone(),
            map: self.projection().cloned(),
            centrality: self.centrality().cloned(),
        }
    }

    /// More is known in a column: the order may be another, if it is by that.
    pub(super) fn refresh_if_by(&mut self, column: TableColumn) -> Vec<Request> {
        match self.chosen.sort.column() == Some(column) {
            true => self.refresh_shown_soon(),
            false => Vec::new(),
        }
    }

    /// Another order is wanted now: whatever was asked for before is of no use.
    pub(super) fn refresh_shown(&mut self) -> Vec<Request> {
        let wish = self.order_wish();
        self.pending.ordering.number += 1;
        self.pending.ordering.is_overtaken = false;
        self.pending.ordering.is_awaited = self.images.len() > AT_ONCE;
        if self.pending.ordering.is_awaited {
            let number = self.pending.ordering.number;
            return vec![Request::Look(Look::Catalogue(CatalogueLook::Order { number, wish }))];
        }
        match wish.make(&|| false) {
            Some(order) => self.show(order),
            None => Vec::new(),
        }
    }

    /// More is known, and the order may be another. It is made anew when the one that is being made is there: if news came
    /// faster than orders are made, each would be overtaken by the next, and none be shown.
    pub(super) fn refresh_shown_soon(&mut self) -> Vec<Request> {
        if self.pending.ordering.is_awaited {
            self.pending.ordering.is_overtaken = true;
            return Vec::new();
        }
        self.refresh_shown()
    }

    /// Takes in an order that was asked for, unless another was since.
    pub(in crate::session) fn take_order(&mut self, number: u64, order: ImageOrder) -> Vec<Request> {
        if number != self.pending.ordering.number || !self.pending.ordering.is_awaited {
            return Vec::new();
        }
        self.pending.ordering.is_awaited = false;
        let mut requests = self.show(order);
        if self.pending.ordering.is_overtaken {
            requests.extend(self.refresh_shown());
        }
        requests
    }

    /// The order that was asked for will not come: what is shown stays.
    pub(super) fn give_up_order(&mut self, number: u64) {
        if number == self.pending.ordering.number {
            self.pending.ordering.is_awaited = false;
        }
    }

    /// Images were found. Whether they are simply behind the others now.
    pub(super) fn append_shown(&mut self, first_new: usize) -> bool {
        let (known, count) = (&self.images, self.images.len());
        if count - first_new > AT_ONCE || self.chosen.sort != Sort::Path || self.pending.ordering.is_awaited {
            return false;
        }
        // The walk finds images in path order: usually they just follow, and nothing need be sorted.
        let last = self.shown.last().and_then(|id| known.get(id)).map(|image| image.path);
        let new = || known.range(first_new..count);
        let follows = new().is_sorted_by_key(|image| image.path)
            && new().next().is_none_or(|first| last.is_none_or(|last| last <= first.path));
        if !follows {
            return false;
        }
        let filter = &self.chosen.filter;
        let (mut named, has_predicate) = (filter.passing(), !filter.predicate.trim().is_empty());
        let (matching, hidden) = (self.matching.as_ref().filter(|_| has_predicate), self.hidden());
        let passing: Vec<ImageId> = new()
            .filter(|image| named.accepts(image) && matching.is_none_or(|found| found.contains(image.id)))
            .filter(|image| !hidden.is_some_and(|hidden| hidden.contains(image.id)))
            .map(|image| image.id)
            .collect();
        self.pending.ordering.shown_state += u64::from(!passing.is_empty());
        passing.into_iter().for_each(|id| self.shown.push(id));
        true
    }

    fn show(&mut self, order: ImageOrder) -> Vec<Request> {
        let is_same = order.set() == self.shown.set();
        let before = std::mem::replace(&mut self.shown, order);
        self.outgrown = Some(before).filter(|before| before.len() > AT_ONCE);
        self.pending.ordering.shown_state += u64::from(!is_same);
        if is_same || !self.chosen.only_shown {
            return Vec::new();
        }
        // Who looks among what is shown only looks among others now.
        self.why = None;
        self.neighbours_problem = None;
        self.questions += 1;
        self.ask_neighbours()
    }

    fn order_wish(&self) -> OrderWish {
        let filter = &self.chosen.filter;
        let by = match self.chosen.sort {
            Sort::Path => OrderBy::Path,
            Sort::Label => OrderBy::Label,
            Sort::Pixels => OrderBy::Pixels,
            Sort::Newest => OrderBy::Newest,
            // The probe first, then its neighbours.
            Sort::Similarity => {
                let list = self.neighbours.as_ref();
                let probe = list.and_then(|list| list.wish.image());
                let neighbours = list.into_iter().flat_map(|list| &list.neighbours).map(|neighbour| neighbour.image);
                OrderBy::First(probe.into_iter().chain(neighbours).collect())
            }
            // Until it is measured, in the order of the folder.
            Sort::Centrality(by) => match self.centrality().filter(|report| report.standing(by).is_some()) {
                Some(report) => OrderBy::Centrality(report.clone(), by),
                None => OrderBy::First(Vec::new()),
            },
            Sort::Column(order) => OrderBy::Column(Box::new(self.facts()), order),
        };
        OrderWish {
            images: self.images.clone(),
            filter: filter.clone(),
            matching: self.matching.clone().filter(|_| !filter.predicate.trim().is_empty()),
            hidden: self.hidden().cloned(),
            by,
        }
    }
}
