//! Moving files into folders: what is wished, what it would do, and what was done.

use std::path::PathBuf;

use serde::Serialize;

use crate::domain::{ClassesBy, FolderCounts, ImageList, SplitBy};

/// Files to be moved into folders of their classes, within folders of their splits if any has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoveWish {
    /// Whose files.
    pub images: ImageList,
    /// What the classes are.
    pub by: ClassesBy,
    /// By what they are put into splits.
    pub splits: SplitBy,
    /// The folder for these folders.
    pub target: PathBuf,
    /// Whether the person agreed. Without that nothing is moved, and [`Event::MoveToConfirm`](super::Event::MoveToConfirm) says what
    /// would be.
    pub is_agreed: bool,
}

/// What a wish would move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilesToMove {
    /// The wish.
    pub wish: MoveWish,
    /// What would go where, and what stays.
    pub counts: FolderCounts,
    /// How many get another name, since theirs is taken there.
    pub renamed: usize,
    /// How many lie there already.
    pub in_place: usize,
    /// How many leave the folder that is open: there they count as gone.
    pub leaving: usize,
    /// How many get the name of their new folder as their label: those whose label is that of the folder they lie in.
    pub relabelled: usize,
}

/// What was moved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct MoveSummary {
    /// The folder for the folders.
    pub target: PathBuf,
    /// The table that says from where to where; `None` if there was nothing to move.
    pub log: Option<PathBuf>,
    /// Files that were to be moved.
    pub wanted: usize,
    /// Files that were.
    pub moved: usize,
    /// How many of them are known in their new place.
    pub known: usize,
    /// How many of them left the folder that is open.
    pub left_folder: usize,
    /// What stays where it is, and why.
    pub failed: Vec<(String, String)>,
    /// Whether it was stopped before its end.
    pub cancelled: bool,
}
