//! A table that takes the place of another of its name.

use std::fs;
use std::path::{Path, PathBuf};

use super::manifests::is_table;
use super::{StoreError, deleting, durable};

/// What the names of tables begin with that are not in their place yet; how they end while they are being written, and once they
/// are whole.
const HIDDEN: &str = ".";
const PART: &str = ".part";
const WHOLE: &str = ".whole";

/// Where the table is written that is to take the place of the one at `path`. Its versions have to come last: then, whatever is
/// there, it is a table or none.
pub(super) fn part_of(path: &Path) -> PathBuf {
    beside(path, PART)
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{HIDDEN}{name}{end}"))
}

/// Puts the table that was written, and is on the disk, in the place of the one at `path`, which stays whole until then. What
/// ends halfway is [finished](finish) by whoever writes next: the name it has meanwhile says that it is whole.
///
/// # Errors
/// When the disk does not let us; then the one before is back in its place.
pub(super) fn replace(path: &Path) -> Result<(), StoreError> {
    let failed = |error| StoreError::from_io("cannot put the table in the place of the one before", path, error);
    let folder = path.parent().unwrap_or(path);
    let (part, whole) = (part_of(path), beside(path, WHOLE));
    fs::rename(&part, &whole).and_then(|()| durable::sync_folder(folder)).map_err(failed)?;
    let gone = deleting::hide(path)?;
    if let Err(error) = fs::rename(&whole, path) {
        fs::rename(&gone, path).map_err(failed)?;
        return Err(failed(error));
    }
    durable::sync_folder(folder).map_err(failed)?;
    deleting::remove(&gone);
    Ok(())
}

/// Ends what was ended between the steps of [`replace`]: where the table before is out of sight, the other takes its place; where
/// it is not, nothing was replaced, and the other is one that was begun. So it does not come back once somebody drops that table.
/// Only who has the lock of the workspace at `root` may.
pub(super) fn finish(root: &Path) {
    for entry in root.read_dir().into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(name) = name.strip_prefix(HIDDEN).and_then(|name| name.strip_suffix(WHOLE)) else { continue };
        let (whole, path) = (entry.path(), root.join(name));
        if !name.ends_with(".lance") || !is_table(&whole) {
            continue;
        }
        let to = if path.exists() { part_of(&path) } else { path };
        if let Err(error) = fs::rename(&whole, &to).and_then(|()| durable::sync_folder(root)) {
            tracing::warn!("a table could not be put in its place: {error}: {}", to.display());
        }
    }
}
