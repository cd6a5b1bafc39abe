//! What is asked of channels: the images that excite one, and what is unusual in an image; and why two images are alike.

use std::sync::Arc;

use super::OpenedCollection;
use super::maps::Colouring;
use super::why_similar::Why;
use crate::domain::{Pooling, StoredLayer};
use crate::engine::{
    ActivationView, ChannelLook, ChannelValues, ExemplarList, Look, Request, UnusualList, WhySimilar, WhySimilarWish,
};

/// Images shown of a channel.
const EXEMPLARS: usize = 32;

impl OpenedCollection {
    /// What a channel is called: by its class where it stands for one, else by its number.
    pub fn channel_title(&self, layer: &str, channel: usize) -> String {
        self.collection().map_or_else(|| format!("#{channel}"), |open| open.class_names.channel_title(layer, channel))
    }

    /// The same as a heading, of a layer by its index in `Collection::layers`: `Channel 17`, or `goldfish (channel 1)`.
    pub fn channel_heading(&self, layer: usize, channel: usize) -> String {
        let class = self.class_of(layer, channel);
        class.map_or_else(|| format!("Channel {channel}"), |class| format!("{class} (channel {channel})"))
    }

    /// The class that a channel stands for, if it stands for one.
    pub fn class_of(&self, layer: usize, channel: usize) -> Option<&str> {
        let open = self.collection()?;
        open.class_names.class_of(&open.layers.get(layer)?.name, channel)
    }

    /// Asks for the channels most unusual for the probe, once.
    pub(super) fn ask_unusual(&mut self) -> Vec<Request> {
        let (Some(image), Some(source)) = (self.chosen.probe, self.source()) else { return Vec::new() };
        let (asked, is_empty) = ((image, source.clone()), self.committed.is_none_or(|(images, _)| images == 0));
        if is_empty || self.unusual_asked.as_ref() == Some(&asked) {
            return Vec::new();
        }
        self.unusual_asked = Some(asked);
        vec![Request::Look(Look::Channels(ChannelLook::Unusual { image, source: Some(source), count: usize::MAX }))]
    }

    /// What was overtaken by another wish says nothing any more.
    pub(in crate::session) fn take_exemplars(&mut self, list: Arc<ExemplarList>) {
        if list.channel.is_none() {
            self.take_layer_exemplars(list);
        } else if list.layer == self.chosen.layer && list.channel == self.chosen.channel {
            self.exemplars = Some(list);
        }
    }

    pub(in crate::session) fn take_unusual(&mut self, list: Arc<UnusualList>) {
        if self.unusual_asked.as_ref().is_some_and(|(image, _)| *image == list.image) {
            self.unusual = Some(list);
        }
    }

    /// Asks how much every image excites the enlarged channel, where a map is coloured by it.
    pub(super) fn ask_channel_values(&self) -> Vec<Request> {
        let (Some(channel), Some(source), Some((1.., _))) = (self.chosen.channel, self.source(), self.committed) else {
            return Vec::new();
        };
        if !self.chosen.maps.any_coloured_by(Colouring::Channel) {
            return Vec::new();
        }
        vec![Request::Look(Look::Channels(ChannelLook::Values { source, channel }))]
    }

    pub(in crate::session) fn take_channel_values(&mut self, values: Arc<ChannelValues>) {
        if Some(values.channel) == self.chosen.channel && Some(&values.source) == self.source().as_ref() {
            self.channel_values = Some(values);
        }
    }

    /// How much every image excites the enlarged channel, if it was asked and is known.
    pub fn channel_values(&self) -> Option<&Arc<ChannelValues>> {
        let source = self.source();
        let is_it = |values: &&Arc<ChannelValues>| {
            Some(values.channel) == self.chosen.channel && Some(&values.source) == source.as_ref()
        };
        self.channel_values.as_ref().filter(is_it)
    }

    pub(in crate::session) fn take_why_similar(&mut self, similarity: Arc<WhySimilar>) {
        let is_it = |why: &&mut Why| {
            let WhySimilarWish { a, b, parts, source, metric, .. } = &similarity.wish;
            (why.a, why.b, why.parts, &why.source, why.metric) == (*a, *b, *parts, source, *metric)
        };
        if let Some(why) = self.why.as_mut().filter(is_it) {
            why.similarity = Some(similarity);
        }
    }

    pub(in crate::session) fn take_pair(&mut self, pair: Box<[ActivationView; 2]>) {
        let [a, b] = &*pair;
        let is_it = |why: &&mut Why| (why.a, why.b, why.layer, why.layer) == (a.image, b.image, a.layer, b.layer);
        if let Some(why) = self.why.as_mut().filter(is_it) {
            why.pair = Some(pair);
        }
    }

    /// Asks for the images that excite the enlarged channel, if there can be any.
    pub(super) fn ask_exemplars(&self) -> Vec<Request> {
        let (Some(channel), Some((1.., _))) = (self.chosen.channel, self.committed) else { return Vec::new() };
        if !self.has_exemplars() {
            return Vec::new();
        }
        vec![Request::Look(Look::Channels(ChannelLook::Exemplars {
            layer: self.chosen.layer,
            channel: Some(channel),
            count: EXEMPLARS,
        }))]
    }

    /// Whether exemplars are kept of the layer that is looked at: whether its vectors are.
    pub fn has_exemplars(&self) -> bool {
        let Some(collection) = self.collection() else { return false };
        collection.layers.get(self.chosen.layer).is_some_and(|layer| {
            let kept = |stored: &StoredLayer| stored.pooling == Pooling::Maximum && stored.layer == layer.name;
            collection.stored.iter().any(kept)
        })
    }
}
