//! Selections saved by a name, restored, renamed and given up, as choices that can be taken back.

use super::OpenedCollection;
use crate::domain::{ImageId, saved_tag};

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
                let before = self.saved_by(&tag).into_iter().filter(|id| !selection.contains(*id)).collect();
                self.edit_tag(before, tag.clone(), false);
                self.edit_tag(selection.iter().collect(), tag, true);
            }
            Save::Rename { from, to } => {
                let (Ok(from), Ok(to)) = (saved_tag(&from), saved_tag(&to)) else { return };
                if from == to || self.tags.images.contains_key(&to) {
                    return;
                }
                let images = self.saved_by(&from);
                self.edit_tag(images.clone(), to, true);
                self.edit_tag(images, from, false);
            }
            Save::Forget(name) => {
                let Ok(tag) = saved_tag(&name) else { return };
                self.edit_tag(self.saved_by(&tag), tag, false);
            }
        }
    }

    fn saved_by(&self, tag: &str) -> Vec<ImageId> {
        self.tags.images.get(tag).cloned().unwrap_or_default()
    }
}
