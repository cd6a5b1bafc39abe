//! Tables that are no more.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::{StoreError, durable};

/// What the names of tables begin with that are being deleted.
const DELETED: &str = ".deleted";
const DOING: &str = "cannot delete the table";

/// Takes the table out of sight first, so that neither a kill nor a power cut leaves half of one.
pub(super) fn delete(path: &Path) -> Result<(), StoreError> {
    let gone = hide(path)?;
    durable::sync_folder(path.parent().unwrap_or(path)).map_err(|e| StoreError::from_io(DOING, path, e))?;
    remove(&gone);
    Ok(())
}

/// Gives the table a name under which it is none, and returns it. The name is not on the disk yet.
pub(super) fn hide(path: &Path) -> Result<PathBuf, StoreError> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    // Of a name that nobody else has: two threads may delete a table at a time, and a process before may have had our number.
    let gone = loop {
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let gone = path.with_file_name(format!("{DELETED}{}-{number}.lance", std::process::id()));
        if gone.symlink_metadata().is_err() {
            break gone;
        }
    };
    fs::rename(path, &gone).map_err(|e| StoreError::from_io(DOING, path, e))?;
    Ok(gone)
}

/// Deletes what was taken out of sight: it takes room and nothing else.
pub(super) fn remove(gone: &Path) {
    if let Err(error) = fs::remove_dir_all(gone) {
        tracing::warn!("a table that is no more still takes room: {error}: {}", gone.display());
    }
}

/// Deletes what is left of tables in the workspace at `root` whose deleting was interrupted; only who has its lock may.
pub(super) fn clear_away(root: &Path) {
    for entry in root.read_dir().into_iter().flatten().flatten() {
        if entry.file_name().as_encoded_bytes().starts_with(DELETED.as_bytes()) {
            remove(&entry.path());
        }
    }
}
