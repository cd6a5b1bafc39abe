//! Copies that replace are never put where pictures of the collection lie, whichever link the collection is met by: the file that
//! would go may be the only one there is.

use std::collections::HashMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::ExportError;

/// As many links as systems follow, one to the next.
const MOST_LINKS: usize = 40;

/// Refuses a folder in which pictures really lie. `cancelled` is asked before each, and ends it early.
///
/// Another name of the same file (a hard link) is no reason: where it is replaced, the picture keeps its own.
///
/// # Errors
/// [`ExportError::HoldsOwn`] when one of the pictures, or a link that leads to one, lies in it.
pub fn refuse_own(
    folder: &Path,
    pictures: impl Iterator<Item = PathBuf>,
    cancelled: &dyn Fn() -> bool,
) -> Result<(), ExportError> {
    // In what is not there nothing lies.
    let Ok(target) = folder.canonicalize() else { return Ok(()) };
    let mut known: HashMap<PathBuf, bool> = HashMap::new();
    let mut is_target = |folder: &Path| match known.get(folder) {
        Some(is_it) => *is_it,
        None => {
            let is_it = folder.canonicalize().is_ok_and(|folder| folder == target);
            known.insert(folder.to_owned(), is_it);
            is_it
        }
    };
    for picture in pictures {
        if cancelled() {
            return Ok(());
        }
        if leads_through(picture, &mut is_target) {
            return Err(ExportError::HoldsOwn { path: folder.to_owned() });
        }
    }
    Ok(())
}

/// Whether a file lies in the folder, or one that it is a link to does.
fn leads_through(file: PathBuf, is_target: &mut dyn FnMut(&Path) -> bool) -> bool {
    let mut file = file;
    for _ in 0..MOST_LINKS {
        let Some(folder) = file.parent() else { return false };
        if is_target(folder) {
            // What is gone cannot be replaced; what cannot be looked at may be there.
            return !fs::symlink_metadata(&file).is_err_and(|error| error.kind() == ErrorKind::NotFound);
        }
        let Ok(next) = fs::read_link(&file) else { return false };
        file = folder.join(next);
    }
    false
}
