//! Words that a person gave to images.

use std::collections::BTreeMap;

use super::{ImageId, ImageSet};

/// The longest tag, in bytes.
pub const MAX_TAG_BYTES: usize = 200;

/// Which images bear which tag.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags {
    /// The images of each tag, ascending; no tag is without images.
    pub images: BTreeMap<String, Vec<ImageId>>,
}

impl Tags {
    /// Whether an image bears a tag.
    pub fn has(&self, tag: &str, id: ImageId) -> bool {
        self.bearers(tag).binary_search(&id).is_ok()
    }

    /// The images that bear a tag, ascending.
    fn bearers(&self, tag: &str) -> &[ImageId] {
        self.images.get(tag).map_or(&[][..], Vec::as_slice)
    }

    /// The images that bear a tag and did not before, and those that do not bear it any more, ascending, each with whether it bears
    /// it now.
    pub fn changes_since<'a>(&'a self, before: &'a Self, tag: &str) -> impl Iterator<Item = (ImageId, bool)> + use<'a> {
        let (mut was, mut is) = (before.bearers(tag), self.bearers(tag));
        std::iter::from_fn(move || {
            loop {
                match (was.split_first(), is.split_first()) {
                    (Some((a, further_a)), Some((b, further_b))) if a == b => (was, is) = (further_a, further_b),
                    (Some((gone, further)), next) if next.is_none_or(|(new, _)| gone < new) => {
                        was = further;
                        return Some((*gone, false));
                    }
                    (_, Some((new, further))) => {
                        is = further;
                        return Some((*new, true));
                    }
                    (_, None) => return None,
                }
            }
        })
    }

    /// Those of some images that a change of the tag changes: that do not bear it yet, or where it is taken away, that do.
    pub fn to_change(&self, images: &ImageSet, tag: &str, is_on: bool) -> ImageSet {
        let bearing = self.bearers(tag);
        if images.len() <= bearing.len() {
            return images.iter().filter(|id| self.has(tag, *id) != is_on).collect();
        }
        let bearing: ImageSet = bearing.iter().copied().collect();
        if is_on { images.difference(&bearing) } else { images.intersection(&bearing) }
    }

    /// The tags of an image, in the order of names.
    pub fn of(&self, id: ImageId) -> impl Iterator<Item = &str> {
        self.images.iter().filter(move |(_, ids)| ids.binary_search(&id).is_ok()).map(|(tag, _)| tag.as_str())
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
