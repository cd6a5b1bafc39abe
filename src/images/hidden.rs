//! What is passed by where folders are walked.

use std::ffi::OsStr;

/// Whether a file or folder of this name is passed by, as everything hidden is.
pub fn is_hidden(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".")
}

/// Whether a file or folder of this name is nobody's: it is hidden, or one that Windows leaves wherever it shows a folder.
pub fn is_left_by_system(name: &OsStr) -> bool {
    is_hidden(name) || ["Thumbs.db", "desktop.ini"].iter().any(|left| name.eq_ignore_ascii_case(left))
}
