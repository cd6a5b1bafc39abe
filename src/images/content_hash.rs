//! A file's content in 32 bytes, to find copies by.

use std::fs::File;
use std::path::Path;

use super::ImagesError;

/// The BLAKE3 hash of all bytes of a file, read piece by piece. Files of the same hash are the same.
///
/// # Errors
/// When the path is no file or cannot be read.
pub fn content_hash(path: &Path) -> Result<[u8; 32], ImagesError> {
    let reading = |error| ImagesError::from_reading(&error, path);
    // Looked at before it is opened: opening a pipe would wait for a writer.
    if !std::fs::metadata(path).map_err(reading)?.is_file() {
        return Err(ImagesError::NotAFile { path: path.to_owned() });
    }
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(File::open(path).map_err(reading)?).map_err(reading)?;
    Ok(*hasher.finalize().as_bytes())
}
