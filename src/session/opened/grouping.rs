//! The images of a group, to be selected or tagged: at once if few must be looked at, else when it is known which they are.

use std::collections::VecDeque;
use std::sync::Arc;

use super::OpenedCollection;
use super::choose::Pick;
use super::ordering::AT_ONCE;
use super::pick_news::PickNews;
use crate::domain::{ImageGroup, ImageSet, Tags};
use crate::engine::{CatalogueLook, Look, Request};

/// Groups of which it is to be found out who is in them, one after the other.
#[derive(Clone, Debug, Default)]
pub(super) struct Grouping {
    number: u64,
    waiting: VecDeque<Waiting>,
    /// Which one was asked for.
    asked: Option<u64>,
}

#[derive(Clone, Debug)]
struct Waiting {
    number: u64,
    group: ImageGroup,
    then: Then,
}

/// What is to be done with the images of a group.
#[derive(Clone, Debug)]
enum Then {
    Pick {
        pick: Pick,
        /// Whether the wish has changed something else, which is a step already.
        has_step: bool,
        /// What the selection is said to have come of.
        by: Option<Arc<str>>,
    },
    Tag {
        tag: String,
        is_on: bool,
    },
}

impl OpenedCollection {
    /// Takes a group into the selection.
    pub(super) fn pick_group(&mut self, group: ImageGroup, pick: Pick) -> Vec<Request> {
        if group.looked_at(self.images.len()) <= AT_ONCE {
            self.pick_set(&group.images(&self.images), pick);
            return Vec::new();
        }
        self.find_out(group, Then::Pick { pick, has_step: false, by: None })
    }

    /// Gives a tag to the images of a group, or takes it from them.
    pub(super) fn tag_group(&mut self, group: ImageGroup, tag: &str, is_on: bool) -> Vec<Request> {
        let Ok(tag) = Tags::cleaned(tag) else { return Vec::new() };
        let changing = self.changing(group.clone(), &tag, is_on);
        if changing.looked_at(self.images.len()) <= AT_ONCE {
            self.note_tag(changing.images(&self.images), tag, is_on);
            return Vec::new();
        }
        self.find_out(group, Then::Tag { tag, is_on })
    }

    fn changing(&self, group: ImageGroup, tag: &str, is_on: bool) -> ImageGroup {
        ImageGroup::ToTag { of: Box::new(group), tags: self.tags.clone(), tag: tag.to_owned(), is_on }
    }

    fn find_out(&mut self, group: ImageGroup, then: Then) -> Vec<Request> {
        let grouping = &mut self.pending.grouping;
        grouping.number += 1;
        grouping.waiting.push_back(Waiting { number: grouping.number, group, then });
        self.ask_next_group()
    }

    /// Asks for the first that waits, unless it is asked for, or one that is still wanted is.
    fn ask_next_group(&mut self) -> Vec<Request> {
        let grouping = &mut self.pending.grouping;
        let is_wanted = |asked: u64| grouping.waiting.iter().any(|waiting| waiting.number == asked);
        let Some(next) = grouping.waiting.front().filter(|_| !grouping.asked.is_some_and(is_wanted)) else {
            return Vec::new();
        };
        let Waiting { number, group, then } = next.clone();
        grouping.asked = Some(number);
        let group = match then {
            // By the tags of now, not of when it was wished.
            Then::Tag { tag, is_on } => self.changing(group, &tag, is_on),
            Then::Pick { .. } => group,
        };
        let images = self.images.clone();
        vec![Request::Look(Look::Catalogue(CatalogueLook::Group { number, group, images }))]
    }

    fn take_waiting(&mut self, number: u64) -> Option<Waiting> {
        let waiting = &mut self.pending.grouping.waiting;
        let place = waiting.iter().position(|waiting| waiting.number == number)?;
        waiting.remove(place)
    }

    /// Takes in which images are in a group. It is the choice that the person made when they asked.
    pub(in crate::session) fn take_group(&mut self, number: u64, images: &ImageSet) -> Vec<Request> {
        let Some(Waiting { then, .. }) = self.take_waiting(number) else { return self.ask_next_group() };
        let before = self.chosen.clone();
        let mut requests = match then {
            Then::Tag { tag, is_on } => {
                self.note_tag(images.clone(), tag, is_on);
                self.follow_choice(before)
            }
            Then::Pick { pick, has_step, by } => {
                self.pick_set(images, pick);
                self.note_selected_by(&before, by);
                if has_step { self.ask_what_changed(&before) } else { self.follow_choice(before) }
            }
        };
        requests.extend(self.ask_next_group());
        requests
    }

    /// Whether what was wished together with the group that is to be picked is a step that can be taken back, and in which words the
    /// selection will have come of it.
    pub(super) fn note_group_step(&mut self, is_step: bool, words: Option<Arc<str>>) {
        match self.pending.grouping.waiting.back_mut().map(|waiting| &mut waiting.then) {
            Some(Then::Pick { has_step, by, .. }) => (*has_step, *by) = (is_step, words),
            Some(Then::Tag { .. }) | None => {}
        }
    }

    /// Something else is selected now: the group that was to be picked is not wanted any more. What is to be tagged is.
    pub(super) fn drop_group(&mut self) {
        self.pending.grouping.waiting.retain(|waiting| matches!(waiting.then, Then::Tag { .. }));
    }

    /// It will not be known which images are in the group.
    pub(super) fn give_up_group(&mut self, number: u64) -> Vec<Request> {
        self.take_waiting(number);
        self.ask_next_group()
    }

    /// Takes images into the selection, or out of it. Narrowed by images none of which is in it, it stays: an empty one is wished for
    /// by other means.
    pub(super) fn pick_set(&mut self, images: &ImageSet, pick: Pick) {
        let selection = &self.chosen.selection;
        let picked = match pick {
            Pick::Replace | Pick::Range => images.clone(),
            Pick::Toggle | Pick::Add => selection.union(images),
            Pick::Intersect => selection.intersection(images),
            Pick::Remove => selection.difference(images),
        };
        self.pick_news = PickNews::of(images, selection, &picked, pick);
        if pick != Pick::Intersect || !picked.is_empty() {
            self.chosen.selection = picked;
        }
    }
}
