//! The pictures themselves, copied to a folder of the person's choice.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Component, Path, PathBuf};

use super::place::{CopyTrouble, copy_whole};
use super::{ExportError, ExportRow};
use crate::domain::FilePlacing;

/// What to do where a file of the same name already lies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Conflict {
    /// Copy nothing and say which ones.
    #[default]
    Refuse,
    /// Copy under a new name: `name (2).jpg`.
    KeepBoth,
    /// Replace files that lay there before; what this export writes itself is told apart by a number all the same.
    Replace,
}

/// Where the copies lie below the chosen folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// All side by side. Two selected images of one name become `name.jpg` and `name (2).jpg`.
    #[default]
    Flat,
    /// In the folders that they have in the collection.
    Folders,
}

/// How to copy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CopyOptions {
    /// Where the copies lie.
    pub layout: Layout,
    /// What to do where a file already lies.
    pub on_conflict: Conflict,
}

/// One file that could not be copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The file to copy.
    pub source: PathBuf,
    /// Why, in words for the person.
    pub reason: String,
}

/// What came of an export.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExportReport {
    /// The copies that were made, in the order of the rows.
    pub copied: Vec<PathBuf>,
    /// How many of them got a new name.
    pub renamed: usize,
    /// What could not be copied; the rest was.
    pub failed: Vec<Failure>,
    /// Whether it was broken off; `copied` tells how far it came.
    pub cancelled: bool,
}

/// The files in `folder` that stand in the way of copying `rows` there.
pub fn conflicts(rows: &[ExportRow], folder: &Path, layout: Layout) -> Vec<PathBuf> {
    let mut seen = HashSet::new();
    rows.iter()
        .map(|row| folder.join(relative_target(row, layout)))
        .filter(|target| seen.insert(target.clone()) && is_taken(target))
        .collect()
}

/// Copies the file of every row to `folder`, which is made if it is missing. No existing file is touched unless
/// [`Conflict::Replace`] says so.
///
/// `progress` hears how many rows are done after each; `cancelled` is asked before each.
///
/// # Errors
/// [`ExportError::Exists`] under [`Conflict::Refuse`] before anything is copied; a disk that is full or cannot be
/// written ends the export, and the copies that were whole by then stay. A single file that cannot be read is a
/// [`Failure`] in the report.
pub fn copy_files(
    rows: &[ExportRow],
    folder: &Path,
    options: CopyOptions,
    progress: &mut dyn FnMut(usize),
    cancelled: &dyn Fn() -> bool,
) -> Result<ExportReport, ExportError> {
    if options.on_conflict == Conflict::Refuse {
        let targets = conflicts(rows, folder, options.layout);
        if !targets.is_empty() {
            return Err(ExportError::Exists { targets });
        }
    }
    fs::create_dir_all(folder).map_err(|error| ExportError::from_writing(&error, folder))?;
    let mut report = ExportReport::default();
    let mut before = Before { replaces: options.on_conflict == Conflict::Replace, names: HashMap::new() };
    for (done, row) in rows.iter().enumerate() {
        if cancelled() {
            report.cancelled = true;
            break;
        }
        let wanted = folder.join(relative_target(row, options.layout));
        let placed = place_where(&row.source, &wanted, FilePlacing::Copy, &mut |target| before.gives_way(target))?;
        match placed {
            Ok(target) => {
                report.renamed += usize::from(target != wanted);
                report.copied.push(target);
            }
            Err(reason) => report.failed.push(Failure { source: row.source.clone(), reason }),
        }
        progress(done + 1);
    }
    Ok(report)
}

/// What lay in the folders before the export.
struct Before {
    replaces: bool,
    /// The names in each folder that was met, without those that were replaced: of two images of one name the second is not to
    /// replace the first, also where capitals make no difference to the system.
    names: HashMap<PathBuf, HashSet<OsString>>,
}

impl Before {
    /// Whether what has this name may be replaced.
    fn gives_way(&mut self, target: &Path) -> bool {
        let (true, Some(folder), Some(name)) = (self.replaces, target.parent(), target.file_name()) else {
            return false;
        };
        let names = self.names.entry(folder.to_owned()).or_insert_with(|| {
            // What cannot be listed is not replaced.
            let found = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
            found
                .filter(|entry| entry.file_type().is_ok_and(|what| !what.is_dir()))
                .map(|entry| entry.file_name())
                .collect()
        });
        names.remove(name)
    }
}

