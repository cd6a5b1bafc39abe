//! Selections that are saved by a name. They are kept as tags: handwork, which follows its pictures, can be undone, searched for,
//! exported and taken back like any other.

use super::tags::SAVED_PREFIX;
use super::{ImageId, PerImage, Tags};

/// The tag that saves a selection by this name.
///
/// # Errors
/// What is wrong with the name, for the person.
pub fn saved_tag(name: &str) -> Result<String, String> {
    if name.trim().is_empty() {
        return Err("a selection needs a name".to_owned());
    }
    Tags::cleaned(&format!("{SAVED_PREFIX}{}", name.trim()))
}

/// The name by which a tag saves a selection, if it does.
pub fn saved_name(tag: &str) -> Option<&str> {
    tag.strip_prefix(SAVED_PREFIX).filter(|name| !name.is_empty())
}

impl Tags {
    /// The selections that are saved, in the order of their names, with the images of each, ascending.
    pub fn saved_selections(&self) -> impl Iterator<Item = (&str, &PerImage<ImageId>)> {
        let kept = self.beginning_with(SAVED_PREFIX);
        kept.filter_map(|(tag, images)| Some((saved_name(tag)?, images)))
    }

    /// The tags that save no selection, in the order of names, with the images of each, ascending.
    pub fn words(&self) -> impl Iterator<Item = (&str, &PerImage<ImageId>)> {
        self.iter().filter(|(tag, _)| saved_name(tag).is_none())
    }

    /// The tags of an image that save no selection, in the order of names.
    pub fn words_of(&self, id: ImageId) -> impl Iterator<Item = &str> {
        self.of(id).filter(|tag| saved_name(tag).is_none())
    }
}
