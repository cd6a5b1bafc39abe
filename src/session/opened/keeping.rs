//! Selections kept by a name, restored, renamed and given up, as choices that can be taken back.

use super::OpenedCollection;
use crate::domain::{ImageSet, kept_tag};

/// What can be done with kept selections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Keep what is selected by this name, in the place of what was kept by it.
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
    pub(super) fn keep(&mut self, wish: Keep) {
        match wish {
            Keep::As(name) => {
                let Ok(tag) = kept_tag(&name) else { return };
                let selection = self.chosen.selection.clone();
                if selection.is_empty() {
                    return;
                }
                let before = self.kept_by(&tag);
                self.note_tag(before.difference(&selection), tag.clone(), false);
                self.note_tag(selection.difference(&before), tag, true);
            }
            Keep::Rename { from, to } => {
                let (Ok(from), Ok(to)) = (kept_tag(&from), kept_tag(&to)) else { return };
                if from == to || self.tags.images.contains_key(&to) {
                    return;
                }
                let images = self.kept_by(&from);
                self.note_tag(images.clone(), to, true);
                self.note_tag(images, from, false);
            }
            Keep::Forget(name) => {
                let Ok(tag) = kept_tag(&name) else { return };
                self.note_tag(self.kept_by(&tag), tag, false);
            }
        }
    }

    fn kept_by(&self, tag: &str) -> ImageSet {
        self.tags.images.get(tag).into_iter().flatten().copied().collect()
    }
}
