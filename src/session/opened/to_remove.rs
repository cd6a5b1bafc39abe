//! Images that a person decided to remove. No file is touched; they are hidden, until the person wants to see them or asks for them
//! by their tag.

use std::sync::Arc;

use super::OpenedCollection;
use crate::domain::{ImageSet, Predicate, TO_REMOVE};
use crate::engine::Request;

/// What is known of them.
#[derive(Clone, Debug, Default)]
pub(super) struct ToRemove {
    /// Which they are, as the tags say.
    images: Arc<ImageSet>,
    /// Whether the filter's predicate asks for their tag.
    is_asked_for: bool,
}

impl OpenedCollection {
    /// The images that are to be removed, whether they are hidden or not.
    pub fn to_remove(&self) -> &ImageSet {
        &self.to_remove.images
    }

    /// Whether the filter asks for their tag: who does so is shown them.
    pub fn asks_for_removed(&self) -> bool {
        self.to_remove.is_asked_for
    }

    /// The images that are hidden although the filter may let them through, if any are.
    pub fn hidden(&self) -> Option<&Arc<ImageSet>> {
        let is_hiding = !self.chosen.shows_removed && !self.asks_for_removed();
        Some(&self.to_remove.images).filter(|images| is_hiding && !images.is_empty())
    }

    /// Whether nothing is kept out of what is shown.
    pub fn shows_everything(&self) -> bool {
        self.chosen.filter.is_empty() && self.hidden().is_none()
    }

    /// Another predicate counts now. What cannot be read asks for nothing.
    pub(super) fn follow_predicate(&mut self) {
        let predicate = Predicate::parse(&self.chosen.filter.predicate);
        self.to_remove.is_asked_for = predicate.is_ok_and(|predicate| predicate.wants_tag(TO_REMOVE));
    }

    /// Follows the tags, which say what was decided: none of those decided on is looked at, however many there are.
    pub(super) fn follow_decisions(&mut self) -> Vec<Request> {
        let was_hiding = self.hidden().is_some();
        let images = self.tags.set_of(TO_REMOVE);
        if images == *self.to_remove.images {
            return Vec::new();
        }
        let some_are_back = !self.to_remove.images.difference(&images).is_empty();
        self.to_remove.images = Arc::new(images.sharing_with(&self.to_remove.images));
        if !was_hiding && self.hidden().is_none() {
            return Vec::new();
        }
        let mut requests = self.follow_hidden(some_are_back);
        requests.extend(self.refresh_shown_soon());
        requests
    }
}
