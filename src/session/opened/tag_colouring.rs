//! Colours given to tags, as choices that can be taken back: as tags are.

use std::sync::Arc;

use super::OpenedCollection;
use super::chosen::Chosen;
use super::tag_colour_edit::TagColourEdit;
use crate::domain::{TagColour, TagColours};
use crate::engine::Request;

impl OpenedCollection {
    /// Notes a change of a tag's colour, if it changes anything.
    pub(super) fn colour_tag(&mut self, tag: String, after: Option<TagColour>) {
        let before = self.tag_colours.chosen.get(&tag).copied();
        if before != after {
            self.chosen.tag_colour_edits.push(Arc::new(TagColourEdit { tag, before, after }));
        }
    }

    /// What makes the colours what they are to be now. They are taken for that at once, until the engine tells what they are: what
    /// is chosen next comes after it, be that taken back or not.
    pub(super) fn ask_tag_colours(&mut self, before: &Chosen) -> Vec<Request> {
        let (now, before) = (&self.chosen.tag_colour_edits, &before.tag_colour_edits);
        let same = now.iter().zip(before).take_while(|(a, b)| a == b).count();
        let undone = before[same..].iter().rev().map(|edit| (edit, false));
        let edits = undone.chain(now[same..].iter().map(|edit| (edit, true)));
        let mut requests = Vec::new();
        for (edit, is_done) in edits {
            let chosen = &mut Arc::make_mut(&mut self.tag_colours).chosen;
            match if is_done { edit.after } else { edit.before } {
                Some(colour) => drop(chosen.insert(edit.tag.clone(), colour)),
                None => drop(chosen.remove(&edit.tag)),
            }
            requests.push(edit.request(is_done));
        }
        self.colours_on_their_way += requests.len();
        requests
    }

    /// Takes what colours are chosen, unless the answer to a later choice is still to come.
    pub(in crate::session) fn take_tag_colours(&mut self, colours: Arc<TagColours>) {
        self.colours_on_their_way = self.colours_on_their_way.saturating_sub(1);
        if self.colours_on_their_way == 0 {
            self.tag_colours = colours;
        }
    }
}
