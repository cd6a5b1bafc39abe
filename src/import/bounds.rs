//! How much of a data set is read and kept: in every format the same.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use super::{ImportError, files};
use crate::domain::{counted, in_words};

/// The most that is read and kept of a data set, of all its files together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Files that something is read of.
    pub files: usize,
    /// Bytes that are read of them; pictures are not.
    pub bytes: u64,
    /// Pictures that something is said of.
    pub pictures: usize,
    /// Boxes.
    pub boxes: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { files: 20_000_000, bytes: 16 << 30, pictures: super::MOST_PICTURES, boxes: super::MOST_BOXES }
    }
}

/// What is left of the bounds while a data set is read.
pub(super) struct Budget {
    bounds: Bounds,
    left: Bounds,
}

impl Budget {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self { bounds, left: bounds }
    }

    /// Opens a file that is read as a whole.
    pub(super) fn open(&mut self, path: &Path, most_bytes: u64) -> Result<BufReader<File>, ImportError> {
        let file = files::open(path, most_bytes)?;
        let about = file.get_ref().metadata().map_err(|error| ImportError::unread(&error, path))?;
        self.take_file(about.len(), path)?;
        Ok(file)
    }

    /// The text of a file.
    pub(super) fn text(&mut self, path: &Path, most_bytes: u64) -> Result<String, ImportError> {
        let text = files::text(path, most_bytes)?;
        self.take_file(text.len() as u64, path)?;
        Ok(text)
    }

    /// A file of which so many bytes are read.
    pub(super) fn take_file(&mut self, bytes: u64, path: &Path) -> Result<(), ImportError> {
        let files = self.left.files.checked_sub(1);
        self.left.files = files.ok_or_else(|| beyond(&counted(self.bounds.files, "file", "files"), path))?;
        self.take_bytes(bytes, path)
    }

    /// So many bytes of a file that says more than it is long, or is not read as a whole.
    pub(super) fn take_bytes(&mut self, bytes: u64, path: &Path) -> Result<(), ImportError> {
        let left = self.left.bytes.checked_sub(bytes);
        self.left.bytes = left.ok_or_else(|| beyond(&in_words::bytes(self.bounds.bytes), path))?;
        Ok(())
    }

    /// A picture.
    pub(super) fn take_picture(&mut self, path: &Path) -> Result<(), ImportError> {
        let left = self.left.pictures.checked_sub(1);
        self.left.pictures = left.ok_or_else(|| beyond(&counted(self.bounds.pictures, "picture", "pictures"), path))?;
        Ok(())
    }

    /// A box.
    pub(super) fn take_box(&mut self, path: &Path) -> Result<(), ImportError> {
        let left = self.left.boxes.checked_sub(1);
        self.left.boxes = left.ok_or_else(|| beyond(&counted(self.bounds.boxes, "box", "boxes"), path))?;
        Ok(())
    }
}

fn beyond(most: &str, path: &Path) -> ImportError {
    let what = format!("all files of a data set together may have {most} and no more; import it in parts");
    ImportError::TooLarge { what, path: path.to_owned() }
}
