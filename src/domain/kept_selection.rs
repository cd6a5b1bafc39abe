//! Selections that are kept by a name. They are kept as tags: handwork, which follows its pictures, can be undone, searched for,
//! exported and taken back like any other.

use super::{ImageId, Tags};

/// How tags begin that keep a selection.
pub const KEPT_PREFIX: &str = "selection:";

/// The tag that keeps a selection by this name.
///
/// # Errors
/// What is wrong with the name, for the person.
pub fn kept_tag(name: &str) -> Result<String, String> {
    if name.trim().is_empty() {
        return Err("a selection needs a name".to_owned());
    }
    Tags::cleaned(&format!("{KEPT_PREFIX}{}", name.trim()))
}

/// The name by which a tag keeps a selection, if it does.
pub fn kept_name(tag: &str) -> Option<&str> {
    tag.strip_prefix(KEPT_PREFIX).filter(|name| !name.is_empty())
}

impl Tags {
    /// The selections that are kept, in the order of their names, with the images of each, ascending.
    pub fn kept_selections(&self) -> impl Iterator<Item = (&str, &[ImageId])> {
        let from = self.images.range(KEPT_PREFIX.to_owned()..);
        let kept = from.take_while(|(tag, _)| tag.starts_with(KEPT_PREFIX));
        kept.filter_map(|(tag, images)| Some((kept_name(tag)?, images.as_slice())))
    }

    /// The tags that keep no selection, in the order of names, with the images of each, ascending.
    pub fn words(&self) -> impl Iterator<Item = (&str, &[ImageId])> {
        let all = self.images.iter().filter(|(tag, _)| kept_name(tag).is_none());
        all.map(|(tag, images)| (tag.as_str(), images.as_slice()))
    }

    /// The tags of an image that keep no selection, in the order of names.
    pub fn words_of(&self, id: ImageId) -> impl Iterator<Item = &str> {
        self.of(id).filter(|tag| kept_name(tag).is_none())
    }
}
