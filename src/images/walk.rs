//! Which pictures lie below a folder.

use std::fs::Metadata;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use walkdir::{DirEntry, WalkDir};

use super::ImagesError;
use super::developed::Developed;
use super::hidden::is_hidden;
use super::linked_folders::LinkedFolders;
use crate::domain::camera_raw::CameraRaw;
use crate::domain::file_ending::ending_of;
use crate::domain::{ImagePath, is_picture_name, is_raw_name};

/// A picture file that the walk met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where it lies below the walked folder.
    pub path: ImagePath,
    /// Size of the file in bytes.
    pub file_bytes: u64,
    /// Modification time in seconds since 1970; 0 where the system does not tell.
    pub modified_unix_secs: i64,
    /// Nanoseconds beyond that second; 0 where the system does not tell.
    pub modified_nanos: u32,
    /// When the system last changed anything of the file, its content, name or rights, in nanoseconds since 1970; 0 where it does
    /// not tell. Programs set the time of modification as they like, but not this one.
    pub changed_unix_nanos: i64,
}

/// A folder or file that could not be looked at; the walk went on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WalkProblem {
    /// Where it lies below the walked folder.
    pub path: ImagePath,
    /// Why, in words for the person.
    pub reason: String,
}

/// What a walk came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WalkSummary {
    /// How many pictures were handed over.
    pub images: usize,
    /// How many files were passed by because their names are not those of pictures.
    pub other_files: usize,
    /// What was passed by because cameras' raw files are not read.
    pub camera_raw: CameraRaw,
    /// What could not be looked at.
    pub problems: Vec<WalkProblem>,
    /// Whether the walk was broken off or cancelled.
    pub stopped: bool,
}

/// Walks `folder` and everything below it, and hands over every picture file as it is met.
///
/// Each folder's entries come sorted by name, so the order is the same on every machine although nothing but one
/// folder at a time is held. Hidden files and folders are passed by. Links are followed, to each folder once: one that lies below
/// `folder` is walked where it lies, and of several links to one elsewhere the first counts. `cancelled` is asked at every entry, since a folder may hold a million files and no picture.
///
/// # Errors
/// When `folder` itself is missing, is not a folder, cannot be listed, or vanishes on the way. Anything below it that
/// cannot be read is a problem in the summary, unless it would have been passed by.
pub fn walk(
    folder: &Path,
    cancelled: &dyn Fn() -> bool,
    on_found: &mut dyn FnMut(Found) -> ControlFlow<()>,
) -> Result<WalkSummary, ImagesError> {
    check_root(folder)?;
    let mut summary = WalkSummary::default();
    let mut linked = LinkedFolders::below(folder);
    let mut developed = Developed::default();
    let entries =
        WalkDir::new(folder).follow_links(true).sort_by_file_name().into_iter().filter_entry(|entry| {
            entry.depth() == 0 || (!is_hidden(entry.file_name()) && linked.is_to_be_walked(entry))
        });
    for entry in entries {
        if cancelled() {
            summary.stopped = true;
            return Ok(summary);
        }
        match entry {
            Ok(entry) if entry.file_type().is_dir() => {}
            Ok(entry) if entry.file_type().is_file() && is_raw_name(entry.path()) => {
                note_raw(&mut summary.camera_raw, &mut developed, entry.path(), folder);
            }
            Ok(entry) if !is_picture_name(entry.path()) => summary.other_files += 1,
            Ok(entry) => match measure(&entry, folder) {
                // A pipe or a device named like a picture: opening it could wait for ever.
                Ok(None) => summary.other_files += 1,
                Ok(Some(found)) => {
                    summary.images += 1;
                    if on_found(found).is_break() {
                        summary.stopped = true;
                        return Ok(summary);
                    }
                }
                Err(error) => note(&mut summary, &error, folder)?,
            },
            Err(error) => note(&mut summary, &error, folder)?,
        }
    }
    // A vanished folder looks like an empty one to the system's listing.
    if !folder.is_dir() {
        return Err(ImagesError::FolderVanished { path: folder.to_owned() });
    }
    Ok(summary)
}

/// The folders below `folder` that [`walk`] would look into, itself among them, as paths below it (its own is empty). What cannot be
/// read is left out.
pub fn folders(folder: &Path, cancelled: &dyn Fn() -> bool) -> Vec<PathBuf> {
    let mut linked = LinkedFolders::below(folder);
    WalkDir::new(folder)
        .follow_links(true)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| entry.depth() == 0 || (!is_hidden(entry.file_name()) && linked.is_to_be_walked(entry)))
        .take_while(|_| !cancelled())
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_dir())
        .filter_map(|entry| Some(entry.path().strip_prefix(folder).ok()?.to_owned()))
        .collect()
}

