//! What goes from the network to the disk.

use crate::domain::{ImageId, Numbers, StoredLayer};
use crate::store::NewImage;

/// What a batch is to the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchKind {
    /// Images without vectors: rows are appended.
    New,
    /// Images that were read before, when their files were others: rows take the place of what is there.
    Changed,
    /// Vectors of layers that the table is to get: rows go to the supplement.
    Supplement,
    /// Images as they were, whose vectors an earlier version cut off: rows take the place of what is there.
    Again,
}

/// One batch on its way to the disk.
pub struct StoreBatch {
    /// What to do with it.
    pub kind: BatchKind,
    /// Rows of `images`. Of new images they continue the ids, and are empty for images recorded earlier.
    pub images: Vec<NewImage>,
    /// Whose vectors these are.
    pub ids: Vec<ImageId>,
    /// Their paths, for the table's text column.
    pub paths: Vec<String>,
    /// Their labels.
    pub labels: Vec<Option<String>>,
    /// For each stored layer one `[ids.len(), channels]` block.
    pub values: Vec<(StoredLayer, Numbers)>,
    /// For each layer where in their maps the largest values are: `[ids.len(), channels]`. Only exemplars need it.
    pub places: Vec<(String, Vec<u32>)>,
}

impl StoreBatch {
    /// About how much memory it holds.
    pub fn bytes(&self) -> usize {
        let thumbnails: usize = self.images.iter().filter_map(|image| image.thumbnail.as_ref()).map(Vec::len).sum();
        let values: usize = self.values.iter().map(|(_, values)| values.bytes()).sum();
        thumbnails + values
    }
}
