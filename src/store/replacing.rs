//! A table that takes the place of another of its name.

use std::fs;
use std::path::{Path, PathBuf};

use super::manifests::is_table;
use super::{StoreError, deleting, durable};

/// What the names of tables begin and end with that are still being written.
const HIDDEN: &str = ".";
const PART: &str = ".part";

/// Where the table is written that is to take the place of the one at `path`. Its versions have to come last: then, whatever is
/// there, it is a table or none.
pub(super) fn part_of(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{HIDDEN}{name}{PART}"))
}

/// Puts the table that was written, and is on the disk, in the place of the one at `path`, which stays whole until then. What
/// ends halfway is [finished](finish) by whoever writes next.
///
/// # Errors
/// When the disk does not let us; then the one before is back in its place.
pub(super) fn replace(path: &Path) -> Result<(), StoreError> {
    let failed = |error| StoreError::from_io("cannot put the table in the place of the one before", path, error);
    let gone = deleting::hide(path)?;
    if let Err(error) = fs::rename(part_of(path), path) {
        fs::rename(&gone, path).map_err(failed)?;
        return Err(failed(error));
    }
    durable::sync_folder(path.parent().unwrap_or(path)).map_err(failed)?;
    deleting::remove(&gone);
    Ok(())
}

/// Ends what was ended between the two steps of [`replace`]: the table before is out of sight, and the other not yet in its
/// place. Only who has the lock of the workspace at `root` may.
pub(super) fn finish(root: &Path) {
    for entry in root.read_dir().into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(name) = name.strip_prefix(HIDDEN).and_then(|name| name.strip_suffix(PART)) else { continue };
        let (part, path) = (entry.path(), root.join(name));
        if !name.ends_with(".lance") || path.exists() || !is_table(&part) {
            continue;
        }
        if let Err(error) = fs::rename(&part, &path).and_then(|()| durable::sync_folder(root)) {
            tracing::warn!("a table could not be put in its place: {error}: {}", path.display());
        }
    }
}
