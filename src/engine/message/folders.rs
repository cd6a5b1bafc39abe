//! What writing pictures into folders would do, before it is done.

use super::ExportWish;
use crate::domain::FolderCounts;

/// Image folders that would be written.
#[derive(Clone, Debug, PartialEq)]
pub struct FoldersToWrite {
    /// The wish.
    pub wish: ExportWish,
    /// What would go where.
    pub counts: FolderCounts,
}
