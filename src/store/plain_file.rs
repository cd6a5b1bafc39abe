//! Small files of a workspace, which may have come from anywhere: read only where they are plain files, and no further than they
//! can be long.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

/// What is written into them never comes near it.
const MOST_BYTES: u64 = 256 << 20;

/// The content of a plain file.
///
/// # Errors
/// When it is missing or cannot be read; when it is a link, since what lies behind is no part of the workspace; when it is no file,
/// since opening a pipe waits for who writes into it; when it is longer than such files are.
pub(super) fn read(path: &Path) -> io::Result<Vec<u8>> {
    expect(path)?;
    let mut content = Vec::new();
    File::open(path)?.take(MOST_BYTES + 1).read_to_end(&mut content)?;
    match content.len() as u64 > MOST_BYTES {
        true => Err(io::Error::new(io::ErrorKind::InvalidData, format!("it is larger than {} MiB", MOST_BYTES >> 20))),
        false => Ok(content),
    }
}

/// Whether there is a plain file.
///
/// # Errors
/// When it is missing or cannot be looked at, and when it is something else.
pub(super) fn expect(path: &Path) -> io::Result<()> {
    let found = fs::symlink_metadata(path)?;
    match found.is_file() {
        true => Ok(()),
        false if found.is_symlink() => Err(no_link()),
        false => Err(io::Error::new(io::ErrorKind::InvalidData, "it is not a plain file")),
    }
}

/// Whether a folder of a workspace is its own, or not there yet.
///
/// # Errors
/// When it is a link, since nothing of a workspace is written elsewhere.
pub(super) fn expect_no_link(folder: &Path) -> io::Result<()> {
    match folder.is_symlink() {
        true => Err(no_link()),
        false => Ok(()),
    }
}

fn no_link() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        "it is a link to another place; put a copy of what it leads to in its place",
    )
}
