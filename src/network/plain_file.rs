//! Files of networks: plain ones, and no longer than they can be.
//!
//! Looked at before they are opened: opening a pipe waits for a writer, and a device has no end.

use std::{
    cell::RefCell,
    fs::{self, File, Metadata},
    io::{self, Read},
    path::{Path, PathBuf},
};

thread_local! {
    /// The files that this thread opens, while somebody wants to know.
    static NOTED: RefCell<Option<Vec<FileRead>>> = const { RefCell::new(None) };
}

/// A file that was read.
#[derive(Clone, Debug)]
pub struct FileRead {
    /// Where it lies.
    pub path: PathBuf,
    /// As it was before it was opened.
    pub metadata: Metadata,
}

/// Does something, and says which files of networks this thread opened for it.
pub fn noting_files<T>(work: impl FnOnce() -> T) -> (T, Vec<FileRead>) {
    let before = NOTED.replace(Some(Vec::new()));
    let done = work();
    (done, NOTED.replace(before).unwrap_or_default())
}

/// Why a file was not read.
pub(super) enum Unread {
    /// It has more bytes than asked for, namely so many.
    TooLong(u64),
    /// The system does not let us, or it is no plain file.
    Refused(io::Error),
}

/// Opens a plain file, or a link to one, and says how many bytes it has.
///
/// # Errors
/// When it is missing, may not be read, or is a folder, a pipe or a device.
pub(super) fn open(path: &Path) -> io::Result<(File, u64)> {
    let metadata = fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a plain file"));
    }
    NOTED.with_borrow_mut(|noted| {
        if let Some(noted) = noted {
            noted.push(FileRead { path: path.to_owned(), metadata: metadata.clone() });
        }
    });
    Ok((File::open(path)?, metadata.len()))
}

/// Reads a plain file of at most `most_bytes` bytes.
///
/// # Errors
/// As [`open`], and when it is longer.
pub(super) fn read(path: &Path, most_bytes: u64) -> Result<Vec<u8>, Unread> {
    let (file, bytes) = open(path).map_err(Unread::Refused)?;
    if bytes > most_bytes {
        return Err(Unread::TooLong(bytes));
    }
    let mut content = Vec::with_capacity(bytes as usize);
    // It may grow meanwhile.
    file.take(most_bytes + 1).read_to_end(&mut content).map_err(Unread::Refused)?;
    match content.len() as u64 {
        read if read > most_bytes => Err(Unread::TooLong(read)),
        _ => Ok(content),
    }
}
