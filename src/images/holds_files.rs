//! Whether somebody's files lie in a folder.

use std::path::Path;

use walkdir::WalkDir;

use super::hidden::is_left_by_system;

/// Whether a file lies in a folder or somewhere below it, but for those that file managers leave: of folders alone nothing can be
/// replaced. What cannot be listed holds none that are known of.
pub fn holds_files(folder: &Path) -> bool {
    let entries = WalkDir::new(folder)
        .min_depth(1)
        .into_iter()
        .filter_entry(|entry| entry.depth() == 0 || !is_left_by_system(entry.file_name()));
    entries.filter_map(Result::ok).any(|entry| !entry.file_type().is_dir())
}
