//! Names of tables, and where they lie.

use std::fs;
use std::path::{Path, PathBuf};

use super::StoreError;
use super::manifests::{is_hopeless, is_table};

/// The table of the images.
pub(super) const IMAGES: &str = "images";

/// Where the table of this name lies: in the workspace at `root`, whatever the name says. Some names were read from files
/// that anybody can write, and a name with a path in it must not lead out of the workspace.
pub(super) fn table_path(root: &Path, name: &str) -> PathBuf {
    root.join(format!("{}.lance", name.replace(['/', '\\', ':', '\0'], "_")))
}

/// The tables in the workspace at `root`, whoever made them, by name. What is hidden is none.
///
/// # Errors
/// When the workspace cannot be listed.
pub(super) fn tables_in(root: &Path) -> Result<Vec<String>, StoreError> {
    let failed = |e| StoreError::from_io("cannot list the workspace", root, e);
    let mut names = Vec::new();
    for entry in fs::read_dir(root).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_stem().and_then(|stem| stem.to_str()).filter(|name| !name.starts_with('.'));
        let is_it = path.extension().is_some_and(|end| end == "lance") && is_table(&path);
        names.extend(name.filter(|_| is_it).map(str::to_owned));
    }
    names.sort_unstable();
    Ok(names)
}

/// The same without those that never had a version that is whole: what one of them held has to be made again, and the others
/// are as they were.
///
/// # Errors
/// When the workspace cannot be listed.
pub(super) fn readable_tables_in(root: &Path) -> Result<Vec<String>, StoreError> {
    let mut names = tables_in(root)?;
    names.retain(|name| !is_hopeless(&table_path(root, name)));
    Ok(names)
}

/// The name of the table where layers wait that are to be added to `table`.
pub(super) fn supplement_of(table: &str) -> String {
    format!("{table}_supplement")
}

/// The table of tags.
pub(super) const TAGS: &str = "tags";
/// The table of imported labels and splits.
pub(super) const LABELS: &str = "labels";
/// The table of boxes.
pub(super) const BOXES: &str = "boxes";

/// The table of where pictures lay before they were moved.
pub(super) const MOVES: &str = "moves";

/// Whether a table of this name is what a person did, and nobody can make again.
pub(super) fn is_handwork(table: &str) -> bool {
    [TAGS, LABELS, BOXES].contains(&table)
}
