//! Folders that are reached by links. Each is walked once: thirty folders of two links each to the next would be a thousand
//! million paths.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use walkdir::DirEntry;

use super::hidden::is_hidden;

/// What of them was met during one walk.
pub(super) struct LinkedFolders {
    /// The walked folder, without links.
    root: Option<PathBuf>,
    /// The folders that links led to, without links, and those below them that were met.
    met: HashSet<PathBuf>,
    /// The paths of links by which the walk came to where it is.
    followed: Vec<PathBuf>,
}

impl LinkedFolders {
    /// None was met of a walk through `folder`.
    pub(super) fn below(folder: &Path) -> Self {
        Self { root: folder.canonicalize().ok(), met: HashSet::new(), followed: Vec::new() }
    }

    /// Whether to go into a folder; files are always met. The walk goes into what it is told to before it goes on beside it.
    pub(super) fn is_to_be_walked(&mut self, entry: &DirEntry) -> bool {
        if !entry.file_type().is_dir() {
            return true;
        }
        while self.followed.last().is_some_and(|link| !entry.path().starts_with(link)) {
            self.followed.pop();
        }
        let is_link = entry.path_is_symlink();
        if !is_link && self.followed.is_empty() {
            return true;
        }
        // What cannot be found out is met by the walk, which says why.
        let Ok(target) = entry.path().canonicalize() else { return true };
        if self.root.as_ref().is_some_and(|root| is_walked_anyway(root, &target)) || !self.met.insert(target) {
            return false;
        }
        if is_link {
            self.followed.push(entry.path().to_owned());
        }
        true
    }
}

/// Whether a folder lies below the walked one with nothing hidden on the way, and so is met where it lies.
fn is_walked_anyway(root: &Path, target: &Path) -> bool {
    target.strip_prefix(root).is_ok_and(|below| !below.iter().any(is_hidden))
}
