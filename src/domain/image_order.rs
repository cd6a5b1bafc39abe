//! Images in an order, and the place of each in it.

use std::ops::Range;
use std::sync::Arc;

use super::touched::touch;
use super::{ImageId, ImageSet};

/// Images in an order. Which image stands at a place and at which place an image stands are both told at once, and copies
/// share what they have in common: it can be shown while its successor is made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageOrder {
    ids: Column,
    /// The place of each image, by id.
    places: Column,
    set: ImageSet,
}

/// The place of an image that is not in the order.
const NONE: u32 = u32::MAX;

impl ImageOrder {
    /// How many images are in it.
    pub fn len(&self) -> usize {
        self.ids.len
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.ids.len == 0
    }

    /// The image at a place.
    pub fn get(&self, place: usize) -> Option<ImageId> {
        touch(1);
        self.ids.get(place).map(ImageId)
    }

    /// The first image.
    pub fn first(&self) -> Option<ImageId> {
        self.get(0)
    }

    /// The last image.
    pub fn last(&self) -> Option<ImageId> {
        self.get(self.len().checked_sub(1)?)
    }

    /// The place of an image, if it is in the order.
    pub fn place_of(&self, image: ImageId) -> Option<usize> {
        touch(1);
        self.places.get(image.index()).filter(|place| *place != NONE).map(|place| place as usize)
    }

    /// Its images, whatever their order.
    pub fn set(&self) -> &ImageSet {
        &self.set
    }

    /// All images, the first one first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = ImageId> + ExactSizeIterator + '_ {
        self.range(0..self.len())
    }

    /// The images at some places, as far as there are any.
    pub fn range(&self, places: Range<usize>) -> impl DoubleEndedIterator<Item = ImageId> + ExactSizeIterator + '_ {
        let end = places.end.min(self.len());
        (places.start.min(end)..end).map(|place| {
            touch(1);
            ImageId(self.ids.get(place).unwrap_or(NONE))
        })
    }

    /// Puts an image behind the last one, unless it is there.
    pub fn push(&mut self, image: ImageId) {
        if self.set.insert(image) {
            touch(1);
            self.places.put(image.index(), self.ids.len as u32);
            self.ids.put(self.ids.len, image.0);
        }
    }
}

impl FromIterator<ImageId> for ImageOrder {
    fn from_iter<I: IntoIterator<Item = ImageId>>(images: I) -> Self {
        let ids: Vec<u32> = images.into_iter().map(|image| image.0).collect();
        touch(ids.len());
        let mut places = vec![NONE; ids.iter().max().map_or(0, |last| *last as usize + 1)];
        for (place, id) in ids.iter().enumerate() {
            places[*id as usize] = place as u32;
        }
        let set = ids.iter().map(|id| ImageId(*id)).collect();
        Self { ids: Column::from(&ids[..]), places: Column::from(&places[..]), set }
    }
}

/// Numbers of a chunk.
const CHUNK: usize = 4096;

/// Numbers in chunks, which copies share until one is changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Column {
    chunks: Vec<Arc<Vec<u32>>>,
    len: usize,
}

impl Column {
    fn get(&self, index: usize) -> Option<u32> {
        self.chunks.get(index / CHUNK)?.get(index % CHUNK).copied()
    }

    /// Sets a number; those before it that were not set are [`NONE`].
    fn put(&mut self, index: usize, number: u32) {
        while self.len <= index {
            if self.len.is_multiple_of(CHUNK) {
                self.chunks.push(Arc::default());
            }
            if let Some(last) = self.chunks.last_mut() {
                let room = (CHUNK - last.len()).min(index + 1 - self.len);
                let filled = last.len() + room;
                Arc::make_mut(last).resize(filled, NONE);
                self.len += room;
            }
        }
        Arc::make_mut(&mut self.chunks[index / CHUNK])[index % CHUNK] = number;
    }
}

impl From<&[u32]> for Column {
    fn from(numbers: &[u32]) -> Self {
        Self { chunks: numbers.chunks(CHUNK).map(|chunk| Arc::new(chunk.to_vec())).collect(), len: numbers.len() }
    }
}
