//! Paths as numbers.

use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::LazyLock;

use arrow_array::ArrayRef;
use arrow_array::cast::AsArray;

/// Keys are compared within one process only.
static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// Anything as one number.
pub(super) fn key_of(it: impl Hash) -> u64 {
    HASHER.hash_one(it)
}

/// A path as one number: those of a million images need not be in memory twice.
pub(super) fn path_key(path: &str) -> u64 {
    HASHER.hash_one(path)
}

/// The keys of a column of paths, `None` where there is none; `None` for all when the column holds no texts.
pub(super) fn path_keys(column: &ArrayRef) -> Option<Vec<Option<u64>>> {
    // Other programs write texts in other ways.
    if let Some(paths) = column.as_string_opt::<i32>() {
        return Some(paths.iter().map(|path| path.map(path_key)).collect());
    }
    if let Some(paths) = column.as_string_opt::<i64>() {
        return Some(paths.iter().map(|path| path.map(path_key)).collect());
    }
    column.as_string_view_opt().map(|paths| paths.iter().map(|path| path.map(path_key)).collect())
}
