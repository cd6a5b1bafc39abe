//! What a person decided of something that was found. All but another label is kept as a tag: handwork, which can be undone, searched
//! for, exported and taken back like any other.

use super::tags::TO_REMOVE;
use super::{ImageId, Tags};

/// What was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Its label is right.
    LabelIsRight,
    /// It is as it should be: neither blurred nor dark nor misshapen by mistake.
    PictureIsRight,
    /// It is no copy of the others of its group, or may be one.
    NoCopy,
    /// It has this label: that is kept as a label given by hand ([`Relabelling`](super::Relabelling)), and not as a tag.
    Relabel(String),
    /// It should leave the collection.
    Remove,
}

/// How tags begin that named the label that an image should have, before it was given that label.
const RELABEL_PREFIX: &str = "relabel:";

impl Decision {
    /// The tag that says so, if one does.
    pub fn tag(&self) -> Option<&'static str> {
        match self {
            Self::LabelIsRight => Some("label is right"),
            Self::PictureIsRight => Some("picture is right"),
            Self::NoCopy => Some("no copy"),
            Self::Relabel(_) => None,
            Self::Remove => Some(TO_REMOVE),
        }
    }
}

/// Who was decided on, by what was asked of them.
#[derive(Clone, Copy, Debug)]
pub struct Decided<'a>(
    /// All tags.
    pub &'a Tags,
);

impl Decided<'_> {
    /// Whether it was decided what becomes of an image's label.
    pub fn on_label(self, id: ImageId) -> bool {
        self.is(&Decision::LabelIsRight, id) || self.is(&Decision::Remove, id) || self.is_relabelled(id)
    }

    /// Whether it was decided what becomes of a picture that is odd.
    pub fn on_picture(self, id: ImageId) -> bool {
        self.is(&Decision::PictureIsRight, id) || self.is(&Decision::Remove, id)
    }

    /// Whether it was decided what becomes of a group of copies: at most one of them is still to be decided on.
    pub fn on_copies(self, group: &[ImageId]) -> bool {
        let is_open = |id: &&ImageId| !self.is(&Decision::NoCopy, **id) && !self.is(&Decision::Remove, **id);
        group.iter().filter(is_open).count() < 2
    }

    fn is(self, decision: &Decision, id: ImageId) -> bool {
        decision.tag().is_some_and(|tag| self.0.has(tag, id))
    }

    fn is_relabelled(self, id: ImageId) -> bool {
        self.0.beginning_with(RELABEL_PREFIX).any(|(_, ids)| ids.binary_search(&id).is_ok())
    }
}
