//! Names of versions: one small file each in `_refs/tags` of a table, as Lance has them.
//!
//! They are read and written here. Lance's list of them fails as a whole where one cannot be read, and with it every clean-up of the
//! table; and its writer of local files does not see that the disk took none of what it wrote, so a full disk would leave an empty
//! name behind.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use lance::dataset::refs::{BranchContents, TagContents};
use serde::de::DeserializeOwned;

use super::{StoreError, aside, durable, plain_file};

const NAMES: &str = "_refs/tags";
/// States that other programs go on from beside the table's own, which are named in the same way.
const BRANCHES: &str = "_refs/branches";
const END: &str = ".json";

/// What is written in a table's folder of names.
pub(super) struct Written<T> {
    /// Each name with what is said of it, sorted by name.
    pub known: Vec<(String, T)>,
    /// The files of those that cannot be read.
    pub unreadable: Vec<PathBuf>,
}

/// The names of versions of the table at `table`.
///
/// # Errors
/// When the disk does not let us read what is there; what makes no sense is passed over.
pub(super) fn read(table: &Path) -> Result<Written<TagContents>, StoreError> {
    read_folder(&table.join(NAMES)).map_err(|e| StoreError::from_io("cannot list the names of versions", table, e))
}

/// The branches of the table at `table` that cannot be read.
///
/// # Errors
/// As [`read`].
pub(super) fn unreadable_branches(table: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let branches: io::Result<Written<BranchContents>> = read_folder(&table.join(BRANCHES));
    branches
        .map(|branches| branches.unreadable)
        .map_err(|e| StoreError::from_io("cannot list the table's branches", table, e))
}

fn read_folder<T: DeserializeOwned>(folder: &Path) -> io::Result<Written<T>> {
    let mut written = Written { known: Vec::new(), unreadable: Vec::new() };
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(written);
        }
        Err(error) => return Err(error),
    };
    for entry in entries {
        let path = entry?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()?.strip_suffix(END)) else { continue };
        match plain_file::read(&path) {
            Ok(text) => match serde_json::from_slice(&text) {
                Ok(contents) => written.known.push((name.to_owned(), contents)),
                Err(_) => written.unreadable.push(path),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) if error.kind() == io::ErrorKind::InvalidData => written.unreadable.push(path),
            Err(error) => return Err(error),
        }
    }
    written.known.sort_by(|(one, _), (other, _)| one.cmp(other));
    written.unreadable.sort_unstable();
    Ok(written)
}

/// Gives a name that nobody has; returns whether it was given. It is on the disk then.
///
/// # Errors
/// When the disk does not let us: then it is not given.
pub(super) fn give(table: &Path, name: &str, contents: &TagContents) -> Result<bool, StoreError> {
    let folder = table.join(NAMES);
    let path = folder.join(format!("{name}{END}"));
    if path.symlink_metadata().is_ok() {
        return Ok(false);
    }
    let text = serde_json::to_vec_pretty(contents).expect("a name is plain data");
    let given = fs::create_dir_all(&folder).and_then(|()| durable::replace(&path, &text));
    given.map(|()| true).map_err(|e| StoreError::from_io("cannot name the version", table, e))
}

/// Takes a name away; returns whether there was one.
///
/// # Errors
/// When the disk does not let us.
pub(super) fn take(table: &Path, name: &str) -> Result<bool, StoreError> {
    if !read(table)?.known.iter().any(|(known, _)| known == name) {
        return Ok(false);
    }
    let folder = table.join(NAMES);
    let taken = fs::remove_file(folder.join(format!("{name}{END}"))).and_then(|()| durable::sync_folder(&folder));
    taken.map(|()| true).map_err(|e| StoreError::from_io("cannot take the name away", table, e))
}

/// Takes names that cannot be read out of the way of cleaning up, and says so of each. Only with the write lock held.
///
/// # Errors
/// When the disk does not let us.
pub(super) fn set_unreadable_aside(table: &Path) -> Result<Vec<String>, StoreError> {
    let unreadable = read(table)?.unreadable;
    unreadable.iter().try_for_each(|path| aside::rename(path))?;
    Ok(unreadable.iter().map(|path| in_words(table, path, "It was set aside")).collect())
}

/// What there is to say of the names that cannot be read. Nothing is changed.
///
/// # Errors
/// As [`read`].
pub(super) fn look(table: &Path) -> Result<Vec<String>, StoreError> {
    let unreadable = read(table)?.unreadable;
    Ok(unreadable.iter().map(|path| in_words(table, path, "It is ignored")).collect())
}

fn in_words(table: &Path, path: &Path, done: &str) -> String {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let table = table.file_stem().unwrap_or_default().to_string_lossy();
    format!(
        "{table}.lance: the name {name} of a version cannot be read, perhaps because the power failed while it was given. {done}; \
         what it named is no longer kept when old versions are forgotten. Name it again (`tiramisu versions`)"
    )
}
