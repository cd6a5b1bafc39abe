//! The images of a group, taken into the selection: at once if few must be looked at, else when it is known which they are.

use super::OpenedCollection;
use super::choose::Pick;
use super::ordering::AT_ONCE;
use crate::domain::{ImageGroup, ImageSet};
use crate::engine::{CatalogueLook, Look, Request};

/// What is to be done with the images of the group that was asked for last.
#[derive(Clone, Debug, Default)]
pub(super) struct Grouping {
    number: u64,
    awaited: Option<Pick>,
    /// Whether the wish has changed something else, which is a step already.
    has_step: bool,
}

impl OpenedCollection {
    /// Takes a group into the selection.
    pub(super) fn pick_group(&mut self, group: ImageGroup, pick: Pick) -> Vec<Request> {
        self.pending.grouping.number += 1;
        if group.looked_at(self.images.len()) <= AT_ONCE {
            self.pending.grouping.awaited = None;
            self.pick_set(&group.images(&self.images), pick);
            return Vec::new();
        }
        self.pending.grouping.awaited = Some(pick);
        let (number, images) = (self.pending.grouping.number, self.images.clone());
        vec![Request::Look(Look::Catalogue(CatalogueLook::Group { number, group, images }))]
    }

    /// Takes in which images are in the group. It is the choice that the person made when they asked.
    pub(in crate::session) fn take_group(&mut self, number: u64, images: &ImageSet) -> Vec<Request> {
        if number != self.pending.grouping.number {
            return Vec::new();
        }
        let Some(pick) = self.pending.grouping.awaited.take() else { return Vec::new() };
        let before = self.chosen.clone();
        self.pick_set(images, pick);
        match self.pending.grouping.has_step {
            true => self.ask_what_changed(&before),
            false => self.follow_choice(before),
        }
    }

    /// Whether what was wished together with the group that is asked for is a step that can be taken back.
    pub(super) fn note_group_step(&mut self, has_step: bool) {
        self.pending.grouping.has_step = has_step;
    }

    /// Something else is selected now: the group that was asked for is not wanted any more.
    pub(super) fn drop_group(&mut self) {
        self.pending.grouping.awaited = None;
    }

    /// It will not be known which images are in the group.
    pub(super) fn give_up_group(&mut self, number: u64) {
        if number == self.pending.grouping.number {
            self.pending.grouping.awaited = None;
        }
    }

    /// Takes images into the selection, or out of it.
    pub(super) fn pick_set(&mut self, images: &ImageSet, pick: Pick) {
        self.chosen.selection = match pick {
            Pick::Replace | Pick::Range => images.clone(),
            Pick::Toggle | Pick::Add => self.chosen.selection.union(images),
            Pick::Intersect => self.chosen.selection.intersection(images),
            Pick::Remove => self.chosen.selection.difference(images),
        };
    }
}
