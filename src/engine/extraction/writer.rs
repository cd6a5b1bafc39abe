//! The writing end of a workspace.

use crate::domain::StoredLayer;
use crate::store::{FeatureSpec, FeatureTable, StoreError, Workspace};

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
    /// Moves on to what is on the disk.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn refresh(&mut self) -> Result<(), StoreError> {
        self.workspace.refresh()?;
        self.table.refresh()?;
        self.supplement.as_mut().map_or(Ok(()), FeatureTable::refresh)
    }

    /// The columns in single precision.
    pub fn in_single(&self) -> Vec<StoredLayer> {
        self.supplement.iter().chain([&self.table]).flat_map(FeatureTable::in_single).collect()
    }
}
