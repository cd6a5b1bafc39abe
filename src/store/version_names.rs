//! Names of versions: one small file each in `_refs/tags` of a table, as Lance has them.
//!
//! They are read and written here. Lance's list of them fails as a whole where one cannot be read, and with it every clean-up of the
//! table; and its writer of local files does not see that the disk took none of what it wrote, so a full disk would leave an empty
//! name behind.
//!
//! What a name keeps that cannot be read is not known: the table keeps all its versions until the name is given again, or forgotten.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use lance::dataset::refs::{BranchContents, TagContents};
use serde::de::DeserializeOwned;

use super::names::{table_path, tables_in};
use super::{StoreError, aside, draft, durable, plain_file};
use crate::domain::LostName;

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

/// Removes what is left of names that somebody who was killed was about to give, in all tables of the workspace at `root`. Only who has
/// its lock may: nobody else gives names.
pub(super) fn clear_away(root: &Path) {
    for name in tables_in(root).unwrap_or_default() {
        let table = table_path(root, &name);
        let folder = table.join(NAMES);
        // What lies behind a link is another's.
        if folder.ancestors().take_while(|it| it.starts_with(&table)).all(|it| plain_file::expect_no_link(it).is_ok()) {
            draft::clear_away(&folder, |file| file.ends_with(END));
        }
    }
}

/// Takes a name away that was just given; what was set aside under it stays.
///
/// # Errors
/// When the disk does not let us.
pub(super) fn take_back(table: &Path, name: &str) -> Result<(), StoreError> {
    let folder = table.join(NAMES);
    let taken = fs::remove_file(folder.join(format!("{name}{END}"))).and_then(|()| durable::sync_folder(&folder));
    taken.map_err(|e| StoreError::from_io("cannot take the name away", table, e))
}

/// Takes a name away, and what was set aside of it; returns whether there was one.
///
/// # Errors
/// When the disk does not let us.
pub(super) fn take(table: &Path, name: &str) -> Result<bool, StoreError> {
    let folder = table.join(NAMES);
    let (written, path) = (read(table)?, folder.join(format!("{name}{END}")));
    let is_there = written.known.iter().any(|(known, _)| known == name) || written.unreadable.contains(&path);
    let aside = aside_of_names(table)?.into_iter().filter(|(of, _)| of == name).map(|(_, path)| path);
    let files: Vec<PathBuf> = is_there.then_some(path).into_iter().chain(aside).collect();
    if files.is_empty() {
        return Ok(false);
    }
    let taken = files.iter().try_for_each(fs::remove_file).and_then(|()| durable::sync_folder(&folder));
    taken.map(|()| true).map_err(|e| StoreError::from_io("cannot take the name away", table, e))
}

/// The names that cannot be read, set aside or not, and that no version has got again, sorted: nobody knows what they keep.
///
/// # Errors
/// As [`read`].
pub(super) fn lost(table: &Path) -> Result<Vec<LostName>, StoreError> {
    let written = read(table)?;
    let name = |path: &PathBuf| path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut files = aside_of_names(table)?;
    files.extend(written.unreadable.into_iter().map(|path| (name(&path), path)));
    files.retain(|(name, _)| !written.known.iter().any(|(known, _)| known == name));
    let lost = files.into_iter().map(|(name, path)| LostName { name, given_unix_secs: written_unix_secs(&path) });
    let mut lost: Vec<LostName> = lost.collect();
    // What was given again and lost again is told once, as it was given last.
    lost.sort_unstable_by(|one, other| other.cmp(one));
    lost.dedup_by(|one, later| one.name == later.name);
    lost.reverse();
    Ok(lost)
}

fn written_unix_secs(path: &Path) -> i64 {
    let since = fs::metadata(path).and_then(|found| found.modified()).map(|time| time.duration_since(UNIX_EPOCH));
    since.ok().and_then(Result::ok).map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

/// The files of names that were set aside, each with the name.
fn aside_of_names(table: &Path) -> Result<Vec<(String, PathBuf)>, StoreError> {
    let failed = |e| StoreError::from_io("cannot list the names of versions", table, e);
    let entries = match fs::read_dir(table.join(NAMES)) {
        Ok(entries) => entries,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(Vec::new());
        }
        Err(error) => return Err(failed(error)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().and_then(|file| name_set_aside(file.to_str()?)).map(str::to_owned);
        found.extend(name.map(|name| (name, path)));
    }
    Ok(found)
}

/// Of `first.json.torn` and `first.json.2.torn`, `first`.
fn name_set_aside(file: &str) -> Option<&str> {
    let file = aside::without_ending(file)?;
    file.strip_suffix(END).or_else(|| {
        let (file, number) = file.rsplit_once('.')?;
        number.parse::<u32>().ok().and_then(|_| file.strip_suffix(END))
    })
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
         no old versions of this table are deleted until the version is named again, or the name is forgotten \
         (`tiramisu versions`)"
    )
}
