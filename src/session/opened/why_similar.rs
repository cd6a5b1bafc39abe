//! Why two images are alike.

use std::sync::Arc;

use super::OpenedCollection;
use super::chosen::Comparison;
use crate::domain::{ImageId, Metric, Region, StoredLayer};
use crate::engine::{ActivationView, ChannelLook, Look, Problem, Request, WhySimilar, WhySimilarWish};

/// Channels named that two images share.
const CHANNELS: usize = 12;

/// What neighbours were asked with, or could have been, and what two pictures say nothing of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unexplained {
    /// So many more examples for and against.
    Further(usize),
    /// The box on the first image: what is compared is the whole network, which knows no places.
    Box,
}

/// Why two images are alike, as far as it is known.
#[derive(Clone, Debug)]
pub struct Why {
    /// The first image: the probe, or the one that a list is about.
    pub a: ImageId,
    /// The second: one of its neighbours.
    pub b: ImageId,
    /// The part of each that is compared, if not all of it: the box that neighbours were asked with, and where in the other one
    /// something like it was found.
    pub parts: [Option<Region>; 2],
    /// What else than the first image, or the box on it, one might expect to be explained.
    pub unexplained: Option<Unexplained>,
    /// The layer both are looked at (index in `Collection::layers`).
    pub layer: usize,
    /// The representation compared.
    pub source: StoredLayer,
    /// The measure.
    pub metric: Metric,
    /// The channels that contribute most, once they are there.
    pub similarity: Option<Arc<WhySimilar>>,
    /// Why it is not known, if it was asked for in vain.
    pub problem: Option<Problem>,
    /// The activations of the two, once they are there.
    pub pair: Option<Box<[ActivationView; 2]>>,
}

impl OpenedCollection {
    /// Asks why what neighbours are asked with, which is the probe or the box on it, and another image are alike.
    pub(super) fn ask_why(&mut self, other: ImageId) -> Vec<Request> {
        let Some(source) = self.source() else { return Vec::new() };
        let (part, metric) = (self.part_asked_with(), self.chosen.metric);
        if part.is_some() && self.chosen.comparison == Comparison::Network {
            return self.ask_why_of(other, [None; 2], Some(Unexplained::Box), source, metric);
        }
        let found = part.and_then(|_| self.part_found(other));
        self.ask_why_of(other, [part, found], self.further_examples(), source, metric)
    }

    /// The same by vectors that need not be those looked at, as rows of neighbours at every depth have them.
    pub(super) fn ask_why_at(&mut self, other: ImageId, source: StoredLayer, metric: Metric) -> Vec<Request> {
        let parts = [self.part_asked_with(), None];
        self.ask_why_of(other, parts, self.further_examples(), source, metric)
    }

    /// Asks why two images are alike by vectors that need not be those looked at.
    pub(super) fn ask_why_two(&mut self, images: [ImageId; 2], source: StoredLayer, metric: Metric) -> Vec<Request> {
        self.ask_why_parts(images, [None; 2], None, source, metric)
    }

    /// The box on the probe, if it is asked with.
    fn part_asked_with(&self) -> Option<Region> {
        self.chosen.asked_probe().and(self.chosen.region)
    }

    /// Where in its picture a neighbour was found to be like the box, if parts were compared.
    fn part_found(&self, other: ImageId) -> Option<Region> {
        let list = self.neighbours.as_ref().filter(|list| list.wish.anywhere)?;
        let rank = list.neighbours.iter().position(|neighbour| neighbour.image == other)?;
        // What has no place on its picture was found in what was added around it.
        list.parts.get(rank).copied().filter(|part| part.left < part.right && part.top < part.bottom)
    }

    /// How many more examples count beside the probe.
    fn further_examples(&self) -> Option<Unexplained> {
        self.chosen.asked_probe()?;
        match self.chosen.examples.iter().filter(|(_, weight)| *weight != 0.0).count() {
            0 => None,
            further => Some(Unexplained::Further(further)),
        }
    }

    fn ask_why_of(
        &mut self,
        other: ImageId,
        parts: [Option<Region>; 2],
        unexplained: Option<Unexplained>,
        source: StoredLayer,
        metric: Metric,
    ) -> Vec<Request> {
        let Some(probe) = self.chosen.probe else { return Vec::new() };
        self.ask_why_parts([probe, other], parts, unexplained, source, metric)
    }

    fn ask_why_parts(
        &mut self,
        images: [ImageId; 2],
        parts: [Option<Region>; 2],
        unexplained: Option<Unexplained>,
        source: StoredLayer,
        metric: Metric,
    ) -> Vec<Request> {
        let layers = self.collection().map(|collection| &collection.layers);
        let Some(layer) = layers.and_then(|layers| layers.iter().position(|layer| layer.name == source.layer)) else {
            return Vec::new();
        };
        let [a, b] = images;
        let wish =
            WhySimilarWish { a, b, parts, source: source.clone(), metric, is_difference: false, count: CHANNELS };
        let (similarity, problem, pair) = (None, None, None);
        self.why = Some(Why { a, b, parts, unexplained, layer, source, metric, similarity, problem, pair });
        vec![Request::Look(Look::Channels(ChannelLook::WhySimilar(wish))), Request::Look(Look::Pair { images, layer })]
    }
}
