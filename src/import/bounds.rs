//! How much of a data set is read and kept: in every format the same.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::rc::Rc;

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

/// Who watches how a data set is read: told of how many pictures was read so far, and asked whether to go on.
pub type Watch<'a> = &'a dyn Fn(usize) -> bool;

/// What is left of the bounds while a data set is read.
pub(super) struct Budget<'a> {
    bounds: Bounds,
    left: Bounds,
    /// Of how many pictures was read.
    pictures: Rc<Cell<usize>>,
    watch: Watch<'a>,
}

impl<'a> Budget<'a> {
    pub(super) fn new(bounds: Bounds, watch: Watch<'a>) -> Self {
        Self { bounds, left: bounds, pictures: Rc::default(), watch }
    }

    /// Opens a file that is read as a whole.
    pub(super) fn open(&mut self, path: &Path, most_bytes: u64) -> Result<BufReader<Watched<'a>>, ImportError> {
        let file = files::open(path, most_bytes)?.into_inner();
        let about = file.metadata().map_err(|error| ImportError::unread(&error, path))?;
        self.take_file(about.len(), path)?;
        let watched = Watched { file, pictures: self.pictures.clone(), watch: self.watch };
        Ok(BufReader::with_capacity(1 << 16, watched))
    }

    fn go_on(&self) -> Result<(), ImportError> {
        if (self.watch)(self.pictures.get()) { Ok(()) } else { Err(ImportError::Stopped) }
    }

    /// The text of a file.
    pub(super) fn text(&mut self, path: &Path, most_bytes: u64) -> Result<String, ImportError> {
        let text = files::text(path, most_bytes)?;
        self.take_file(text.len() as u64, path)?;
        Ok(text)
    }

    /// A file of which so many bytes are read.
    pub(super) fn take_file(&mut self, bytes: u64, path: &Path) -> Result<(), ImportError> {
        self.go_on()?;
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
        self.pictures.set(self.bounds.pictures - self.left.pictures);
        self.go_on()
    }

    /// A box.
    pub(super) fn take_box(&mut self, path: &Path) -> Result<(), ImportError> {
        let left = self.left.boxes.checked_sub(1);
        self.left.boxes = left.ok_or_else(|| beyond(&counted(self.bounds.boxes, "box", "boxes"), path))?;
        Ok(())
    }
}

/// A file that ends early where whoever watches does not want to go on: a large one is read in one piece.
pub(super) struct Watched<'a> {
    file: File,
    /// Of how many pictures was read, of this file and those before.
    pictures: Rc<Cell<usize>>,
    watch: Watch<'a>,
}

impl Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match (self.watch)(self.pictures.get()) {
            true => self.file.read(buffer),
            false => Err(io::Error::other("it is not wanted any more")),
        }
    }
}

fn beyond(most: &str, path: &Path) -> ImportError {
    let what = format!("all files of a data set together may have {most} and no more; import it in parts");
    ImportError::TooLarge { what, path: path.to_owned() }
}
