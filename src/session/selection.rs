//! The set of images a person picked.

use std::sync::Arc;

use crate::domain::ImageId;

/// A set of images: one bit each, so that a view may ask for every image in every frame. Copies share the bits until one of
/// them is changed, so that every step back may hold a set however many images there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    words: Arc<Vec<u64>>,
    len: usize,
}

impl Selection {
    /// How many images are in it.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether `id` is in it.
    pub fn contains(&self, id: ImageId) -> bool {
        self.words.get(id.index() / 64).is_some_and(|word| word >> (id.index() % 64) & 1 == 1)
    }

    /// Puts `id` in; says whether it was not there before.
    pub fn insert(&mut self, id: ImageId) -> bool {
        if self.contains(id) {
            return false;
        }
        let (word, words) = (id.index() / 64, Arc::make_mut(&mut self.words));
        if word >= words.len() {
            words.resize(word + 1, 0);
        }
        words[word] |= 1 << (id.index() % 64);
        self.len += 1;
        true
    }

    /// Takes `id` out; says whether it was there.
    pub fn remove(&mut self, id: ImageId) -> bool {
        let was_there = self.contains(id);
        if was_there {
            Arc::make_mut(&mut self.words)[id.index() / 64] &= !(1 << (id.index() % 64));
            self.len -= 1;
        }
        was_there
    }

    /// Whether both are one set in memory: then they are equal without being compared.
    pub fn is_shared_with(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.words, &other.words)
    }

    /// Ascending.
    pub fn iter(&self) -> impl Iterator<Item = ImageId> + '_ {
        self.words.iter().enumerate().flat_map(|(word, &bits)| {
            (0..64u32).filter(move |bit| bits >> bit & 1 == 1).map(move |bit| ImageId(word as u32 * 64 + bit))
        })
    }
}

impl FromIterator<ImageId> for Selection {
    fn from_iter<I: IntoIterator<Item = ImageId>>(ids: I) -> Self {
        let mut selection = Self::default();
        ids.into_iter().for_each(|id| {
            selection.insert(id);
        });
        selection
    }
}
