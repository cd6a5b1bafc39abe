//! Layers that are asked for after a table was filled.
//!
//! They are extracted into a table of their own beside the first, `<network>_supplement.lance`, by ordinary appends, so
//! that this resumes like every other job; when every image is there, its columns move into the first table in one
//! commit. A kill at any moment leaves either the two tables or the merged one (and perhaps a supplement that has
//! nothing to add, which goes at the next opening).

use std::fs;
use std::path::Path;

use super::columns::columns_of;
use super::table::is_table;
use super::{FeatureSpec, FeatureTable, StoreError, Workspace};
use crate::domain::ImageId;

impl Workspace {
    /// The table to extract those of `spec`'s layers into that `table` lacks; `None` when it lacks none.
    ///
    /// Append to it for all of `table.ids()`, then call [`Workspace::merge_supplement`]. A supplement that was begun
    /// for other layers is thrown away.
    pub fn supplement(&mut self, table: &FeatureTable, spec: &FeatureSpec) -> Result<Option<FeatureTable>, StoreError> {
        self.expect_writable()?;
        let columns = table.missing_layers(spec);
        let name = supplement_name(spec);
        let path = self.table_path(&name);
        if path.exists() {
            let begun = if is_table(&path) { columns_of(&self.read_table(&name)?.schema()) } else { Vec::new() };
            let same = begun.len() == columns.len()
                && begun.iter().all(|column| columns.contains(&(column.stored.clone(), column.channels)));
            if !same {
                delete(&path)?;
            }
        }
        if columns.is_empty() {
            return Ok(None);
        }
        self.open_features(&FeatureSpec { columns, ..spec.clone() }, &name, &table.columns).map(Some)
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

/// Takes the table out of sight first, so that a kill leaves no half of one.
fn delete(path: &Path) -> Result<(), StoreError> {
    let failed = |e| StoreError::from_io("cannot delete the table", path, e);
    let gone = path.with_file_name(".deleted.lance");
    if gone.exists() {
        fs::remove_dir_all(&gone).map_err(failed)?;
    }
    fs::rename(path, &gone).map_err(failed)?;
    fs::remove_dir_all(&gone).map_err(failed)
}

fn supplement_name(spec: &FeatureSpec) -> String {
    supplement_of(&spec.table_name())
}

/// The name of the table where layers wait that are to be added to `table`.
pub(super) fn supplement_of(table: &str) -> String {
    format!("{table}_supplement")
}
