//! Labels that a person gave by hand: kept as imported ones are, with what was there before, so that it can be taken back.

use super::{ImageId, SaidLabel};

/// Images whose labels changed: what each had in the place of its folder's name before, and what it has since.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Relabelling {
    /// Those that changed, ascending.
    pub images: Vec<RelabelledImage>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelabelledImage {
    /// Which.
    pub image: ImageId,
    /// What was imported for it or given to it.
    pub before: SaidLabel,
    /// What stands in its place.
    pub after: SaidLabel,
    /// Its tags that named labels, as an import of several labels gives them.
    pub tags_before: Vec<String>,
    /// Those that stand in their place: where there were some, that of the label.
    pub tags_after: Vec<String>,
}

impl Relabelling {
    /// What takes it back.
    #[must_use]
    pub fn reversed(&self) -> Self {
        let turn = |it: &RelabelledImage| RelabelledImage {
            image: it.image,
            before: it.after.clone(),
            after: it.before.clone(),
            tags_before: it.tags_after.clone(),
            tags_after: it.tags_before.clone(),
        };
        Self { images: self.images.iter().map(turn).collect() }
    }

    /// The same of the images of now, as `follow` finds them; without those that it does not find.
    #[must_use]
    pub fn followed(&self, follow: impl Fn(ImageId) -> Option<ImageId>) -> Self {
        let now = |it: &RelabelledImage| Some(RelabelledImage { image: follow(it.image)?, ..it.clone() });
        Self { images: self.images.iter().filter_map(now).collect() }
    }
}