/// The picture file that lies at a path below `folder`, as [`walk`] would hand it over; `None` if that would pass it by, or
/// there is nothing.
///
/// # Errors
/// When the system does not let us look at it.
pub fn find_one(folder: &Path, path: &ImagePath) -> io::Result<Option<Found>> {
    let whole = path.below(folder);
    let below = whole.strip_prefix(folder).unwrap_or(&whole);
    if !is_picture_name(below) || below.iter().any(is_hidden) {
        return Ok(None);
    }
    match std::fs::metadata(&whole) {
        Ok(metadata) => Ok(measured(&metadata, path.clone())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn check_root(folder: &Path) -> Result<(), ImagesError> {
    let path = folder.to_owned();
    match std::fs::metadata(folder) {
        Ok(metadata) if metadata.is_dir() => Ok(()),
        Ok(_) => Err(ImagesError::NotAFolder { path }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(ImagesError::FolderMissing { path }),
        Err(error) => Err(ImagesError::FolderUnreadable { path, reason: error.to_string() }),
    }
}

fn measure(entry: &DirEntry, folder: &Path) -> Result<Option<Found>, walkdir::Error> {
    Ok(measured(&entry.metadata()?, relative(entry.path(), folder)))
}

/// `None` for what is no file.
fn measured(metadata: &Metadata, path: ImagePath) -> Option<Found> {
    if !metadata.is_file() {
        return None;
    }
    let modified = metadata.modified().map(|time| time.duration_since(UNIX_EPOCH));
    let (modified_unix_secs, modified_nanos) = match modified {
        Ok(Ok(since)) => (i64::try_from(since.as_secs()).unwrap_or(i64::MAX), since.subsec_nanos()),
        Ok(Err(before)) => (-i64::try_from(before.duration().as_secs()).unwrap_or(i64::MAX), 0),
        Err(_) => (0, 0),
    };
    let changed_unix_nanos = changed_unix_nanos(metadata);
    Some(Found { path, file_bytes: metadata.len(), modified_unix_secs, modified_nanos, changed_unix_nanos })
}

#[cfg(unix)]
fn changed_unix_nanos(metadata: &Metadata) -> i64 {
    use std::os::unix::fs::MetadataExt;
    metadata.ctime().saturating_mul(1_000_000_000).saturating_add(metadata.ctime_nsec())
}

#[cfg(not(unix))]
fn changed_unix_nanos(_: &Metadata) -> i64 {
    0
}

fn relative(path: &Path, folder: &Path) -> ImagePath {
    ImagePath::from_relative(path.strip_prefix(folder).unwrap_or(path))
}

/// Counts a camera's raw file.
fn note_raw(raw: &mut CameraRaw, developed: &mut Developed, path: &Path, folder: &Path) {
    if developed.is_beside(path) {
        raw.beside_pictures += 1;
        return;
    }
    raw.unread += 1;
    raw.first.get_or_insert_with(|| relative(path, folder).text);
    raw.endings.insert(ending_of(path));
}

/// Keeps what went wrong below the folder; what went wrong with the folder itself ends the walk.
fn note(summary: &mut WalkSummary, error: &walkdir::Error, folder: &Path) -> Result<(), ImagesError> {
    if error.loop_ancestor().is_some() {
        return Ok(());
    }
    let kind = error.io_error().map(io::Error::kind);
    if kind == Some(io::ErrorKind::NotFound) && !folder.is_dir() {
        return Err(ImagesError::FolderVanished { path: folder.to_owned() });
    }
    let path = error.path().unwrap_or(folder);
    if error.depth() > 0 && path.file_name().is_some_and(is_hidden) {
        return Ok(());
    }
    // A link to nowhere by another name was no picture, as far as anybody can tell.
    if error.depth() > 0 && kind == Some(io::ErrorKind::NotFound) && !is_picture_name(path) {
        summary.other_files += 1;
        return Ok(());
    }
    let said = match kind {
        Some(io::ErrorKind::PermissionDenied) => "permission denied".to_owned(),
        _ => error.io_error().map_or_else(|| error.to_string(), io::Error::to_string),
    };
    if error.depth() == 0 {
        return Err(ImagesError::FolderUnreadable { path: folder.to_owned(), reason: said });
    }
    let reason = match kind {
        Some(io::ErrorKind::NotFound) => "it is gone, or a link to nowhere".to_owned(),
        _ => format!("it cannot be read ({said}); check its permissions"),
    };
    summary.problems.push(WalkProblem { path: relative(path, folder), reason });
    Ok(())
}
