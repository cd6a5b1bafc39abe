//! Whether a folder has room for a sample: it is new, empty, or holds pictures of the same sample and nothing else.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::CLASSES;
use super::write::{jpeg, name_of};
use crate::images::{ImagesError, is_left_by_system};

/// A sample picture that lies where it belongs, if its bytes are right.
struct There {
    class: usize,
    index: usize,
    path: PathBuf,
}

/// Finds out, before anything is written, what would be mixed with the sample of `seed` in `dir`, or stands where a picture of it
/// belongs. What file managers leave is nobody's picture. `is_cancelled` is asked before each picture, and ends
/// it early.
///
/// # Errors
/// When there is such a thing, or the folder cannot be read.
pub fn check_room(dir: &Path, seed: u64, is_cancelled: &(dyn Fn() -> bool + Sync)) -> Result<(), ImagesError> {
    let mut there = Vec::new();
    for (name, path) in entries(dir)? {
        let Some(class) = CLASSES.iter().position(|class| class.name == name).filter(|_| path.is_dir()) else {
            return Err(ImagesError::Mixed { path });
        };
        for (name, path) in entries(&path)? {
            let Some(index) = index_of(&name, class) else { return Err(ImagesError::Mixed { path }) };
            there.push(There { class, index, path });
        }
    }
    there.into_par_iter().try_for_each(|There { class, index, path }| {
        let is_it = || fs::read(&path).is_ok_and(|bytes| bytes == jpeg(class, index, seed));
        if is_cancelled() || is_it() { Ok(()) } else { Err(ImagesError::Occupied { path }) }
    })
}

/// What lies in a folder, by name; nothing where there is none.
fn entries(dir: &Path) -> Result<Vec<(String, PathBuf)>, ImagesError> {
    let unread = |error: std::io::Error| ImagesError::NotWritten { path: dir.to_owned(), reason: error.to_string() };
    let found = match fs::read_dir(dir) {
        Ok(found) => found,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unread(error)),
    };
    let mut entries = Vec::new();
    for entry in found {
        let entry = entry.map_err(unread)?;
        let name = entry.file_name();
        if !is_left_by_system(&name) {
            entries.push((name.to_string_lossy().into_owned(), entry.path()));
        }
    }
    // The same one is named each time.
    entries.sort();
    Ok(entries)
}

/// Which picture of a class has this name, if one does.
fn index_of(name: &str, class: usize) -> Option<usize> {
    let number: usize =
        name.strip_prefix(CLASSES[class].name)?.strip_prefix('_')?.strip_suffix(".jpg")?.parse().ok()?;
    let index = number.checked_sub(1)?;
    (name_of(&CLASSES[class], index) == name).then_some(index)
}
