//! Colours given to tags, as choices that can be taken back: as tags are.

use std::sync::Arc;

use super::OpenedCollection;
use super::chosen::Chosen;
use super::tag_colour_edit::TagColourEdit;
use crate::domain::TagColour;
use crate::engine::Request;

impl OpenedCollection {
    /// Notes a change of a tag's colour, if it changes anything.
    pub(super) fn colour_tag(&mut self, tag: String, after: Option<TagColour>) {
        // What was chosen since the engine told the colours last counts, too.
        let edited = self.chosen.tag_colour_edits.iter().rev().find(|edit| edit.tag == tag);
        let before = edited.map_or_else(|| self.tag_colours.chosen.get(&tag).copied(), |edit| edit.after);
        if before != after {
            self.chosen.tag_colour_edits.push(Arc::new(TagColourEdit { tag, before, after }));
        }
    }

    /// What makes the colours what they are to be now.
    pub(super) fn ask_tag_colours(&self, before: &Chosen) -> Vec<Request> {
        let (now, before) = (&self.chosen.tag_colour_edits, &before.tag_colour_edits);
        let same = now.iter().zip(before).take_while(|(a, b)| a == b).count();
        let undone = before[same..].iter().rev().map(|edit| edit.request(false));
        undone.chain(now[same..].iter().map(|edit| edit.request(true))).collect()
    }
}
