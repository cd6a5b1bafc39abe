//! What is asked with: pictures, parts of them, labels, classes, clusters and tags, each with how much it counts.

use super::OpenedCollection;
use super::chosen::Chosen;
use super::trail::Stride;
use crate::domain::{Example, ImageId, ImageSet};
use crate::engine::Request;

impl Chosen {
    /// The image that is asked with because it is looked at.
    pub fn asked_probe(&self) -> Option<ImageId> {
        self.probe.filter(|_| self.asks_with_probe && self.like.is_none())
    }

    /// What is asked with in the first place: what stands in the place of the probe, or the probe, or the box on it.
    pub fn first_example(&self) -> Option<Example> {
        if self.like.is_some() {
            return self.like.clone();
        }
        let image = self.asked_probe()?;
        Some(self.region.map_or(Example::Image(image), |region| Example::Region { image, region }))
    }

    /// Whether there is anything to ask with, be it at a weight of 0.
    pub fn asks_with_something(&self) -> bool {
        self.like.is_some() || self.asked_probe().is_some() || !self.examples.is_empty()
    }

    /// Whether anything of that counts.
    pub fn asks_with_weight(&self) -> bool {
        let is_first = self.like.is_some() || self.asked_probe().is_some();
        (is_first && self.first_weight != 0.0) || self.examples.iter().any(|(_, weight)| *weight != 0.0)
    }

    /// All that counts, each with its weight; what is asked with in the first place comes first.
    pub fn examples_that_count(&self) -> Vec<(Example, f32)> {
        let first = self.first_example();
        let image = first.as_ref().and_then(Example::image);
        // The whole of a picture says nothing beside the picture itself, or a part of it.
        let is_of_first = |example: &Example| matches!(example, Example::Image(id) if Some(*id) == image);
        let further = self.examples.iter().filter(|(example, _)| !is_of_first(example)).cloned();
        let all = first.map(|first| (first, self.first_weight)).into_iter().chain(further);
        all.filter(|(_, weight)| *weight != 0.0).collect()
    }

    /// Asks with what is asked with in the first place, and with nothing else, as it was before anything was added.
    pub(super) fn clear_examples(&mut self) {
        self.examples.clear();
        self.switched_off.clear();
        self.first_weight = 1.0;
    }

    /// The how manieth an example is of what is asked with; 0 is what is asked with in the first place.
    pub(in crate::session) fn place_of(&self, example: &Example) -> Option<usize> {
        if self.first_example().as_ref() == Some(example) {
            return Some(0);
        }
        self.examples.iter().position(|(known, _)| known == example).map(|place| place + 1)
    }

    /// What cannot be asked is not: what is asked about neither speaks for nor against itself, and without anything else it is the
    /// probe that is asked with.
    pub(super) fn settle_examples(&mut self) {
        if let Some(first) = self.first_example() {
            self.examples.retain(|(example, _)| *example != first);
        }
        if let Some(probe) = self.asked_probe() {
            self.examples.retain(|(example, _)| *example != Example::Image(probe));
        }
        if self.examples.is_empty() && self.like.is_none() {
            self.asks_with_probe = true;
        }
    }
}

/// A handful of pictures is an example; more of them are a class.
const MOST_AT_ONCE: usize = 1000;

impl OpenedCollection {
    /// The images that a person means who says "like this" and points at nothing else: the one under the pointer, or those that are
    /// selected, if they are few enough to be examples.
    pub fn images_to_ask_with(&self) -> Vec<ImageId> {
        let can_be_read = |id: &ImageId| self.image(*id).is_some_and(|image| image.problem.is_none());
        if let Some(hovered) = self.hovered.filter(can_be_read) {
            return vec![hovered];
        }
        self.selection_to_ask_with().unwrap_or_default()
    }

    /// The selected images that can be asked with beside the one that is looked at; `None` if they are too many for examples.
    pub fn selection_to_ask_with(&self) -> Option<Vec<ImageId>> {
        let selection = &self.chosen.selection;
        let can_be_read = |id: &ImageId| self.image(*id).is_some_and(|image| image.problem.is_none());
        (selection.len() <= MOST_AT_ONCE)
            .then(|| selection.iter().filter(|id| Some(*id) != self.chosen.asked_probe()).filter(can_be_read).collect())
    }

    /// Lets this one speak for what is looked for or against it; what is in already gets the weight.
    pub(super) fn add_example(&mut self, example: Example, weight: f32) {
        let chosen = &mut self.chosen;
        match chosen.place_of(&example) {
            Some(place) => chosen.set_weight(place, weight),
            None => {
                // What it counted when it was in before is over.
                chosen.forget_weight_of(&example);
                chosen.examples.push((example, usable(weight)));
            }
        }
    }

    /// The same of several images.
    pub(super) fn add_examples(&mut self, ids: Vec<ImageId>, weight: f32) {
        ids.into_iter().for_each(|id| self.add_example(Example::Image(id), weight));
    }

    /// Takes this one out.
    pub(super) fn remove_example(&mut self, example: &Example) {
        let chosen = &mut self.chosen;
        match chosen.place_of(example) {
            // Without the box the picture itself is asked with again.
            Some(0) if chosen.like.is_none() && chosen.region.is_some() => chosen.ask_with_part(None),
            Some(0) => {
                chosen.forget_weight_of(example);
                (chosen.like, chosen.first_weight) = (None, 1.0);
                chosen.asks_with_probe = chosen.examples.is_empty();
            }
            Some(place) => {
                chosen.forget_weight_of(example);
                chosen.examples.remove(place - 1);
            }
            None => {}
        }
    }

    /// What is asked with in the first place stays when another picture is looked at.
    pub(super) fn hold_first(&mut self) {
        let chosen = &mut self.chosen;
        let Some(first) = chosen.first_example() else { return };
        chosen.examples.insert(0, (first, chosen.first_weight));
        (chosen.like, chosen.first_weight) = (None, 1.0);
        chosen.region = None;
        chosen.asks_with_probe = false;
    }

    /// Lets some that are in count more or less, on the way to a weight. What was undone before cannot be brought back, as after
    /// any choice.
    pub(super) fn weigh(&mut self, examples: &[Example], weight: f32) -> Vec<Request> {
        let places: Vec<usize> = examples.iter().filter_map(|example| self.chosen.place_of(example)).collect();
        let Some(first) = places.first().copied() else { return Vec::new() };
        let before = self.chosen.clone();
        places.into_iter().for_each(|place| self.chosen.set_weight(place, weight));
        let stride = Stride::Weight(first);
        if usable(weight) == 0.0 && self.goes_on(stride) {
            let began = self.history.past().next();
            began.iter().for_each(|(began, _)| self.note_weights_of(began, examples));
        }
        self.follow_stride(before, stride)
    }

    /// Takes these images out, but for what is looked at.
    pub(super) fn remove_images(&mut self, ids: &[ImageId]) {
        let ids: ImageSet = ids.iter().copied().collect();
        let is_one = |example: &Example| matches!(example, Example::Image(id) if ids.contains(*id));
        self.chosen.examples.retain(|(example, _)| !is_one(example));
        self.chosen.switched_off.retain(|(example, _)| !is_one(example));
    }
}

/// A weight with which a question can be asked.
pub(super) fn usable(weight: f32) -> f32 {
    if weight.is_finite() { weight.clamp(-1.0, 1.0) } else { 0.0 }
}
