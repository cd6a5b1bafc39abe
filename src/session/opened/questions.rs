//! What the engine is asked about what is chosen.

use super::OpenedCollection;
use super::changes::Changes;
use super::chosen::{Chosen, Comparison};
use super::maps::{ChooseMap, Colouring};
use crate::domain::{Example, ImageId, NeighbourWish, Representation};
use crate::engine::{Look, Problem, Request};

impl OpenedCollection {
    /// Asks for the neighbours of the probe, if there can be any.
    pub(super) fn ask_neighbours(&self) -> Vec<Request> {
        match self.neighbour_wish() {
            Some(wish) if self.committed.is_some_and(|(images, _)| images > 0) => {
                vec![Request::Look(Look::Neighbours(wish))]
            }
            _ => Vec::new(),
        }
    }

    /// Asks for the neighbours of the image under the pointer, at the layer looked at.
    pub(super) fn ask_hover_neighbours(&mut self, image: Option<ImageId>) -> Vec<Request> {
        self.hover_neighbours = None;
        self.hover_problem = None;
        self.hover_asked = image;
        if let (Some(_), None, Some(layer)) = (image, self.source(), self.layer_name()) {
            let why = format!("the vectors of {layer} are not stored");
            self.hover_problem = Some(Problem::new("Neighbours could not be found", why));
        }
        self.ask_hover_again()
    }

    /// Asks for them, and leaves those that are known until others are there.
    pub(super) fn ask_hover_again(&self) -> Vec<Request> {
        match (self.hover_asked, self.source(), self.committed) {
            (Some(image), Some(source), Some((1.., _))) => {
                let wish = NeighbourWish::of(
                    image,
                    source,
                    self.chosen.metric,
                    self.chosen.neighbour_count + self.spare_neighbours(),
                );
                vec![Request::Look(Look::HoverNeighbours(wish))]
            }
            _ => Vec::new(),
        }
    }

    /// Whether a part of the probe is compared at a layer whose whole activations are kept.
    fn keeps_activations(&self) -> bool {
        let layer = self.collection().and_then(|collection| collection.layers.get(self.chosen.layer));
        let is_kept = layer.is_some_and(|layer| self.stored_activations(&layer.name).is_some());
        let is_box = |(example, weight): &(Example, f32)| *weight > 0.0 && matches!(example, Example::Region { .. });
        let asks_with_a_box = self.chosen.examples_that_count().iter().any(is_box);
        is_kept && asks_with_a_box && self.chosen.comparison == Comparison::Layer
    }

    /// Whether a list of neighbours is of what is asked about now: the probe, or what stands in its place.
    pub(super) fn is_asked_about(&self, wish: &NeighbourWish) -> bool {
        let is_same = |(now, asked): (&Example, &Example)| match now.image() {
            Some(image) => asked.image() == Some(image),
            None => now == asked,
        };
        let now = self.chosen.examples_that_count();
        let firsts = now.first().zip(wish.examples.first());
        firsts.is_some_and(|((now, _), (asked, _))| is_same((now, asked)))
    }

    /// Whether what is asked with in the first place cannot be read.
    fn is_first_unreadable(&self) -> bool {
        let probe = self.chosen.asked_probe().and_then(|probe| self.image(probe));
        probe.is_some_and(|image| image.problem.is_some() && !image.is_gone())
    }

    /// What is asked for now; `None` if nothing is asked with, with a probe that cannot be read, or at a layer that is not
    /// stored.
    pub(super) fn neighbour_wish(&self) -> Option<NeighbourWish> {
        let chosen = &self.chosen;
        let collection = self.collection()?;
        let at = match &chosen.comparison {
            Comparison::Layer => Representation::Layer(self.source()?),
            Comparison::Network if self.has_embedding => Representation::Embedding,
            Comparison::Network => return None,
            Comparison::Mix(layers) => {
                let stored = |&(index, weight): &(usize, f32)| {
                    let of = Chosen { layer: index, ..chosen.clone() };
                    Some((of.source(&collection.layers, &collection.stored)?, weight))
                };
                Representation::Mix(layers.iter().map(stored).collect::<Option<_>>()?)
            }
        };
        let mut wish = self.wish_at(at)?;
        wish.anywhere = chosen.anywhere && self.keeps_activations();
        if wish.anywhere {
            wish.k = chosen.neighbour_count + self.spare_for_all();
        }
        Some(wish)
    }

