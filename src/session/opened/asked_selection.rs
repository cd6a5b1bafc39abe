//! Selections that another program asks for.

use super::OpenedCollection;
use super::choose::{Choose, Pick};
use crate::domain::{ImageId, counted};
use crate::engine::Request;
use crate::session::Notices;

impl OpenedCollection {
    /// Selects these images and no others, as one step that can be taken back.
    pub(in crate::session) fn take_asked_selection(
        &mut self,
        mut images: Vec<ImageId>,
        notices: &mut Notices,
    ) -> Vec<Request> {
        // One that was recorded this moment may not have been told yet.
        images.retain(|image| image.index() < self.images.len());
        images.sort_unstable();
        images.dedup();
        notices.withdraw_picked();
        notices.tell_news(match images.len() {
            0 => "Another program cleared the selection.".to_owned(),
            count => format!("Another program selected {}.", counted(count, "image", "images")),
        });
        let requests = self.choose(Choose::PickMany(images, Pick::Replace));
        // It was said, and nobody at the window picked.
        self.pick_news = None;
        requests
    }
}
