//! What is missing of the layers that were asked for later.

use crate::domain::{ImageId, StoredLayer};
use crate::store::FeatureTable;

/// Layers for images that have vectors at others.
pub struct SupplementWish {
    /// The layers.
    pub columns: Vec<StoredLayer>,
    /// Those of them that are in single precision.
    pub single: Vec<StoredLayer>,
    /// The images that lack them.
    pub images: Vec<ImageId>,
    /// How many have them already.
    pub already: usize,
}

impl SupplementWish {
    /// What `supplement` lacks of `table`'s images.
    pub fn of(table: &FeatureTable, supplement: &FeatureTable) -> Self {
        let (has_it, lacks_it): (Vec<ImageId>, Vec<ImageId>) =
            table.ids().iter().partition(|id| supplement.ids().binary_search(id).is_ok());
        Self {
            columns: supplement.columns().into_iter().map(|(stored, _)| stored).collect(),
            single: supplement.in_single(),
            images: lacks_it,
            already: has_it.len(),
        }
    }
}