/// Puts a file to `wanted`, or to the same name with a number if that is taken. The outer error ends the export, the inner one
/// is this file's.
pub(super) fn place_one(
    source: &Path,
    wanted: &Path,
    placing: FilePlacing,
) -> Result<Result<PathBuf, String>, ExportError> {
    place_where(source, wanted, placing, &mut |_| false)
}

/// The same, where a copy may take the place of what `gives_way`.
fn place_where(
    source: &Path,
    wanted: &Path,
    placing: FilePlacing,
    gives_way: &mut dyn FnMut(&Path) -> bool,
) -> Result<Result<PathBuf, String>, ExportError> {
    if let Some(parent) = wanted.parent() {
        fs::create_dir_all(parent).map_err(|error| ExportError::from_writing(&error, parent))?;
    }
    let mut number = 1;
    loop {
        let target = numbered(wanted, number);
        number += 1;
        // Asked first: what is listed anew would have what was written meanwhile.
        let replaces = gives_way(&target);
        if is_taken(&target) && !replaces {
            continue;
        }
        let placed = match placing {
            FilePlacing::Copy => copy_whole(source, &target, replaces),
            FilePlacing::Hard => link(source, &target, |source, target| fs::hard_link(source, target)),
            FilePlacing::Symbolic => link(source, &target, symbolic_link),
        };
        return match placed {
            Ok(()) => Ok(Ok(target)),
            Err(CopyTrouble::Source(error)) => Ok(Err(match error.kind() == ErrorKind::NotFound {
                true => "the file is gone (moved or deleted?)".to_owned(),
                false => format!("the file cannot be read ({error})"),
            })),
            Err(CopyTrouble::Target(error)) => {
                let error = ExportError::from_writing(&error, &target);
                // Somebody was quicker; take the next number.
                if matches!(error, ExportError::Exists { .. }) {
                    continue;
                }
                if error.ends_the_export() { Err(error) } else { Ok(Err(error.to_string())) }
            }
        };
    }
}

/// Links to the file itself: a link to a link would end with that.
fn link(source: &Path, target: &Path, make: impl FnOnce(&Path, &Path) -> io::Result<()>) -> Result<(), CopyTrouble> {
    let source = source.canonicalize().map_err(CopyTrouble::Source)?;
    make(&source, target).map_err(CopyTrouble::Target)
}

#[cfg(unix)]
fn symbolic_link(source: &Path, target: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(source, target)
}

#[cfg(windows)]
fn symbolic_link(source: &Path, target: &Path) -> io::Result<()> {
    std::os::windows::fs::symlink_file(source, target)
}

/// Why a file cannot even be looked at.
pub(super) fn unseen(error: &io::Error) -> String {
    match error.kind() == ErrorKind::NotFound {
        true => "the file is gone (moved or deleted?)".to_owned(),
        false => format!("the file cannot be looked at ({error})"),
    }
}

pub(super) fn is_taken(target: &Path) -> bool {
    // Not `exists()`: a link to nowhere is a name that is taken, too.
    fs::symlink_metadata(target).is_ok()
}

/// Below the folder, never beside it: whatever a path holds, only plain names of it are used.
fn relative_target(row: &ExportRow, layout: Layout) -> PathBuf {
    let path = row.record.path.below(Path::new(""));
    let mut names = path.components().filter_map(|component| match component {
        Component::Normal(name) => Some(name),
        Component::Prefix(_) | Component::RootDir | Component::CurDir | Component::ParentDir => None,
    });
    match layout {
        Layout::Folders => names.collect(),
        Layout::Flat => names.next_back().map(PathBuf::from).unwrap_or_default(),
    }
}

/// `name.jpg`, `name (2).jpg`, `name (3).jpg` ...
pub(super) fn numbered(wanted: &Path, number: usize) -> PathBuf {
    if number == 1 {
        return wanted.to_owned();
    }
    let mut name = wanted.file_stem().unwrap_or_default().to_owned();
    name.push(format!(" ({number})"));
    if let Some(extension) = wanted.extension() {
        name.push(".");
        name.push(extension);
    }
    wanted.with_file_name(name)
}
