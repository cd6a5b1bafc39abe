//! The ways from one place of the window to the next, and back.

use super::opened::trail::{Stop, Stride};
use super::{Choose, Chosen, PickNews, Place, Session};
use crate::domain::{Example, ImageSet};
use crate::engine::Request;

/// A way through the places and the questions that were asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Go {
    /// To this place.
    To(Place),
    /// To where one was before: place, picture, layer, and what neighbours were asked for.
    Back,
    /// Again to where one went back from.
    Forward,
    /// Back to the place that one came to this one from.
    Out,
}

impl Session {
    pub(super) fn go(&mut self, wish: Go) -> Vec<Request> {
        let here = self.here();
        let trail = &mut self.opened.trail;
        let there = match wish {
            Go::To(place) => {
                if place != here.place {
                    trail.leave(here, None);
                    self.lasting.place = place;
                    // What the pointer was over lies in a view that is not seen any more.
                    self.opened.hovered = None;
                }
                return Vec::new();
            }
            Go::Back => trail.back(here),
            Go::Forward => trail.forward(here),
            Go::Out => match trail.out(here) {
                Some(stop) => Some(stop),
                None => return self.go_first(),
            },
        };
        let Some(Stop { place, asked }) = there else { return Vec::new() };
        self.lasting.place = place;
        self.opened.hovered = None;
        self.opened.history.set_place(place);
        self.opened.take_up(asked)
    }

    /// Nobody came from anywhere: out of a place leads to the first one.
    fn go_first(&mut self) -> Vec<Request> {
        if self.lasting.place == Place::default() { Vec::new() } else { self.go(Go::To(Place::default())) }
    }

    /// Whether there is a way back.
    pub fn can_go_back(&self) -> bool {
        self.opened.trail.leads_back(&self.here())
    }

    /// Whether one has come back and can go on again.
    pub fn can_go_forward(&self) -> bool {
        self.opened.trail.leads_on(&self.here())
    }

    /// Where one is.
    fn here(&self) -> Stop {
        Stop { place: self.lasting.place, asked: self.opened.chosen.question() }
    }

    /// Does what was chosen, and notes where one was before if one is elsewhere then.
    pub(super) fn choose(&mut self, choice: Choose) -> Vec<Request> {
        let choice = self.lasting.combining.applied_to(choice);
        let here = self.here();
        let stride = stride_of(&choice, &self.opened.chosen);
        if stride.is_none() {
            self.opened.trail.rest();
        }
        // Who takes a choice back goes nowhere, nor does who has not looked at anything yet.
        let is_no_way = matches!(choice, Choose::Undo | Choose::BackBy(_) | Choose::Redo | Choose::First);
        self.opened.history.set_place(here.place);
        let selected = self.opened.chosen.selection.clone();
        let requests = self.opened.choose(choice);
        if let Some(undone) = self.opened.undone.take() {
            self.lasting.notices.tell_undone(undone.in_words(here.place));
        }
        self.tell_pick(&selected);
        if !is_no_way && self.opened.chosen.asks_otherwise(&here.asked) {
            self.opened.trail.leave(here, stride);
        }
        requests
    }
}

impl Session {
    /// Says what came of a pick where it is seen nowhere else. Where one sees it, what was said of the one before is over: something else
    /// is selected than `before`.
    pub(super) fn tell_pick(&mut self, before: &ImageSet) {
        let notices = &mut self.lasting.notices;
        match self.opened.pick_news.take() {
            Some(PickNews::Unchanged(what)) => notices.tell_picked(what, None),
            Some(PickNews::Emptied(what)) => notices.tell_picked(what, Some(self.opened.history_state())),
            None if self.opened.chosen.selection != *before => notices.withdraw_picked(),
            None => {}
        }
    }
}

/// What a choice is a part of, if it is one of several that lead one way.
fn stride_of(choice: &Choose, chosen: &Chosen) -> Option<Stride> {
    if let Choose::Weigh(example, _) = choice {
        return chosen.place_of(example).map(Stride::Weight);
    }
    if let Choose::WeighImages(ids, _) = choice {
        return ids.iter().find_map(|id| chosen.place_of(&Example::Image(*id))).map(Stride::Weight);
    }
    if matches!(choice, Choose::Step(_) | Choose::Walk(_)) {
        return Some(Stride::Pictures);
    }
    matches!(choice, Choose::Scrub(_)).then_some(Stride::Layers)
}
