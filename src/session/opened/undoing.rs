//! Choices that are taken back and brought back, and what is told of that: whoever presses the keys may have made the last one elsewhere,
//! and would see nothing of it.

use super::OpenedCollection;
use crate::engine::Request;
use crate::session::Place;

/// What was taken back or brought back.
#[derive(Clone, Debug)]
pub struct Undone {
    /// `Undone`, `Done again`.
    pub verb: &'static str,
    /// What, in a few words that begin with a capital.
    pub what: String,
    /// Where that had been chosen, if it was one choice.
    pub place: Option<Place>,
}

impl Undone {
    /// `Undone: tagged 12 pictures “cat” (in Explore)`: the place is named to whoever is at another one.
    pub(in crate::session) fn in_words(&self, here: Place) -> String {
        let mut letters = self.what.chars();
        let first = letters.next().map(|first| first.to_lowercase().to_string()).unwrap_or_default();
        let what = format!("{}: {first}{}", self.verb, letters.as_str());
        match self.place.filter(|place| *place != here) {
            Some(place) => format!("{what} (in {})", place.name()),
            None => what,
        }
    }
}

impl OpenedCollection {
    /// Takes back the last `steps` choices.
    pub(super) fn undo(&mut self, steps: usize) -> Vec<Request> {
        let now = self.chosen.clone();
        let Some((before, place)) = self.history.undo_many(steps, &now) else { return Vec::new() };
        let (what, place) = match steps {
            0 | 1 => (self.step_in_words(&before, &now), Some(place)),
            steps => (format!("The last {steps} choices"), None),
        };
        self.undone = Some(Undone { verb: "Undone", what, place });
        self.restore(before)
    }

    /// Brings back the choice that was taken back last.
    pub(super) fn redo(&mut self) -> Vec<Request> {
        let now = self.chosen.clone();
        let Some((after, place)) = self.history.redo(&now) else { return Vec::new() };
        let what = self.step_in_words(&now, &after);
        self.undone = Some(Undone { verb: "Done again", what, place: Some(place) });
        self.restore(after)
    }
}