    /// What is asked for now, by this.
    pub(super) fn wish_at(&self, at: Representation) -> Option<NeighbourWish> {
        let chosen = &self.chosen;
        let mut examples = chosen.examples_that_count();
        if examples.is_empty() || self.is_first_unreadable() {
            return None;
        }
        if at == Representation::Embedding {
            // Of which there are codes of whole pictures only.
            for (example, _) in &mut examples {
                if let Example::Region { image, .. } = *example {
                    *example = Example::Image(image);
                }
            }
        }
        let among = chosen.only_shown.then(|| self.shown.set().clone());
        Some(NeighbourWish {
            examples,
            at,
            metric: chosen.metric,
            k: chosen.neighbour_count + self.spare_neighbours(),
            among,
            anywhere: false,
            exactly: chosen.exactly,
        })
    }

    fn ask_activations(&self) -> Vec<Request> {
        match (self.chosen.probe, self.collection()) {
            (Some(image), Some(_)) => vec![Request::Look(Look::Activations { image, layer: self.chosen.layer })],
            _ => Vec::new(),
        }
    }

    /// Nobody chose it, so there is nothing to be undone.
    pub(super) fn begin_map(&mut self, choice: ChooseMap, before: &Chosen) -> Vec<Request> {
        self.choose_map(choice);
        self.ask_what_changed(before)
    }

    /// Changes the maps, and asks for what is another one.
    pub(super) fn choose_map_and_ask(&mut self, choice: ChooseMap, before: Chosen) -> Vec<Request> {
        let of = choice.method_of();
        self.choose_map(choice);
        match of {
            // What was stopped or failed is made if it is chosen once more.
            Some(number) if self.chosen == before => self.ask_maps(&[number], false),
            Some(_) | None => self.follow_choice(before),
        }
    }

    /// Whatever depends on a choice that differs from `before` is dropped and asked for anew.
    pub(super) fn ask_what_changed(&mut self, before: &Chosen) -> Vec<Request> {
        if (self.chosen.layer, self.chosen.pooling) != (before.layer, before.pooling) {
            self.chosen.maps.begin_again();
        }
        let changes = Changes::between(before, &self.chosen);
        let was_hiding = !before.shows_removed && !self.asks_for_removed();
        self.questions += u64::from(changes.about || changes.depths);
        let mut requests = self.ask_tags(before);
        requests.extend(self.ask_tag_colours(before));
        requests.extend(self.ask_labels(before));
        requests.extend(self.ask_cluster_edits(before));
        if changes.predicate {
            self.drop_query();
            requests.extend(self.ask_query());
        }
        let is_hiding = !self.chosen.shows_removed && !self.asks_for_removed();
        if was_hiding != is_hiding && !self.to_remove().is_empty() {
            requests.extend(self.follow_hidden(was_hiding));
        }
        if changes.probe || changes.layer {
            // The old picture stays only while it is of the same image: better than a flash of nothing.
            if changes.probe || self.chosen.probe.is_none() {
                self.activation = None;
            }
            self.activation_problem = None;
            requests.extend(self.ask_activations());
        }
        if changes.selection {
            requests.extend(self.ask_tally());
        }
        if changes.order {
            requests.extend(self.refresh_shown());
        }
        if changes.probe || changes.source || changes.neighbours {
            self.why = None;
        }
        if changes.about || changes.source || changes.neighbours {
            self.neighbours_problem = None;
            if changes.about || self.neighbour_wish().is_none() {
                self.drop_neighbours();
            }
            requests.extend(self.ask_neighbours());
        }
        self.forget_closed_maps();
        requests.extend(self.ask_maps(&changes.maps, false));
        if changes.layer || changes.channel {
            requests.extend(self.ask_exemplars());
        }
        if changes.source || changes.channel || !before.maps.any_coloured_by(Colouring::Channel) {
            requests.extend(self.ask_channel_values());
        }
        requests
    }
}
