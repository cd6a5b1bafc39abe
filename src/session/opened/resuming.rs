//! The same pictures opened again (through another network, with other layers): what was chosen stays, and so do the steps
//! back.

use super::OpenedCollection;
use super::chosen::Chosen;
use super::following::Following;
use super::places::Places;
use super::resumed::Resumed;
use crate::engine::Request;

impl OpenedCollection {
    /// What is to be taken up again once the pictures that are open are open again.
    pub(super) fn set_aside(&mut self) -> Option<Box<Resumed>> {
        // The network is changed once more while the pictures are still on their way.
        if let Some(mut waiting) = self.resumed.take() {
            waiting.places = Places::default();
            return Some(waiting);
        }
        Some(Box::new(Resumed {
            before: self.collection().cloned()?,
            chosen: self.chosen.clone(),
            history: std::mem::take(&mut self.history),
            trail: std::mem::take(&mut self.trail),
            images: std::mem::take(&mut self.images),
            places: Places::default(),
        }))
    }

    /// Takes up what was chosen, as soon as every image it speaks of is there, or `at_last` without those that are not.
    pub(in crate::session) fn resume(&mut self, at_last: bool) -> Vec<Request> {
        let Some(now) = self.collection().cloned() else { return Vec::new() };
        let is_ready = |resumed: &mut Box<Resumed>| at_last || resumed.images.len() <= self.images.len();
        let Some(resumed) = self.resumed.take_if(is_ready) else { return Vec::new() };
        let Resumed { before, chosen, mut history, mut trail, images, mut places } = *resumed;
        places.end(&images, self.images.len());
        let following = Following { places, before, now };
        let mut chosen = following.followed(&chosen);
        trail.follow(&following);
        trail.append(std::mem::take(&mut self.trail));
        self.trail = trail;
        history.follow(following);
        // Whatever the person has chosen meanwhile comes on top.
        if self.history.can_undo() {
            history.record(chosen.clone());
            let (edits_before, colours_before) = (chosen.tag_edits, chosen.tag_colour_edits);
            let labels_before = chosen.label_edits;
            let on_top = |later: Chosen| {
                let tag_edits = edits_before.iter().chain(&later.tag_edits).cloned().collect();
                let colour_edits = colours_before.iter().chain(&later.tag_colour_edits).cloned();
                let label_edits = labels_before.iter().chain(&later.label_edits).cloned().collect();
                Chosen { tag_edits, tag_colour_edits: colour_edits.collect(), label_edits, ..later }
            };
            history.append(std::mem::take(&mut self.history), on_top);
            chosen = on_top(self.chosen.clone());
        }
        history.forget_repeated(&chosen);
        self.history = history;
        // These were made: they are not to be made again.
        self.chosen.tag_edits.clone_from(&chosen.tag_edits);
        self.chosen.tag_colour_edits.clone_from(&chosen.tag_colour_edits);
        self.chosen.label_edits.clone_from(&chosen.label_edits);
        self.restore(chosen)
    }
}
