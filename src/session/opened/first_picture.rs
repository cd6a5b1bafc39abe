//! The picture that is looked at before anybody chose one: at once the first that can be read, and one that stands for the collection
//! as soon as it is known which does.

use super::OpenedCollection;
use super::chosen::Chosen;
use crate::domain::{ImageId, ImageRef};
use crate::engine::{Look, Request};

/// Among so many pictures one that can be read is looked for.
const AMONG: usize = 64;

/// What is known of the picture that nobody chose.
#[derive(Clone, Debug, Default)]
pub(super) struct Unchosen {
    /// What is looked at, since nobody chose.
    looked_at: Option<ImageId>,
    /// Which one stands for the collection.
    representative: Option<ImageId>,
    /// Whether that was asked, or somebody had chosen by then.
    is_settled: bool,
}

impl OpenedCollection {
    /// Whether no picture is looked at although there are some.
    pub fn wants_first(&self) -> bool {
        let Chosen { probe: None, like: None, .. } = &self.chosen else { return false };
        !self.shown.is_empty() && !self.awaits_another() && self.collection().is_some()
    }

    /// Whether it is known what is to be looked at, and not there yet.
    fn awaits_another(&self) -> bool {
        self.resumed.is_some() || self.awaited_picture.is_some()
    }

    /// Looks at the picture that stands for the collection or, until that is known, at the first one that can be read.
    pub(super) fn look_at_first(&mut self) -> Vec<Request> {
        if !self.wants_first() {
            return Vec::new();
        }
        let some = || self.shown.range(0..self.shown.len().min(AMONG));
        let is_readable = |id: &ImageId| self.image(*id).is_some_and(|image| image.problem.is_none());
        let first = self.representative().or_else(|| some().find(is_readable)).or_else(|| some().next());
        self.unchosen.looked_at = first;
        self.look_unasked(first)
    }

    /// Whether nobody has chosen anything yet: not a picture, nor anything else.
    fn is_nothing_chosen(&self) -> bool {
        let Chosen { probe, like, .. } = &self.chosen;
        let is_open = like.is_none() && (probe.is_none() || *probe == self.unchosen.looked_at);
        is_open && !self.awaits_another() && !self.history.can_undo() && !self.history.can_redo()
    }

    /// Asks once which picture stands for the collection, as soon as there are vectors and no more are coming.
    pub(super) fn ask_representative(&mut self) -> Vec<Request> {
        let has_vectors = self.committed.is_some_and(|(images, _)| images > 0);
        if self.unchosen.is_settled || !has_vectors || self.is_busy() {
            return Vec::new();
        }
        let Some(source) = self.source() else { return Vec::new() };
        self.unchosen.is_settled = true;
        match self.is_nothing_chosen() {
            true => vec![Request::Look(Look::Representative { source })],
            false => Vec::new(),
        }
    }

    /// Takes in which picture stands for the collection. It is looked at, unless something was chosen meanwhile; nobody chose it, so
    /// that cannot be undone. Where a picture is looked into (`is_looking_inside`) it stays.
    pub(in crate::session) fn take_representative(
        &mut self,
        image: Option<ImageId>,
        is_looking_inside: bool,
    ) -> Vec<Request> {
        if !self.unchosen.is_settled {
            return Vec::new();
        }
        self.unchosen.representative = image;
        let is_seen = is_looking_inside && self.chosen.probe.is_some();
        let Some(image) = self.representative().filter(|_| self.is_nothing_chosen() && !is_seen) else {
            return Vec::new();
        };
        self.unchosen.looked_at = Some(image);
        self.look_unasked(Some(image))
    }

    /// Whether this picture is looked at because it stands for the collection: nobody chose it.
    pub fn is_looked_at_as_typical(&self, image: ImageId) -> bool {
        let Unchosen { looked_at, representative, .. } = &self.unchosen;
        *looked_at == Some(image) && *representative == Some(image) && self.is_nothing_chosen()
    }

    /// The picture that stands for the collection, if it is known, there and shown.
    fn representative(&self) -> Option<ImageId> {
        let is_whole = |image: &ImageRef<'_>| image.problem.is_none() && !image.is_gone();
        let image = self.image(self.unchosen.representative?).filter(is_whole)?;
        self.shown.place_of(image.id).map(|_| image.id)
    }
}
