//! Selections saved by a name, restored, renamed and given up, as choices that can be taken back.

use super::OpenedCollection;
use crate::domain::saved_tag;

/// What can be done with saved selections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Save {
    /// Save what is selected by this name, in the place of what was saved by it.
    As(String),
    /// Call one by another name.
    Rename {
        /// Its name.
        from: String,
        /// What to call it.
        to: String,
    },
    /// Give one up.
    Forget(String),
}

impl OpenedCollection {
    /// Notes what changes. A name that is none, or that another one has, changes nothing.
    pub(super) fn save(&mut self, wish: Save) {
        match wish {
            Save::As(name) => {
                let Ok(tag) = saved_tag(&name) else { return };
                let selection = self.chosen.selection.clone();
                if selection.is_empty() {
                    return;
                }
                let before = self.tags.set_of(&tag);
                self.note_tag(before.difference(&selection), tag.clone(), false);
                self.note_tag(selection.difference(&before), tag, true);
            }
            Save::Rename { from, to } => {
                let (Ok(from), Ok(to)) = (saved_tag(&from), saved_tag(&to)) else { return };
                if from == to || self.tags.is_known(&to) {
                    return;
                }
                let images = self.tags.set_of(&from);
                self.note_tag(images.clone(), to, true);
                self.note_tag(images, from, false);
            }
            Save::Forget(name) => {
                let Ok(tag) = saved_tag(&name) else { return };
                self.note_tag(self.tags.set_of(&tag), tag, false);
            }
        }
    }
}
