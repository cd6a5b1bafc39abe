//! The images that excite each channel most, kept up to date as images come in.

use serde::{Deserialize, Serialize};

use crate::domain::ImageId;

/// The place of an exemplar of which it is not known.
pub const UNKNOWN_PLACE: u32 = u32::MAX;

/// An image that excites a channel.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exemplar {
    /// The image.
    pub image: ImageId,
    /// The largest value in its map; above 0.
    pub value: f32,
    /// Where in the map that is: `y * width + x`; [`UNKNOWN_PLACE`] if only the value was kept.
    pub place: u32,
}

impl Exemplar {
    /// Whether it comes before another one: larger value first, then smaller id.
    #[inline]
    fn is_before(&self, other: &Self) -> bool {
        self.value > other.value || (self.value == other.value && self.image < other.image)
    }
}

/// The best images of every channel of a layer, so many a channel whatever the size of the collection.
///
/// Only images with a finite value above 0 are in it: what does not excite a channel is no exemplar of it. The lists are
/// the same whatever the order and the batches in which different images are offered.
///
/// An image offered again (extracted anew) replaces its old entry. What fell out of a list meanwhile cannot come back by
/// itself, so where a replacement leaves room, the list stays shorter rather than being filled with an image that might
/// not be the next one: what a list has is right, and [`is_complete`](Self::is_complete) says whether it is all that there
/// should be. Starting over with empty lists fills it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Exemplars {
    per_channel: usize,
    lists: Vec<Vec<Exemplar>>,
    /// The best that is not in the list any more, of each channel: nothing behind it can be trusted to be the next one.
    lost: Vec<Option<Exemplar>>,
    /// No image above it is in any list.
    highest: Option<ImageId>,
}

impl Exemplars {
    /// Empty lists that take up to `per_channel` images each.
    pub fn new(channels: usize, per_channel: usize) -> Self {
        Self { per_channel, lists: vec![Vec::new(); channels], lost: vec![None; channels], highest: None }
    }

    /// Goes on from lists that were kept, in any order. Of a full list it is not known what fell out of it, so everything
    /// behind its last entry counts as unknown.
    pub fn from_lists(per_channel: usize, lists: Vec<Vec<Exemplar>>) -> Self {
        let mut exemplars = Self::new(lists.len(), per_channel);
        for (channel, list) in lists.into_iter().enumerate() {
            for exemplar in list {
                exemplars.highest = exemplars.highest.max(Some(exemplar.image));
                exemplars.insert(channel, exemplar);
            }
            let list = &exemplars.lists[channel];
            if list.len() == per_channel && exemplars.lost[channel].is_none() {
                exemplars.lost[channel] = list.last().copied();
            }
        }
        exemplars
    }

    /// Number of channels.
    pub fn channels(&self) -> usize {
        self.lists.len()
    }

    /// Most images a channel.
    pub fn per_channel(&self) -> usize {
        self.per_channel
    }

    /// The images that excite a channel most, best first, ties by id.
    pub fn of(&self, channel: usize) -> &[Exemplar] {
        &self.lists[channel]
    }

    /// Whether a channel's list is all that there should be: full, or nothing ever fell out of it.
    pub fn is_complete(&self, channel: usize) -> bool {
        self.lists[channel].len() == self.per_channel || self.lost[channel].is_none()
    }

    /// Offers an image to all channels.
    ///
    /// # Shapes
    /// - `values`, `places`: `[channels]`, the maximum of each map and where it is
    ///
    /// # Panics
    /// When there is not one value and place a channel.
    pub fn offer(&mut self, image: ImageId, values: &[f32], places: &[u32]) {
        assert_eq!(values.len(), self.channels(), "one value a channel");
        assert_eq!(places.len(), self.channels(), "one place a channel");
        // During an extraction ids ascend, and no list needs to be searched.
        if self.highest.is_some_and(|highest| image <= highest) {
            self.forget(image);
        }
        self.highest = self.highest.max(Some(image));
        for (channel, (value, place)) in values.iter().zip(places).enumerate() {
            // Most images are behind what was lost already, in most channels.
            if self.lost[channel].is_none_or(|lost| lost.value <= *value) {
                self.insert(channel, Exemplar { image, value: *value, place: *place });
            }
        }
    }

    /// Takes an image out of all lists.
    pub fn forget(&mut self, image: ImageId) {
        for list in &mut self.lists {
            list.retain(|exemplar| exemplar.image != image);
        }
    }

    /// Learns from other lists of the same layer where the images were excited whose places are unknown here. An image
    /// that has another value there is another picture by now.
    pub fn take_places_of(&mut self, other: &Self) {
        for (list, known) in self.lists.iter_mut().zip(&other.lists) {
            for exemplar in list.iter_mut().filter(|exemplar| exemplar.place == UNKNOWN_PLACE) {
                let same = |other: &&Exemplar| other.image == exemplar.image && other.value == exemplar.value;
                if let Some(same) = known.iter().find(same) {
                    exemplar.place = same.place;
                }
            }
        }
    }

    /// Takes in the lists of other images: of another shard. An image that is in both counts with its better value.
    ///
    /// # Panics
    /// When the numbers of channels or of images a channel differ.
    pub fn merge(&mut self, other: &Self) {
        assert_eq!(self.channels(), other.channels(), "exemplars of the same layer");
        assert_eq!(self.per_channel, other.per_channel, "lists of the same length");
        self.highest = self.highest.max(other.highest);
        for (channel, theirs) in other.lists.iter().enumerate() {
            let lost = other.lost[channel];
            if let Some(lost) = lost
                && self.lost[channel].is_none_or(|ours| lost.is_before(&ours))
            {
                self.lost[channel] = Some(lost);
                self.lists[channel].retain(|exemplar| !lost.is_before(exemplar));
            }
            for exemplar in theirs {
                let list = &mut self.lists[channel];
                match list.iter().position(|ours| ours.image == exemplar.image) {
                    Some(ours) if list[ours].value >= exemplar.value => continue,
                    Some(ours) => drop(list.remove(ours)),
                    None => {}
                }
                self.insert(channel, *exemplar);
            }
        }
    }

    /// Puts an image that is not in the list where it belongs, if it does.
    fn insert(&mut self, channel: usize, exemplar: Exemplar) {
        let (list, lost) = (&mut self.lists[channel], &mut self.lost[channel]);
        let excites = exemplar.value > 0.0 && exemplar.value.is_finite();
        if !excites || lost.is_some_and(|lost| lost.is_before(&exemplar)) {
            return;
        }
        let place = list.partition_point(|known| known.is_before(&exemplar));
        if place == self.per_channel {
            *lost = Some(exemplar);
            return;
        }
        if list.len() == self.per_channel {
            *lost = list.pop();
        }
        list.insert(place, exemplar);
    }
}
