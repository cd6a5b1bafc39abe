//! Choices, which can be taken back.

use super::{Chosen, Pick, Session};
use crate::domain::{ImageId, ImageSet};
use crate::engine::Request;

impl Session {
    /// Makes a choice that can be taken back.
    pub(super) fn choose(&mut self, change: impl FnOnce(&mut Self)) -> Vec<Request> {
        let before = self.chosen.clone();
        change(self);
        self.follow_choice(before)
    }

    fn follow_choice(&mut self, before: Chosen) -> Vec<Request> {
        // What is asked about cannot speak for or against itself.
        if let (Some(probe), None) = (self.chosen.probe, &self.chosen.like) {
            self.chosen.examples.retain(|(id, _)| *id != probe);
        }
        if self.chosen == before {
            return Vec::new();
        }
        let requests = self.ask_what_changed(&before);
        self.history.record(before);
        requests
    }

    pub(super) fn restore(&mut self, chosen: Chosen) -> Vec<Request> {
        let before = std::mem::replace(&mut self.chosen, chosen);
        self.ask_what_changed(&before)
    }

    /// A rubber band or lasso around several images.
    pub(super) fn pick_many(&mut self, ids: Vec<ImageId>, pick: Pick) {
        let mut selection = match pick {
            Pick::Replace => ImageSet::default(),
            Pick::Toggle | Pick::Add | Pick::Range => self.chosen.selection.clone(),
        };
        selection.extend(ids);
        self.chosen.selection = selection;
    }

    /// Selects what is shown and not selected.
    pub(super) fn invert_selection(&mut self) {
        let selection = &self.chosen.selection;
        self.chosen.selection = self.shown.iter().copied().filter(|id| !selection.contains(*id)).collect();
    }

    /// Looks at another layer, if there is such a one.
    pub(super) fn choose_layer(&mut self, layer: usize) {
        if self.collection().is_some_and(|c| layer < c.layers.len()) && layer != self.chosen.layer {
            self.chosen.layer = layer;
            self.chosen.channel = None;
        }
    }

    /// Lets images speak for what is looked for, or against it.
    pub(super) fn add_examples(&mut self, ids: Vec<ImageId>, weight: f32) {
        let examples = &mut self.chosen.examples;
        examples.retain(|(id, _)| !ids.contains(id));
        examples.extend(ids.into_iter().map(|id| (id, weight)));
    }

    /// A click on one image.
    pub(super) fn click(&mut self, id: ImageId, pick: Pick) {
        if id.index() >= self.images.len() {
            return;
        }
        match pick {
            Pick::Replace => self.chosen.selection = [id].into_iter().collect(),
            Pick::Toggle => {
                if !self.chosen.selection.insert(id) {
                    self.chosen.selection.remove(id);
                }
            }
            Pick::Add => {
                self.chosen.selection.insert(id);
            }
            Pick::Range => {
                let place = |id: ImageId| self.shown.iter().position(|&other| other == id);
                let ends = (place(self.chosen.anchor.unwrap_or(id)).or_else(|| place(id)), place(id));
                if let (Some(a), Some(b)) = ends {
                    self.chosen.selection = self.shown[a.min(b)..=a.max(b)].iter().copied().collect();
                }
            }
        }
        if pick != Pick::Range {
            self.chosen.anchor = Some(id);
        }
        if self.chosen.probe != Some(id) {
            // A part of one picture is not that part of another.
            self.chosen.region = None;
        }
        // Whoever clicks an image wants to see what is like it; whoever picks further ones may want them as examples.
        if pick == Pick::Replace {
            self.chosen.like = None;
        }
        self.chosen.probe = Some(id);
    }

    /// Moves the probe by so many places in gallery order.
    pub(super) fn step(&mut self, by: isize) {
        let Some(last) = self.shown.len().checked_sub(1) else { return };
        let here = self.chosen.probe.and_then(|probe| self.shown.iter().position(|&id| id == probe));
        let next = match here {
            Some(here) => here.saturating_add_signed(by).min(last),
            None => 0,
        };
        self.click(self.shown[next], Pick::Replace);
    }
}
