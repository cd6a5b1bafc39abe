//! What the engine is asked about what is chosen.

use super::OpenedCollection;
use super::chosen::{Chosen, Comparison};
use super::maps::{Colouring, MapChoice};
use crate::domain::{Example, ImageId, NeighbourWish, Representation, Sort};
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
        match (image, self.source(), self.committed) {
            (Some(image), Some(source), Some((1.., _))) => {
                let wish = NeighbourWish::of(image, source, self.chosen.metric, self.chosen.neighbour_count);
                vec![Request::Look(Look::HoverNeighbours(wish))]
            }
            _ => Vec::new(),
        }
    }

    /// Whether a part of the probe is compared at a layer whose whole activations are kept.
    fn keeps_activations(&self) -> bool {
        let layer = self.collection().and_then(|collection| collection.layers.get(self.chosen.layer));
        let is_kept = layer.is_some_and(|layer| self.stored_activations(&layer.name).is_some());
        let asks_with_a_box = self.chosen.region.is_some() && self.chosen.like.is_none();
        is_kept && asks_with_a_box && self.chosen.comparison == Comparison::Layer
    }

    /// Whether a list of neighbours is of what is asked about now: the probe, or what stands in its place.
    pub(super) fn is_asked_about(&self, wish: &NeighbourWish) -> bool {
        match &self.chosen.like {
            Some(like) => wish.examples.first().is_some_and(|(first, _)| first == like),
            None => self.chosen.probe.is_some() && self.chosen.probe == wish.image(),
        }
    }

    /// What is asked for now; `None` without a probe that can be read, or at a layer that is not stored.
    pub(super) fn neighbour_wish(&self) -> Option<NeighbourWish> {
        let chosen = &self.chosen;
        let can_be_read =
            |probe: &ImageId| self.image(*probe).is_none_or(|image| image.problem.is_none() || image.is_gone());
        let probe = chosen.probe.filter(can_be_read);
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
        let first = match (&chosen.like, chosen.region) {
            (Some(like), _) => like.clone(),
            (None, Some(region)) if at != Representation::Embedding => Example::Region { image: probe?, region },
            (None, _) => Example::Image(probe?),
        };
        let is_first = |id: ImageId| first.image() == Some(id);
        let further = chosen.examples.iter().filter(|(id, _)| !is_first(*id));
        let further = further.map(|(id, weight)| (Example::Image(*id), *weight));
        let among = chosen.only_shown.then(|| self.shown.set().clone());
        Some(NeighbourWish {
            examples: std::iter::once((first.clone(), 1.0)).chain(further).collect(),
            at,
            metric: chosen.metric,
            k: chosen.neighbour_count,
            among,
            anywhere: chosen.anywhere && self.keeps_activations(),
            exactly: chosen.exactly,
        })
    }

    fn ask_activations(&self) -> Vec<Request> {
        match (self.chosen.probe, self.collection()) {
            (Some(image), Some(_)) => vec![Request::Look(Look::Activations { image, layer: self.chosen.layer })],
            _ => Vec::new(),
        }
    }

    /// Whatever depends on a choice that differs from `before` is dropped and asked for anew.
    pub(super) fn ask_what_changed(&mut self, before: &Chosen) -> Vec<Request> {
        let now = &self.chosen;
        let probe_changed = now.probe != before.probe;
        let layer_changed = now.layer != before.layer;
        let source_changed = layer_changed || now.pooling != before.pooling;
        let is_other = |map: &&MapChoice| {
            let was = before.maps.get(map.number).map(|was| (was.basis(before.layer), before.pooling));
            was != Some((map.basis(now.layer), now.pooling))
        };
        let maps_changed: Vec<u32> = now.maps.iter().filter(is_other).map(|map| map.number).collect();
        let asked = |chosen: &Chosen| {
            let Chosen {
                metric,
                neighbour_count,
                comparison,
                examples,
                like,
                region,
                anywhere,
                only_shown,
                exactly,
                ..
            } = chosen.clone();
            (metric, neighbour_count, comparison, examples, like, region, anywhere, only_shown, exactly)
        };
        let ranking_changed = asked(now) != asked(before);
        let channel_changed = now.channel != before.channel;
        let order_changed = now.filter != before.filter || now.sort != before.sort;
        let by_similarity = now.sort == Sort::Similarity;
        let mut requests = self.ask_tags(before);
        requests.extend(self.ask_cluster_edits(before));
        if now.filter.predicate != before.filter.predicate {
            self.drop_query();
            requests.extend(self.ask_query());
        }
        let now = &self.chosen;
        if probe_changed || layer_changed {
            // The old picture stays only while it is of the same image: better than a flash of nothing.
            if probe_changed || now.probe.is_none() {
                self.activation = None;
            }
            self.activation_problem = None;
            requests.extend(self.ask_activations());
        }
        if self.chosen.selection != before.selection {
            requests.extend(self.ask_tally());
        }
        if order_changed || (by_similarity && probe_changed) {
            requests.extend(self.refresh_shown());
        }
        if probe_changed || source_changed || ranking_changed {
            self.why = None;
            self.neighbours_problem = None;
            if probe_changed || self.chosen.like != before.like || self.neighbour_wish().is_none() {
                self.neighbours = None;
            }
            requests.extend(self.ask_neighbours());
        }
        self.forget_closed_maps();
        requests.extend(self.ask_maps(&maps_changed, false));
        if layer_changed || channel_changed {
            requests.extend(self.ask_exemplars());
        }
        if source_changed || channel_changed || !before.maps.any_coloured_by(Colouring::Channel) {
            requests.extend(self.ask_channel_values());
        }
        requests
    }
}
