//! Vectors of other pictures than those on record.
//!
//! Rows belong to images by id, and ids are places in `images.lance`. If that table is replaced by an older one (restored
//! from a backup, put back by another program), the next images get ids that rows have already: they would look
//! extracted, with another picture's vectors. Each row says the path of its picture, too, so it can be seen.

use std::hash::{BuildHasher, RandomState};

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::types::UInt32Type;
use lance::deps::datafusion::logical_expr::{ident, lit};

use super::table::Table;
use super::{StoreError, Workspace};
use crate::domain::ImageId;

const READ_ROWS: usize = 65_536;
/// So many ids are named at a time when rows are removed.
const PORTION: usize = 16_384;

impl Workspace {
    /// The images that `table` has rows of which were made from another picture, or from one that is not on record:
    /// ascending.
    ///
    /// # Errors
    /// When a table cannot be read.
    pub fn misfits(&self, table: &str) -> Result<Vec<ImageId>, StoreError> {
        let hasher = RandomState::new();
        let made_from = paths(&self.read_table(table)?, &hasher)?;
        // Opened after the other: images are appended before their vectors.
        let images = Table::open(self.runtime(), self.images.path())?;
        let mut recorded = vec![None; images.rows()?];
        for (id, path) in paths(&images, &hasher)? {
            if let Some(place) = recorded.get_mut(id as usize) {
                *place = Some(path);
            }
        }
        let fits = |(id, path): &(u32, u64)| recorded.get(*id as usize) == Some(&Some(*path));
        let mut misfits: Vec<ImageId> =
            made_from.into_iter().filter(|row| !fits(row)).map(|(id, _)| ImageId(id)).collect();
        misfits.sort_unstable();
        misfits.dedup();
        Ok(misfits)
    }

    /// Removes those rows from every table of vectors; earlier versions still have them. What sees no vector extracts it.
    /// Returns the tables that had any, and of how many images.
    ///
    /// # Errors
    /// When the workspace was opened for reading only, and when the disk does not let us.
    pub fn drop_misfits(&mut self) -> Result<Vec<(String, usize)>, StoreError> {
        self.expect_writable()?;
        let mut dropped = Vec::new();
        for summary in self.feature_tables()? {
            let misfits = self.misfits(&summary.table)?;
            if misfits.is_empty() {
                continue;
            }
            let mut table = self.read_table(&summary.table)?;
            for portion in misfits.chunks(PORTION) {
                let ids = portion.iter().map(|id| lit(id.0)).collect();
                table.remove_where(ident("id").in_list(ids, false))?;
            }
            dropped.push((summary.table, misfits.len()));
        }
        Ok(dropped)
    }
}

/// The id of each row, and its picture's path, hashed: paths of a million images need not be in memory twice.
fn paths(table: &Table, hasher: &RandomState) -> Result<Vec<(u32, u64)>, StoreError> {
    let mut rows = Vec::with_capacity(table.rows()?);
    table.scan(&["id", "path"], READ_ROWS, |batch: &RecordBatch| {
        let columns = batch.column(0).as_primitive_opt::<UInt32Type>().zip(batch.column(1).as_string_opt::<i32>());
        let (ids, paths) = columns.ok_or_else(|| super::recorder::damaged(table, "its columns have other types"))?;
        rows.extend(ids.values().iter().zip(paths).map(|(id, path)| (*id, hasher.hash_one(path.unwrap_or_default()))));
        Ok(())
    })?;
    Ok(rows)
}
