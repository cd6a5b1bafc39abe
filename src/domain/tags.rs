//! Words that a person gave to images.

use std::cell::Cell;
use std::collections::BTreeMap;

use super::{ImageId, ImageSet, LABEL_TAG_PREFIX, PerImage};

/// The longest tag, in bytes.
pub const MAX_TAG_BYTES: usize = 200;

/// How tags begin that save a selection.
pub const SAVED_PREFIX: &str = "selection:";

/// The tag of images that should leave the collection.
pub const TO_REMOVE: &str = "to remove";

thread_local! {
    static SEARCHED: Cell<u64> = const { Cell::new(0) };
}

/// How many tags this thread has searched for an image since it began, one by one.
pub fn tags_searched() -> u64 {
    SEARCHED.get()
}

/// Which images bear which tag.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags {
    /// The images of each tag, ascending; no tag is without images.
    images: BTreeMap<String, PerImage<ImageId>>,
    /// The same as a set, of the few tags whose images are taken together without a question: saved selections, and what is to be
    /// removed. Of the others there may be thousands, which sets would take too much memory for.
    sets: BTreeMap<String, ImageSet>,
}

impl Tags {
    /// Whether an image bears a tag.
    pub fn has(&self, tag: &str, id: ImageId) -> bool {
        self.images.get(tag).is_some_and(|bearers| bearers.binary_search(&id).is_ok())
    }

    /// Whether any image bears a tag.
    pub fn is_known(&self, tag: &str) -> bool {
        self.images.contains_key(tag)
    }

    /// Whether no image bears any tag.
    pub fn is_empty(&self) -> bool {
        self.images.is_empty()
    }

    /// How many images bear a tag.
    pub fn count(&self, tag: &str) -> usize {
        self.images.get(tag).map_or(0, PerImage::len)
    }

    /// How many images there are over all tags; one that bears several counts for each.
    pub fn count_of_all(&self) -> usize {
        self.images.values().map(PerImage::len).sum()
    }

    /// All tags in the order of names, with the images of each, ascending.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &PerImage<ImageId>)> {
        self.images.iter().map(|(tag, bearers)| (tag.as_str(), bearers))
    }

    /// The tags that begin so, in the order of names, with the images of each, ascending.
    pub fn beginning_with<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a PerImage<ImageId>)> {
        let from = self.images.range(prefix.to_owned()..).map(|(tag, bearers)| (tag.as_str(), bearers));
        from.take_while(move |(tag, _)| tag.starts_with(prefix))
    }

    /// The images that bear a tag, ascending.
    pub fn bearers(&self, tag: &str) -> &[ImageId] {
        self.images.get(tag).map_or(&[], |bearers| &bearers[..])
    }

    /// The same as a set. Of saved selections, and of what is to be removed, no image is looked at for it.
    pub fn set_of(&self, tag: &str) -> ImageSet {
        let known = self.sets.get(tag).cloned();
        known.unwrap_or_else(|| self.bearers(tag).iter().copied().collect())
    }

    /// How many images are looked at for [the set](Self::set_of) of those that bear a tag.
    pub fn looked_at(&self, tag: &str) -> usize {
        if self.sets.contains_key(tag) { 0 } else { self.count(tag) }
    }

    /// Those of some images that a change of the tag changes: that do not bear it yet, or where it is taken away, that do.
    pub fn to_change(&self, images: &ImageSet, tag: &str, is_on: bool) -> ImageSet {
        if images.len() <= self.looked_at(tag) {
            return images.iter().filter(|id| self.has(tag, *id) != is_on).collect();
        }
        let bearing = self.set_of(tag);
        if is_on { images.difference(&bearing) } else { images.intersection(&bearing) }
    }

    /// The tags of an image, in the order of names. All tags are searched for it, which is counted ([`tags_searched`]).
    pub fn of(&self, id: ImageId) -> impl Iterator<Item = &str> {
        SEARCHED.set(SEARCHED.get().wrapping_add(self.images.len() as u64));
        self.images.iter().filter(move |(_, ids)| ids.binary_search(&id).is_ok()).map(|(tag, _)| tag.as_str())
    }

    /// The tag by which an import names one of several labels.
    ///
    /// # Errors
    /// When the label cannot be a tag: why, for the person.
    pub fn of_label(label: &str) -> Result<String, String> {
        Self::cleaned(&format!("{LABEL_TAG_PREFIX}{label}"))
    }

    /// The tag that a person means by what they wrote: without space around it.
    ///
    /// # Errors
    /// What is wrong with it, for the person.
    pub fn cleaned(written: &str) -> Result<String, String> {
        let tag = written.trim();
        match () {
            () if tag.is_empty() => Err("a tag needs a name".to_owned()),
            () if tag.len() > MAX_TAG_BYTES => Err(format!("a tag has at most {MAX_TAG_BYTES} bytes")),
            () if tag.chars().any(char::is_control) => Err("a tag cannot contain a line break".to_owned()),
            () => Ok(tag.to_owned()),
        }
    }
}

impl FromIterator<(String, Vec<ImageId>)> for Tags {
    /// Of tags with their images, in any order.
    fn from_iter<I: IntoIterator<Item = (String, Vec<ImageId>)>>(tags: I) -> Self {
        let is_whole = |tag: &str| tag.starts_with(SAVED_PREFIX) || tag == TO_REMOVE;
        let mut all = Self::default();
        for (tag, mut images) in tags {
            images.sort_unstable();
            images.dedup();
            if images.is_empty() {
                continue;
            }
            if is_whole(&tag) {
                all.sets.insert(tag.clone(), images.iter().copied().collect());
            }
            all.images.insert(tag, images.into());
        }
        all
    }
}

impl<const N: usize> From<[(String, Vec<ImageId>); N]> for Tags {
    fn from(tags: [(String, Vec<ImageId>); N]) -> Self {
        tags.into_iter().collect()
    }
}
