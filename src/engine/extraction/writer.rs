//! The writing end of a workspace.

use crate::domain::StoredLayer;
use crate::store::{FeatureSpec, FeatureTable, Workspace};

/// The writing end of a workspace; on loan to the extraction while one runs.
pub struct Writer {
    /// Images.
    pub workspace: Workspace,
    /// Vectors.
    pub table: FeatureTable,
    /// Vectors of layers that the table is to get.
    pub supplement: Option<FeatureTable>,
    /// All layers that it is to have in the end.
    pub wish: FeatureSpec,
}

impl Writer {
    /// The columns in single precision.
    pub fn in_single(&self) -> Vec<StoredLayer> {
        self.supplement.iter().chain([&self.table]).flat_map(FeatureTable::in_single).collect()
    }
}
