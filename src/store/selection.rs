//! What goes between the window's selection and other programs: small files in the workspace, written whole. They are no part of
//! what the workspace knows, so neither lock nor version has to do with them.
//!
//! - `.selection.json`: images that the window is asked to select, by id. It takes the file away.
//! - `.selection.wanted`: somebody wants to know what is selected. The window takes it away, and answers.
//! - `.selection.told.json`: that answer, as it was then.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::StoreError;
use super::draft::write_whole;
use crate::domain::ImageId;

const ASKED: &str = ".selection.json";
/// Where it goes when it is taken: what is written meanwhile is another one.
const TAKEN: &str = ".selection.taken";
const WANTED: &str = ".selection.wanted";
const TOLD: &str = ".selection.told.json";
/// Room for some millions of images. What is larger is no selection.
const MOST_BYTES: u64 = 64 << 20;
const FORMAT: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Written {
    format: u32,
    /// By id.
    images: Vec<u32>,
}

/// Asks the window to select images, in the place of a wish that was not taken yet.
///
/// # Errors
/// When the disk does not let us.
pub fn ask(root: &Path, images: impl IntoIterator<Item = ImageId>) -> Result<(), StoreError> {
    write(&root.join(ASKED), images)
}

/// Whether there is a wish that was not taken yet.
pub fn is_waiting(root: &Path) -> bool {
    fs::symlink_metadata(root.join(ASKED)).is_ok()
}

/// Takes the wish, if there is one: it is gone then, whatever was in it.
///
/// # Errors
/// When it cannot be taken, or is no selection.
pub fn take(root: &Path) -> Result<Option<Vec<ImageId>>, StoreError> {
    let (path, taken) = (root.join(ASKED), root.join(TAKEN));
    match fs::rename(&path, &taken) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(StoreError::from_io("cannot take the selection that was asked for", &path, error)),
    }
    let found = read(&taken);
    // A folder that somebody made there stays; whatever else it was has had its turn.
    fs::remove_file(&taken).ok();
    found.map(Some).map_err(|reason| StoreError::NoSelection { reason, path })
}

/// Asks the window what is selected. What it answered before is forgotten.
///
/// # Errors
/// When the disk does not let us.
pub fn want(root: &Path) -> Result<(), StoreError> {
    fs::remove_file(root.join(TOLD)).ok();
    let path = root.join(WANTED);
    write_whole(&path, &[]).map_err(|error| StoreError::from_io("cannot ask what is selected", &path, error))
}

/// Whether somebody wants to know what is selected; they do not any more then.
pub fn take_want(root: &Path) -> bool {
    fs::remove_file(root.join(WANTED)).is_ok()
}

/// Answers what is selected.
///
/// # Errors
/// When the disk does not let us.
pub fn tell(root: &Path, images: impl IntoIterator<Item = ImageId>) -> Result<(), StoreError> {
    write(&root.join(TOLD), images)
}

/// What the window answered; `None` if it did not yet.
///
/// # Errors
/// When it cannot be read.
pub fn told(root: &Path) -> Result<Option<Vec<ImageId>>, StoreError> {
    let path = root.join(TOLD);
    match fs::symlink_metadata(&path) {
        Ok(_) => read(&path).map(Some).map_err(|reason| StoreError::NoSelection { reason, path }),
        Err(_) => Ok(None),
    }
}

fn write(path: &Path, images: impl IntoIterator<Item = ImageId>) -> Result<(), StoreError> {
    let written = Written { format: FORMAT, images: images.into_iter().map(|image| image.0).collect() };
    let content = serde_json::to_vec(&written).map_err(io::Error::from);
    let written = content.and_then(|content| write_whole(path, &[&content]));
    written.map_err(|error| StoreError::from_io("cannot write the selection", path, error))
}

fn read(path: &Path) -> Result<Vec<ImageId>, String> {
    // Opening a pipe would wait for who writes into it.
    let metadata = fs::symlink_metadata(path).map_err(|error| error.to_string())?;
    if !metadata.is_file() {
        return Err("it is no file".to_owned());
    }
    let too_large = || format!("it is larger than {} MiB", MOST_BYTES >> 20);
    if metadata.len() > MOST_BYTES {
        return Err(too_large());
    }
    let mut text = Vec::new();
    let file = File::open(path).map_err(|error| error.to_string())?;
    file.take(MOST_BYTES + 1).read_to_end(&mut text).map_err(|error| error.to_string())?;
    if text.len() as u64 > MOST_BYTES {
        return Err(too_large());
    }
    let written: Written = serde_json::from_slice(&text).map_err(|error| format!("it makes no sense: {error}"))?;
    match written.format {
        FORMAT => Ok(written.images.into_iter().map(ImageId).collect()),
        other => Err(format!("it has format {other}, and this Tiramisu knows format {FORMAT}")),
    }
}
