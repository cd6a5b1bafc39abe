//! One change of tags.

use crate::domain::ImageSet;
use crate::engine::Request;

/// One change of tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagEdit {
    /// The images that changed: those that were so before are not among them.
    pub images: ImageSet,
    /// The tag.
    pub tag: String,
    /// Whether they bear it since.
    pub is_on: bool,
}

impl TagEdit {
    /// What makes the change, or takes it back.
    pub(super) fn request(&self, is_done: bool) -> Request {
        Request::Tag { images: self.images.clone(), tag: self.tag.clone(), is_on: self.is_on == is_done }
    }
}
