//! What a person decided of something that was found. It is kept as a tag: handwork, which can be undone, searched for, exported
//! and taken back like any other.

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
    /// It should have this label.
    Relabel(String),
    /// It should leave the collection.
    Remove,
}

/// How tags begin that name the label that an image should have.
pub const RELABEL_PREFIX: &str = "relabel:";

impl Decision {
    /// The tag that says so.
    pub fn tag(&self) -> String {
        match self {
            Self::LabelIsRight => "label is right".to_owned(),
            Self::PictureIsRight => "picture is right".to_owned(),
            Self::NoCopy => "no copy".to_owned(),
            Self::Relabel(label) => format!("{RELABEL_PREFIX}{label}"),
            Self::Remove => "to remove".to_owned(),
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
        self.0.has(&decision.tag(), id)
    }

    fn is_relabelled(self, id: ImageId) -> bool {
        self.0.beginning_with(RELABEL_PREFIX).any(|(_, ids)| ids.binary_search(&id).is_ok())
    }
}
