//! The way that a person has come: places, and the questions asked there.
//!
//! Undo takes back a choice, whatever it was of. Back leads to where one was: what is selected, filtered or tagged stays.

use super::chosen::Chosen;
use super::following::Following;
use crate::session::Place;

/// How many stops are kept.
const LENGTH: usize = 100;

/// A place, and what was looked at and asked for there.
#[derive(Clone, Debug, PartialEq)]
pub struct Stop {
    /// The place.
    pub place: Place,
    /// What was looked at: of all that is chosen, the question alone.
    pub asked: Chosen,
}

/// Choices that follow each other so quickly that they are one way: back leads to where it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stride {
    /// From picture to picture.
    Pictures,
    /// From layer to layer.
    Layers,
    /// From weight to weight of one of what is asked with, by its place.
    Weight(usize),
}

/// Where one was before, and where one went back from.
#[derive(Clone, Debug, Default)]
pub struct Trail {
    past: Vec<Stop>,
    future: Vec<Stop>,
    stride: Option<Stride>,
}

impl Trail {
    /// Whether there is a way back from `here`.
    pub(in crate::session) fn leads_back(&self, here: &Stop) -> bool {
        self.past.iter().any(|stop| stop != here)
    }

    /// Whether one has come back to `here` and can go on again.
    pub(in crate::session) fn leads_on(&self, here: &Stop) -> bool {
        self.future.iter().any(|stop| stop != here)
    }

    /// Whether the last way was of this kind.
    pub(super) fn is_on(&self, stride: Stride) -> bool {
        self.stride == Some(stride)
    }

    /// What comes next is a way of its own.
    pub(in crate::session) fn rest(&mut self) {
        self.stride = None;
    }

    /// One is elsewhere now than at `stop`.
    pub(in crate::session) fn leave(&mut self, stop: Stop, stride: Option<Stride>) {
        self.future.clear();
        let goes_on = stride.is_some() && stride == self.stride;
        self.stride = stride;
        if goes_on {
            return;
        }
        if self.past.len() == LENGTH {
            self.past.remove(0);
        }
        self.past.push(stop);
    }

    /// The stop before `here`.
    pub(in crate::session) fn back(&mut self, here: Stop) -> Option<Stop> {
        let stop = last_elsewhere(&mut self.past, &here)?;
        self.future.push(here);
        self.stride = None;
        Some(stop)
    }

    /// The stop that one went back from.
    pub(in crate::session) fn forward(&mut self, here: Stop) -> Option<Stop> {
        let stop = last_elsewhere(&mut self.future, &here)?;
        self.past.push(here);
        self.stride = None;
        Some(stop)
    }

    /// The last stop at another place than `here`; those between can be gone on to again.
    pub(in crate::session) fn out(&mut self, here: Stop) -> Option<Stop> {
        let place = here.place;
        let last = self.past.iter().rposition(|stop| stop.place != place)?;
        self.future.push(here);
        self.future.extend(self.past.drain(last + 1..).rev());
        self.stride = None;
        self.past.pop()
    }

    /// The same stops among the images and layers of now. Without selections each is followed in no time.
    pub(super) fn follow(&mut self, following: &Following) {
        for stop in self.past.iter_mut().chain(&mut self.future) {
            stop.asked = following.followed(&stop.asked);
        }
    }

    /// Goes on with the stops of `later`.
    pub(super) fn append(&mut self, later: Self) {
        if later.past.is_empty() {
            return;
        }
        self.past.extend(later.past);
        self.past.drain(..self.past.len().saturating_sub(LENGTH));
        self.future = later.future;
    }
}

/// Takes the last stop that is not `here` already: an undone choice may have led to one of them.
fn last_elsewhere(stops: &mut Vec<Stop>, here: &Stop) -> Option<Stop> {
    while let Some(stop) = stops.pop() {
        if stop != *here {
            return Some(stop);
        }
    }
    None
}

impl Chosen {
    /// What is looked at and asked for, without what is selected, tagged and shown.
    pub(in crate::session) fn question(&self) -> Self {
        Self {
            probe: self.probe,
            layer: self.layer,
            channel: self.channel,
            pooling: self.pooling,
            metric: self.metric,
            neighbour_count: self.neighbour_count,
            comparison: self.comparison.clone(),
            examples: self.examples.clone(),
            switched_off: self.switched_off.clone(),
            like: self.like.clone(),
            first_weight: self.first_weight,
            asks_with_probe: self.asks_with_probe,
            region: self.region,
            anywhere: self.anywhere,
            exactly: self.exactly,
            only_shown: self.only_shown,
            ..Self::default()
        }
    }

    /// Whether somebody who goes back would expect to come to this question, seen from `other`.
    pub(in crate::session) fn asks_otherwise(&self, other: &Self) -> bool {
        (self.probe, self.layer, self.region, self.anywhere) != (other.probe, other.layer, other.region, other.anywhere)
            || (&self.comparison, &self.examples, &self.like) != (&other.comparison, &other.examples, &other.like)
            || (self.first_weight, self.asks_with_probe) != (other.first_weight, other.asks_with_probe)
    }
}
