//! One change of tags.

use crate::domain::ImageId;
use crate::engine::Request;

/// One change of tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagEdit {
    /// The images that changed, ascending: those that were so before are not among them.
    pub ids: Vec<ImageId>,
    /// The tag.
    pub tag: String,
    /// Whether they bear it since.
    pub is_on: bool,
}

impl TagEdit {
    /// What makes the change, or takes it back.
    pub(super) fn request(&self, is_done: bool) -> Request {
        Request::Tag { ids: self.ids.clone(), tag: self.tag.clone(), is_on: self.is_on == is_done }
    }
}
