//! A set of images, asked once a row.

use crate::domain::ImageId;

/// Images that may be in a list, one bit each: those that a filter lets through, usually.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageSet {
    words: Vec<u64>,
}

impl ImageSet {
    /// Whether `image` is in it.
    #[inline]
    pub fn contains(&self, image: ImageId) -> bool {
        self.words.get(image.index() / 64).is_some_and(|word| word >> (image.index() % 64) & 1 == 1)
    }

    /// How many images are in it.
    pub fn len(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    fn insert(&mut self, image: ImageId) {
        let word = image.index() / 64;
        if word >= self.words.len() {
            self.words.resize(word + 1, 0);
        }
        self.words[word] |= 1 << (image.index() % 64);
    }
}

impl FromIterator<ImageId> for ImageSet {
    fn from_iter<I: IntoIterator<Item = ImageId>>(images: I) -> Self {
        let mut set = Self::default();
        images.into_iter().for_each(|image| set.insert(image));
        set
    }
}
