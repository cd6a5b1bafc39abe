//! Tables that are no more.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use super::StoreError;

/// What the names of tables begin with that are being deleted.
const DELETED: &str = ".deleted";

/// Takes the table out of sight first, so that a kill leaves no half of one.
pub(super) fn delete(path: &Path) -> Result<(), StoreError> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let failed = |e| StoreError::from_io("cannot delete the table", path, e);
    // Of a name that nobody else has: two threads may delete a table at a time.
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let gone = path.with_file_name(format!("{DELETED}{}-{number}.lance", std::process::id()));
    fs::rename(path, &gone).map_err(failed)?;
    // Out of sight it is no table any more; what is left of it takes room and nothing else.
    if let Err(error) = fs::remove_dir_all(&gone) {
        tracing::warn!("a table that is no more still takes room: {error}: {}", gone.display());
    }
    Ok(())
}

/// Deletes what is left of tables in the workspace at `root` whose deleting was interrupted; only who has its lock may.
pub(super) fn clear_away(root: &Path) {
    for entry in root.read_dir().into_iter().flatten().flatten() {
        if entry.file_name().as_encoded_bytes().starts_with(DELETED.as_bytes())
            && let Err(error) = fs::remove_dir_all(entry.path())
        {
            tracing::warn!("a table that is no more still takes room: {error}: {}", entry.path().display());
        }
    }
}
