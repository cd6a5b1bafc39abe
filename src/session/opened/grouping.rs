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
    awaited: Option<(u64, Pick)>,
    /// Whether the wish has changed something else, which is a step already.
    has_step: bool,
    /// The group that is to get a tag, and with which number it was asked for.
    to_tag: Option<(u64, ImageGroup, String)>,
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
        let (number, images) = (self.pending.grouping.number, self.images.clone());
        self.pending.grouping.awaited = Some((number, pick));
        vec![Request::Look(Look::Catalogue(CatalogueLook::Group { number, group, images }))]
    }

    /// Gives a tag to the images of a group.
    pub(super) fn tag_group(&mut self, group: ImageGroup, tag: String) -> Vec<Request> {
        if group.looked_at(self.images.len()) <= AT_ONCE {
            let images = group.images(&self.images);
            self.edit_tag(images.iter().collect(), tag, true);
            return Vec::new();
        }
        self.pending.grouping.number += 1;
        let (number, images) = (self.pending.grouping.number, self.images.clone());
        self.pending.grouping.to_tag = Some((number, group.clone(), tag));
        vec![Request::Look(Look::Catalogue(CatalogueLook::Group { number, group, images }))]
    }

    /// Takes in which images are in a group that is to be tagged, if these are. Only the newest group is answered: one that was
    /// overtaken is asked for again, since what is to be tagged is not given up for something else that is selected.
    fn tag_awaited(&mut self, number: u64, images: &ImageSet) -> Vec<Request> {
        match self.pending.grouping.to_tag.take() {
            Some((asked, _, tag)) if asked == number => {
                let before = self.chosen.clone();
                self.edit_tag(images.iter().collect(), tag, true);
                self.follow_choice(before)
            }
            Some((asked, group, tag)) if asked < number => self.tag_group(group, tag),
            other => {
                self.pending.grouping.to_tag = other;
                Vec::new()
            }
        }
    }

    /// Takes in which images are in the group. It is the choice that the person made when they asked.
    pub(in crate::session) fn take_group(&mut self, number: u64, images: &ImageSet) -> Vec<Request> {
        let is_newest = number == self.pending.grouping.number;
        let mut requests = self.tag_awaited(number, images);
        let picks = &mut self.pending.grouping;
        let Some((_, pick)) = picks.awaited.take_if(|(asked, _)| is_newest && *asked == number) else {
            return requests;
        };
        let before = self.chosen.clone();
        self.pick_set(images, pick);
        requests.extend(match self.pending.grouping.has_step {
            true => self.ask_what_changed(&before),
            false => self.follow_choice(before),
        });
        requests
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
        let grouping = &mut self.pending.grouping;
        grouping.awaited.take_if(|(asked, _)| *asked == number);
        grouping.to_tag.take_if(|(asked, ..)| *asked == number);
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
