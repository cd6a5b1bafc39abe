//! Which raw files have a picture of their name beside them.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::domain::is_picture_name;

/// What the pictures of folders are called: of those on the way down to where a raw file was met last, so that each folder is listed
/// once, however its raw files and folders are mixed.
#[derive(Default)]
pub(super) struct Developed {
    folders: Vec<(PathBuf, HashSet<String>)>,
}

impl Developed {
    /// Whether a picture of this raw file's name lies beside it.
    pub fn is_beside(&mut self, path: &Path) -> bool {
        let Some(folder) = path.parent() else { return false };
        while self.folders.last().is_some_and(|(last, _)| !folder.starts_with(last)) {
            self.folders.pop();
        }
        if self.folders.last().is_none_or(|(last, _)| last != folder) {
            self.folders.push((folder.to_owned(), pictures_in(folder)));
        }
        self.folders.last().is_some_and(|(_, names)| names.contains(&name_of(path)))
    }
}

/// The names of a folder's pictures. Of a folder that cannot be listed there are none: whoever walks it says so.
fn pictures_in(folder: &Path) -> HashSet<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| is_picture_name(path)).map(|path| name_of(&path)).collect()
}

/// Name without its ending, in small letters: a camera's `IMG_1.CR2` and `img_1.jpg` are of one picture. Phones of Google's write
/// `PXL_1.RAW-01.COVER.jpg` and `PXL_1.RAW-02.ORIGINAL.dng`.
fn name_of(path: &Path) -> String {
    let name = path.file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
    match name.find(".raw-") {
        Some(end) => name[..end].to_owned(),
        None => name,
    }
}
