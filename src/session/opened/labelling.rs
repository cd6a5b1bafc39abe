//! Labels given by hand, as choices that can be taken back.
//!
//! The engine finds out what was there before, so that such a change is noted when it is made, as that of clusters is.

use std::sync::Arc;

use super::OpenedCollection;
use super::chosen::Chosen;
use crate::domain::{ImageSet, ImportedName, Relabelling, counted};
use crate::engine::{RelabelWish, Request};
use crate::session::Notices;

impl OpenedCollection {
    /// Asks that images have a label.
    pub(super) fn give_label(&self, images: ImageSet, label: &str) -> Vec<Request> {
        let label = label.trim().to_owned();
        let says_something = !images.is_empty() && !label.is_empty();
        if says_something { vec![Request::Relabel(RelabelWish::Give { images, label })] } else { Vec::new() }
    }

    /// Notes as a step what was relabelled, if anything was, and tells it: it may be seen nowhere else.
    pub(in crate::session) fn take_relabelled(&mut self, change: Arc<Relabelling>, notices: &mut Notices) {
        if !change.images.is_empty() {
            self.history.record(self.chosen.clone());
            notices.tell_choice(in_words(&change), self.history.state());
            self.chosen.label_edits.push(change);
        }
    }

    /// Labels were imported, or forgotten: those of before are nowhere any more.
    pub(in crate::session) fn forget_label_edits(&mut self) {
        self.history.forget_labels(&mut self.chosen);
    }

    /// What makes the labels what they are to be now.
    pub(super) fn ask_labels(&self, before: &Chosen) -> Vec<Request> {
        let (now, before) = (&self.chosen.label_edits, &before.label_edits);
        let same = now.iter().zip(before).take_while(|(a, b)| Arc::ptr_eq(a, b) || a == b).count();
        let undone = before[same..].iter().rev().map(|change| Arc::new(change.reversed()));
        let changes = undone.chain(now[same..].iter().cloned());
        changes.map(|change| Request::Relabel(RelabelWish::Apply(change))).collect()
    }
}

/// What was done, in a few words.
pub(super) fn in_words(change: &Relabelling) -> String {
    let images = counted(change.images.len(), "picture", "pictures");
    match change.images.first().map(|image| &image.after.name) {
        Some(ImportedName::One(label)) => format!("Labelled {images} “{label}”"),
        Some(ImportedName::OfFolder | ImportedName::Several(_)) | None => format!("Changed the label of {images}"),
    }
}
