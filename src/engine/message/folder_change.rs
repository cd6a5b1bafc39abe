//! What happened to the pictures in a folder that is open.

use crate::domain::{ImagePath, ImageSet, thousands};

/// What happened to the pictures in the folder since they were last taken in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FolderChange {
    /// Pictures that are new, or back.
    pub added: usize,
    /// Pictures whose files are others than they were.
    pub changed: usize,
    /// Pictures that are no longer there.
    pub removed: usize,
    /// Whether there are more than were counted.
    pub is_more: bool,
}

impl FolderChange {
    /// `3 new, 1 removed`; empty where nothing happened.
    pub fn in_words(self) -> String {
        let parts = [(self.added, "new"), (self.changed, "changed"), (self.removed, "removed")];
        let parts = parts.into_iter().filter(|(count, _)| *count > 0);
        let mut said: Vec<String> = parts.map(|(count, what)| format!("{} {what}", thousands(count))).collect();
        if self.is_more {
            said.push("more".to_owned());
        }
        said.join(", ")
    }
}

/// Which pictures a [`FolderChange`] is about. None of it is taken in: what is new has no id yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FolderPictures {
    /// The first of those that are new or back, by their paths: at most [`FolderPictures::NAMED`].
    pub added: Vec<ImagePath>,
    /// Those whose files are others than they were.
    pub changed: ImageSet,
    /// Those that are no longer there.
    pub removed: ImageSet,
}

impl FolderPictures {
    /// So many new pictures are named: as many as are looked at before they are taken in.
    pub const NAMED: usize = 48;
}
