//! Small files of a workspace, which may have come from anywhere: read only where they are plain files, and no further than they
//! can be long.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

/// What is written into them never comes near it.
const MOST_BYTES: u64 = 256 << 20;

/// The content of a plain file, or of a link to one.
///
/// # Errors
/// When it is missing or cannot be read; when it is no file, since opening a pipe waits for who writes into it; when it is
/// longer than such files are.
pub(super) fn read(path: &Path) -> io::Result<Vec<u8>> {
    expect(path)?;
    let mut content = Vec::new();
    File::open(path)?.take(MOST_BYTES + 1).read_to_end(&mut content)?;
    match content.len() as u64 > MOST_BYTES {
        true => Err(io::Error::new(io::ErrorKind::InvalidData, format!("it is larger than {} MiB", MOST_BYTES >> 20))),
        false => Ok(content),
    }
}

/// Whether there is a plain file, or a link to one.
///
/// # Errors
/// When it is missing or cannot be looked at, and when it is something else.
pub(super) fn expect(path: &Path) -> io::Result<()> {
    match fs::metadata(path)?.is_file() {
        true => Ok(()),
        false => Err(io::Error::new(io::ErrorKind::InvalidData, "it is not a plain file")),
    }
}
