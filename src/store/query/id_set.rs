//! Images as bits.

use crate::domain::ImageId;

/// A set of images of a table of so many.
#[derive(Clone, Debug)]
pub(super) struct IdSet {
    words: Vec<u64>,
    count: usize,
}

impl IdSet {
    /// None of `count` images.
    pub(super) fn new(count: usize) -> Self {
        Self { words: vec![0; count.div_ceil(64)], count }
    }

    /// Puts an image in; one beyond the table is passed over.
    pub(super) fn insert(&mut self, id: ImageId) {
        if id.index() < self.count {
            self.words[id.index() / 64] |= 1 << (id.index() % 64);
        }
    }

    /// Takes an image out.
    pub(super) fn remove(&mut self, id: ImageId) {
        if id.index() < self.count {
            self.words[id.index() / 64] &= !(1 << (id.index() % 64));
        }
    }

    /// Whether an image is in it.
    pub(super) fn contains(&self, id: ImageId) -> bool {
        id.index() < self.count && self.words[id.index() / 64] >> (id.index() % 64) & 1 == 1
    }

    /// Keeps those that are in the other, too.
    pub(super) fn keep(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word &= other);
    }

    /// Takes in those of the other.
    pub(super) fn add(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word |= other);
    }

    /// Whether nothing is in it.
    pub(super) fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// Ascending.
    pub(super) fn iter(&self) -> impl Iterator<Item = ImageId> + '_ {
        self.words.iter().enumerate().flat_map(|(word, &bits)| {
            (0..64u32).filter(move |bit| bits >> bit & 1 == 1).map(move |bit| ImageId(word as u32 * 64 + bit))
        })
    }
}
