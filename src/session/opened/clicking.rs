//! A click on a picture, and the keys that lead from one to the next.
//!
//! Selecting and asking are two things, as wherever files or photos are picked: a click looks at a picture and asks with it, and
//! with keys held it selects and leaves what is looked at and asked alone.

use super::OpenedCollection;
use super::choose::Pick;
use crate::domain::{ImageGroup, ImageId};
use crate::engine::Request;

impl OpenedCollection {
    /// A click on one image.
    pub(super) fn click(&mut self, id: ImageId, pick: Pick) -> Vec<Request> {
        if id.index() >= self.images.len() {
            return Vec::new();
        }
        match pick {
            Pick::Range => return self.reach(id, Pick::Replace, false),
            Pick::Replace => self.chosen.selection = [id].into_iter().collect(),
            Pick::Toggle => {
                if !self.chosen.selection.insert(id) {
                    self.chosen.selection.remove(id);
                }
            }
            Pick::Add => {
                self.chosen.selection.insert(id);
            }
            Pick::Remove => {
                self.chosen.selection.remove(id);
            }
            // Who looks at a picture that is not selected has not wished for an empty selection.
            Pick::Intersect if !self.chosen.selection.contains(id) => {}
            Pick::Intersect => self.chosen.selection = [id].into_iter().collect(),
        }
        self.chosen.anchor = Some(id);
        match pick == Pick::Toggle {
            true => self.chosen.picked = Some(id),
            false => self.look_at(id, true),
        }
        Vec::new()
    }

    /// Picks all from where the last click was to this one.
    pub(super) fn reach(&mut self, to: ImageId, pick: Pick, looks: bool) -> Vec<Request> {
        let place = |id: ImageId| self.shown.place_of(id);
        let begin = place(self.chosen.anchor.unwrap_or(to)).or_else(|| place(to));
        let Some((from, end)) = begin.zip(place(to)) else { return Vec::new() };
        let asked = self.pick_group(ImageGroup::Between(self.shown.clone(), from, end), pick);
        match looks {
            true => self.look_at(to, false),
            false => self.chosen.picked = Some(to),
        }
        asked
    }

    /// Looks at an image, whatever is selected; `asks` if neighbours are to be like it.
    pub(super) fn look_at(&mut self, id: ImageId, asks: bool) {
        if id.index() >= self.images.len() {
            return;
        }
        if self.chosen.probe != Some(id) {
            // A part of one picture is not that part of another.
            self.chosen.region = None;
            if self.chosen.like.is_none() {
                self.chosen.first_weight = 1.0;
            }
        }
        if asks {
            self.ask_like(None);
        }
        (self.chosen.probe, self.chosen.picked) = (Some(id), None);
    }

    /// Moves the probe by so many places in gallery order.
    pub(super) fn step(&mut self, by: isize) -> Vec<Request> {
        self.after(by).map(|id| self.click(id, Pick::Replace)).unwrap_or_default()
    }

    /// The same, whatever is selected.
    pub(super) fn walk(&mut self, by: isize) {
        if let Some(id) = self.after(by) {
            self.look_at(id, true);
        }
    }

    /// The image so many places from where one is in gallery order, or at the end that lies that way.
    pub fn after(&self, by: isize) -> Option<ImageId> {
        let last = self.shown.len().checked_sub(1)?;
        // What was picked elsewhere may be filtered away here.
        let place_of = |image: Option<ImageId>| self.shown.place_of(image?);
        let here = place_of(self.chosen.picked).or_else(|| place_of(self.chosen.probe));
        self.shown.get(here.map_or(0, |here| here.saturating_add_signed(by).min(last)))
    }
}
