//! The picture that was looked at when the collection was last open.

use super::OpenedCollection;
use crate::domain::{ImageId, ImageRef};
use crate::engine::Request;
use crate::session::LeftPicture;

/// Among so many images one that has another number now is looked for.
const FIND_AMONG: usize = 4096;

impl OpenedCollection {
    /// Looks at the picture that was looked at last, as soon as it is known; `at_last`, all pictures are. That is no choice
    /// to be taken back. Whoever has looked at another one meanwhile goes on with that.
    pub(in crate::session) fn look_again(&mut self, at_last: bool) -> Vec<Request> {
        let count = self.images.len();
        let is_known = |picture: &mut LeftPicture| at_last || picture.id.index() < count;
        let awaited = self.awaited_picture.take_if(is_known);
        if self.chosen.probe.is_none() && self.chosen.like.is_none() {
            let found = awaited.and_then(|picture| self.find_again(&picture));
            return if found.is_some() { self.look_unasked(found) } else { Vec::new() };
        }
        if at_last && self.is_unchosen_gone() { self.look_unasked(None) } else { Vec::new() }
    }

    /// Whether what is looked at was chosen by nobody, and its file is gone, which is known once all were walked.
    fn is_unchosen_gone(&self) -> bool {
        let probe = self.chosen.probe.and_then(|probe| self.image(probe));
        !self.history.can_undo() && probe.is_some_and(|image| image.is_gone())
    }

    /// Looks at a picture although nobody chose it, or at none.
    pub(super) fn look_unasked(&mut self, image: Option<ImageId>) -> Vec<Request> {
        let before = self.chosen.clone();
        self.chosen.probe = image;
        self.ask_what_changed(&before)
    }

    /// The image at that path, unless its file is gone. Another number it has only in a workspace that was made anew, so
    /// that it is not looked for among millions.
    fn find_again(&self, picture: &LeftPicture) -> Option<ImageId> {
        let is_it = |image: &ImageRef<'_>| image.path == picture.path.borrowed() && !image.is_gone();
        let same = self.images.get(picture.id).filter(is_it);
        same.or_else(|| self.images.range(0..FIND_AMONG).find(is_it)).map(|image| image.id)
    }
}
