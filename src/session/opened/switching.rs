//! What is asked with and switched off: it stays, counts nothing, and is to count as it did once it is switched on again, wherever that
//! is done.

use super::OpenedCollection;
use super::asking::usable;
use super::chosen::Chosen;
use crate::domain::{Example, Region};
use crate::engine::Request;

impl Chosen {
    /// How much the one at a [place](Self::place_of) counts.
    pub(super) fn weight_at(&self, place: usize) -> f32 {
        place.checked_sub(1).map_or(self.first_weight, |place| self.examples[place].1)
    }

    /// Lets the one at a [place](Self::place_of) count so much; one that counts nothing any more is switched off.
    pub(super) fn set_weight(&mut self, place: usize, weight: f32) {
        let (before, weight) = (self.weight_at(place), usable(weight));
        let example = match place.checked_sub(1) {
            None => {
                self.first_weight = weight;
                self.first_example()
            }
            Some(place) => {
                self.examples[place].1 = weight;
                Some(self.examples[place].0.clone())
            }
        };
        let Some(example) = example else { return };
        if weight != 0.0 {
            self.forget_weight_of(&example);
        } else if before != 0.0 {
            self.note_weight_of(example, before);
        }
    }

    /// It is to count so much once it is switched on again.
    fn note_weight_of(&mut self, example: Example, weight: f32) {
        self.forget_weight_of(&example);
        self.switched_off.push((example, weight));
    }

    /// Whatever it counted, it is not to count that again.
    pub(super) fn forget_weight_of(&mut self, example: &Example) {
        self.switched_off.retain(|(known, _)| known != example);
    }

    /// Asks with another part of the picture that is looked at: where that is switched off, so is this.
    pub(super) fn ask_with_part(&mut self, region: Option<Region>) {
        let before = self.first_example();
        self.region = region;
        let Some((before, now)) = before.zip(self.first_example()) else { return };
        self.take_over_weight(&before, &now);
    }

    /// One stands in the place of another: where that is switched off, so is this.
    pub(super) fn take_over_weight(&mut self, before: &Example, now: &Example) {
        for (known, _) in self.switched_off.iter_mut().filter(|(known, _)| known == before) {
            *known = now.clone();
        }
    }

    /// How much one that counts nothing is to count once it is switched on.
    fn weight_when_on(&self, example: &Example) -> f32 {
        let known = self.switched_off.iter().find(|(known, _)| known == example);
        known.map_or(1.0, |(_, weight)| *weight)
    }
}

impl OpenedCollection {
    /// Switches those off that are in; or, if none of them counts, on again.
    pub(super) fn switch(&mut self, examples: &[Example]) -> Vec<Request> {
        let before = self.chosen.clone();
        let there: Vec<(usize, &Example)> =
            examples.iter().filter_map(|example| Some((before.place_of(example)?, example))).collect();
        let is_on = there.iter().any(|(place, _)| before.weight_at(*place) != 0.0);
        for (place, example) in there {
            let weight = if is_on { 0.0 } else { before.weight_when_on(example) };
            self.chosen.set_weight(place, weight);
        }
        self.follow_choice(before)
    }

    /// Those whose weight came to nothing on a way that began where `began` says are to count as they did there: a slider comes by every
    /// weight between. Unless it came by the middle: what speaks against is not to speak for.
    pub(super) fn note_weights_of(&mut self, began: &Chosen, examples: &[Example]) {
        for example in examples {
            let Some(weight) = began.place_of(example).map(|place| began.weight_at(place)) else { continue };
            if weight != 0.0 && weight.is_sign_positive() == self.chosen.weight_when_on(example).is_sign_positive() {
                self.chosen.note_weight_of(example.clone(), weight);
            }
        }
    }
}
