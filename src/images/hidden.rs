//! What is passed by where folders are walked.

use std::ffi::OsStr;

/// Whether a file or folder of this name is passed by, as everything hidden is.
pub fn is_hidden(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".")
}
