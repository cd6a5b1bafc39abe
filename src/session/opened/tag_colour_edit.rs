//! One change of a tag's colour.

use crate::domain::TagColour;
use crate::engine::Request;

/// One change of a tag's colour; `None` is that of its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagColourEdit {
    /// The tag.
    pub tag: String,
    /// What was chosen before.
    pub before: Option<TagColour>,
    /// What is chosen since.
    pub after: Option<TagColour>,
}

impl TagColourEdit {
    /// What makes the change, or takes it back.
    pub(super) fn request(&self, is_done: bool) -> Request {
        Request::ColourTag { tag: self.tag.clone(), colour: if is_done { self.after } else { self.before } }
    }
}
