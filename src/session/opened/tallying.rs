//! What the selected images are: counted at once if they are few, else asked for.

use std::sync::Arc;

use super::OpenedCollection;
use super::ordering::AT_ONCE;
use crate::domain::{Tally, TallyWish};
use crate::engine::{CatalogueLook, Look, Request};

impl OpenedCollection {
    /// Counts what is selected, if that is another set than was counted before.
    pub(super) fn ask_tally(&mut self) -> Vec<Request> {
        let selection = &self.chosen.selection;
        if self.pending.tally.as_ref().unwrap_or(&self.tally.of) == selection {
            return Vec::new();
        }
        self.ask_tally_anew()
    }

    /// Counts what is selected: labels or tags are others now.
    pub(super) fn ask_tally_anew(&mut self) -> Vec<Request> {
        let of = self.chosen.selection.clone();
        let wish = TallyWish { of, images: self.images.clone(), tags: self.tags.clone() };
        let bearers = wish.tags.count_of_all();
        if wish.of.is_empty() {
            self.pending.tally = None;
            self.tally = Arc::default();
            return Vec::new();
        }
        if wish.of.len() + bearers <= AT_ONCE {
            self.pending.tally = None;
            self.tally = Arc::new(wish.count());
            return Vec::new();
        }
        self.pending.tally = Some(wish.of.clone());
        vec![Request::Look(Look::Catalogue(CatalogueLook::Tally(wish)))]
    }

    /// Takes in what was counted, unless something else is selected now.
    pub(in crate::session) fn take_tally(&mut self, tally: Tally) {
        if tally.of == self.chosen.selection {
            self.pending.tally = None;
            self.tally = Arc::new(tally);
        }
    }
}
