//! Tags given and taken, as choices that can be taken back.
//!
//! What is chosen holds the list of all changes so far. Undo makes it shorter and redo longer again; the difference is
//! what the engine is asked for.

use std::sync::Arc;

use super::OpenedCollection;
use super::chosen::Chosen;
use super::tag_edit::TagEdit;
use crate::domain::{ImageSet, Tags};
use crate::engine::Request;

impl OpenedCollection {
    /// Notes a change of tags, if it changes anything.
    pub(super) fn edit_tag(&mut self, images: &ImageSet, tag: &str, is_on: bool) {
        let Ok(tag) = Tags::cleaned(tag) else { return };
        self.note_tag(self.tags.to_change(images, &tag, is_on), tag, is_on);
    }

    /// Notes that images get a tag which they do not bear, or lose one that they do.
    pub(super) fn note_tag(&mut self, images: ImageSet, tag: String, is_on: bool) {
        if !images.is_empty() {
            self.chosen.tag_edits.push(Arc::new(TagEdit { images, tag, is_on }));
        }
    }

    /// What makes the tags what they are to be now.
    pub(super) fn ask_tags(&self, before: &Chosen) -> Vec<Request> {
        let (now, before) = (&self.chosen.tag_edits, &before.tag_edits);
        let same = now.iter().zip(before).take_while(|(a, b)| a == b).count();
        let undone = before[same..].iter().rev().map(|edit| edit.request(false));
        undone.chain(now[same..].iter().map(|edit| edit.request(true))).collect()
    }
}
