//! Layers that are asked for after a table was filled.
//!
//! They are extracted into a table of their own beside the first, `<network>_supplement.lance`, by ordinary appends, so
//! that this resumes like every other job; when every image is there, its columns move into the first table in one
//! commit. A kill at any moment leaves either the two tables or the merged one (and perhaps a supplement that has
//! nothing to add; [`Workspace::supplement`] deletes it, whatever is wished for).
//!
//! There is one supplement a table. What was begun may be the work of hours, so it is finished before another wish has
//! its turn.

use super::columns::columns_of;
use super::deleting::delete;
use super::manifests::is_table;
use super::names::supplement_of;
use super::{FeatureSpec, FeatureTable, StoreError, Workspace};
use crate::domain::{ImageId, StoredLayer};

impl Workspace {
    /// The table to extract layers into that `table` lacks; `None` when it lacks none of `spec`'s.
    ///
    /// Append to it for all of `table.ids()`, then call [`Workspace::merge_supplement`], and then this again: where
    /// another supplement was begun before, that is the one to finish first, with its own layers.
    ///
    /// # Errors
    /// When the workspace was opened for reading, or the disk refuses.
    pub fn supplement(&mut self, table: &FeatureTable, spec: &FeatureSpec) -> Result<Option<FeatureTable>, StoreError> {
        self.expect_writable()?;
        let mut columns = table.missing_layers(spec);
        let name = supplement_name(spec);
        let path = self.table_path(&name);
        if path.exists() {
            let begun = self.layers_to_add(&name, table)?;
            if begun.is_empty() {
                delete(&path)?;
            } else if !columns.is_empty() {
                columns = begun;
            }
        }
        if columns.is_empty() {
            return Ok(None);
        }
        self.open_features(&FeatureSpec { columns, ..spec.clone() }, &name, &table.columns).map(Some)
    }

    /// The layers of a supplement that was begun; none if `table` has taken them already.
    fn layers_to_add(&self, supplement: &str, table: &FeatureTable) -> Result<Vec<(StoredLayer, usize)>, StoreError> {
        if !is_table(&self.table_path(supplement)) {
            return Ok(Vec::new());
        }
        let begun = columns_of(&self.read_table(supplement)?.schema());
        let is_taken = begun.iter().any(|column| table.columns.iter().any(|taken| taken.stored == column.stored));
        Ok(begun.into_iter().filter(|_| !is_taken).map(|column| (column.stored, column.channels)).collect())
    }

    /// The name of the table where layers wait that are to be added to `table`, if one was begun.
    pub fn supplement_in_progress(&self, table: &str) -> Option<String> {
        let name = supplement_of(table);
        is_table(&self.table_path(&name)).then_some(name)
    }

    /// Moves the columns of a finished supplement into `table` as one commit, and deletes the supplement. Images in
    /// `gone`, whose pictures can no longer be read, get no vector at the new layers.
    ///
    /// # Errors
    /// When other images of `table` are not in the supplement yet, and when the disk does not let us; both tables are
    /// as they were then.
    pub fn merge_supplement(
        &mut self,
        table: &mut FeatureTable,
        supplement: FeatureTable,
        gone: &[ImageId],
    ) -> Result<u64, StoreError> {
        self.expect_writable()?;
        let version = table.take_columns_of(&supplement, gone)?;
        let path = supplement.path().to_owned();
        drop(supplement);
        delete(&path)?;
        Ok(version)
    }
}

fn supplement_name(spec: &FeatureSpec) -> String {
    supplement_of(&spec.table_name())
}
