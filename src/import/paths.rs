//! Paths that were written by others, without asking the disk.

use std::path::Path;

/// A path without `.` and `..`, relative to where `prefix` is; `None` if it leads out of there.
pub(super) fn plain(prefix: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in prefix.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// Whether a path says where it is from the root of a disk on.
pub(super) fn is_absolute(path: &str) -> bool {
    let has_drive = path.as_bytes().get(1) == Some(&b':') && path.as_bytes()[0].is_ascii_alphabetic();
    path.starts_with('/') || path.starts_with('\\') || has_drive
}

/// An absolute path as one below `folder`; `None` if it lies elsewhere.
pub(super) fn below(path: &str, folder: &Path) -> Option<String> {
    let below = Path::new(path).strip_prefix(folder).ok()?.to_str()?.replace(std::path::MAIN_SEPARATOR, "/");
    plain("", &below)
}

/// The last part of a path.
pub(super) fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The last part of a path in bytes.
pub(super) fn file_name_bytes(path: &[u8]) -> &[u8] {
    path.rsplit(|byte| *byte == b'/').next().unwrap_or(path)
}

/// A path in bytes without the ending of its last part.
pub(super) fn without_ending_bytes(path: &[u8]) -> &[u8] {
    let name = file_name_bytes(path);
    match name.iter().rposition(|byte| *byte == b'.') {
        Some(dot) if dot > 0 => &path[..path.len() - name.len() + dot],
        _ => path,
    }
}

/// A path without the ending of its last part.
pub(super) fn without_ending(path: &str) -> &str {
    let name = file_name(path);
    match name.rfind('.') {
        Some(dot) if dot > 0 => &path[..path.len() - name.len() + dot],
        _ => path,
    }
}
