//! How many of the selected pictures the filter hides.

use crate::domain::ImageSet;

/// The last answer, and what it was of: counting takes a moment for each choice, not for each frame.
#[derive(Default)]
pub(super) struct Hidden {
    selected: ImageSet,
    shown: ImageSet,
    count: usize,
}

impl Hidden {
    /// How many of the selected are not shown.
    pub(super) fn count(&mut self, selected: &ImageSet, shown: &ImageSet) -> usize {
        if !self.selected.is_shared_with(selected) || !self.shown.is_shared_with(shown) {
            self.count = if selected.is_shared_with(shown) { 0 } else { selected.difference(shown).len() };
            self.selected = selected.clone();
            self.shown = shown.clone();
        }
        self.count
    }
}
