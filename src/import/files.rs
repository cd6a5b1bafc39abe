//! Files and folders, within bounds.

use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use super::ImportError;

/// How deep folders may lie in each other.
const MOST_DEPTH: usize = 24;
/// How many files may lie in a folder.
const MOST_FILES: usize = 20_000_000;
/// The largest file that is read as a whole: a list of splits, an XML file.
pub(super) const MOST_TEXT_BYTES: u64 = 1 << 30;

/// Opens a file to read it from its beginning to its end. A folder, a pipe or a device is none.
///
/// # Errors
/// When it cannot be opened or is larger than `most_bytes`.
pub(super) fn open(path: &Path, most_bytes: u64) -> Result<BufReader<File>, ImportError> {
    let unread = |error| ImportError::unread(&error, path);
    let about = fs::metadata(path).map_err(unread)?;
    if !about.is_file() {
        return Err(ImportError::not_understood("this is no file", path));
    }
    if about.len() > most_bytes {
        let what = format!("{} bytes, and at most {most_bytes} are read", about.len());
        return Err(ImportError::TooLarge { what, path: path.to_owned() });
    }
    File::open(path).map(|file| BufReader::with_capacity(1 << 16, file)).map_err(unread)
}

/// The text of a file, without the mark that some programs put at its beginning.
///
/// # Errors
/// As [`open`], and when it is not UTF-8.
pub(super) fn text(path: &Path, most_bytes: u64) -> Result<String, ImportError> {
    let mut bytes = Vec::new();
    open(path, most_bytes)?
        .take(most_bytes)
        .read_to_end(&mut bytes)
        .map_err(|error| ImportError::unread(&error, path))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let line = error.as_bytes()[..error.utf8_error().valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
        ImportError::not_understood(format!("line {} is not UTF-8", line + 1), path)
    })?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(text) => text.to_owned(),
        None => text,
    })
}

/// The first bytes of a file.
///
/// # Errors
/// When it cannot be read.
pub(super) fn head(path: &Path, bytes: u64) -> Result<Vec<u8>, ImportError> {
    let mut found = Vec::new();
    let file = open(path, u64::MAX)?;
    file.take(bytes).read_to_end(&mut found).map_err(|error| ImportError::unread(&error, path))?;
    Ok(found)
}

/// The files in `folder` and below it that `is_meant` says, in the order of names. Links to folders are not followed: they may
/// lead anywhere. What is hidden is passed over.
///
/// # Errors
/// When a folder cannot be listed, and when there is too much.
pub(super) fn below(
    folder: &Path,
    depth: usize,
    is_meant: &dyn Fn(&Path) -> bool,
) -> Result<Vec<PathBuf>, ImportError> {
    let mut found = Vec::new();
    gather(folder, depth.min(MOST_DEPTH), is_meant, &mut found)?;
    Ok(found)
}

/// The same of `folder` alone.
///
/// # Errors
/// As [`below`].
pub(super) fn inside(folder: &Path, is_meant: &dyn Fn(&Path) -> bool) -> Result<Vec<PathBuf>, ImportError> {
    below(folder, 0, is_meant)
}

fn gather(
    folder: &Path,
    depth: usize,
    is_meant: &dyn Fn(&Path) -> bool,
    found: &mut Vec<PathBuf>,
) -> Result<(), ImportError> {
    let unread = |error| ImportError::unread(&error, folder);
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).map_err(unread)? {
        let entry = entry.map_err(unread)?;
        if !entry.file_name().as_encoded_bytes().starts_with(b".") {
            entries.push((entry.path(), entry.file_type().map_err(unread)?));
        }
    }
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    for (path, kind) in entries {
        if kind.is_dir() {
            if depth > 0 {
                gather(&path, depth - 1, is_meant, found)?;
            }
        } else if is_meant(&path) && (kind.is_file() || path.is_file()) {
            found.push(path);
            if found.len() > MOST_FILES {
                let what = format!("more than {MOST_FILES} files");
                return Err(ImportError::TooLarge { what, path: folder.to_owned() });
            }
        }
    }
    Ok(())
}

/// Whether the name of a file ends so, in any case.
pub(super) fn ends(path: &Path, endings: &[&str]) -> bool {
    let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    endings.contains(&ending.as_str())
}

/// The path of a file below `folder`, as text with `/` between folders; its name if it lies elsewhere.
pub(super) fn relative(file: &Path, folder: &Path) -> String {
    let below = file.strip_prefix(folder).ok().or_else(|| file.file_name().map(Path::new)).unwrap_or(file);
    below.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
}
