//! Where pictures lay before they were moved or renamed: `moves.lance`.
//!
//! Columns: `id` of the image, `before` and `after`: two paths of it. A row is written before the image's record says the new
//! path, so that nobody ever sees a record whose rows elsewhere do not fit.
//!
//! What a picture was called before is followed from its present path alone. Where `images.lance` was replaced by an older one and
//! the id means another picture, what is told here of the id is not about that one.

use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::UInt32Type;
use arrow_array::{RecordBatch, RecordBatchIterator, StringArray, UInt32Array};
use arrow_schema::{DataType, Field, Schema, SchemaRef};

use super::driver::Driver;
use super::manifests::{is_hopeless, is_table};
use super::names::{MOVES, table_path};
use super::path_keys::path_keys;
use super::table::{Table, damaged};
use super::{StoreError, Workspace};
use crate::domain::{ImageId, ImageRecord};

const READ_ROWS: usize = 65_536;
/// What a row weighs when fragments are put together.
const ROW_BYTES: usize = 128;
const COLUMNS: [&str; 3] = ["id", "before", "after"];

fn schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new(COLUMNS[0], DataType::UInt32, false),
        Field::new(COLUMNS[1], DataType::Utf8, false),
        Field::new(COLUMNS[2], DataType::Utf8, false),
    ]))
}

/// Whether a table is this one.
pub(super) fn is_it(name: &str, of_table: &Schema) -> bool {
    name == MOVES && COLUMNS.iter().all(|column| of_table.column_with_name(column).is_some())
}

/// The table of the workspace at `root`, if pictures were ever moved.
///
/// # Errors
/// When it cannot be opened.
pub(super) fn table(driver: &Arc<Driver>, root: &Path) -> Result<Option<Table>, StoreError> {
    let path = table_path(root, MOVES);
    match is_table(&path) && !is_hopeless(&path) {
        true => Table::open(driver, &path).map(Some),
        false => Ok(None),
    }
}

/// What pictures were called, as keys of their paths.
#[derive(Default)]
pub(super) struct Moves {
    /// Image, before and after: ascending.
    rows: Vec<(u32, u64, u64)>,
}

impl Moves {
    /// All there are.
    ///
    /// # Errors
    /// When they cannot be read.
    pub(super) fn of(table: Option<&Table>) -> Result<Self, StoreError> {
        let Some(table) = table else { return Ok(Self::default()) };
        let mut rows = Vec::with_capacity(table.rows()?);
        table.scan(&COLUMNS, READ_ROWS, |batch| {
            let ids = batch.column(0).as_primitive_opt::<UInt32Type>();
            let names = path_keys(batch.column(1)).zip(path_keys(batch.column(2)));
            let (ids, (before, after)) =
                ids.zip(names).ok_or_else(|| damaged(table, "its columns have other types"))?;
            let moved = ids.values().iter().zip(before.into_iter().zip(after));
            rows.extend(moved.filter_map(|(id, (before, after))| Some((*id, before?, after?))));
            Ok(())
        })?;
        rows.sort_unstable();
        rows.dedup();
        Ok(Self { rows })
    }

    /// The images that were moved, ascending.
    pub(super) fn images(&self) -> impl Iterator<Item = u32> {
        self.rows.chunk_by(|a, b| a.0 == b.0).map(|of_one| of_one[0].0)
    }

    /// Whether an image was ever moved, or another one that had its id.
    pub(super) fn is_of(&self, id: u32) -> bool {
        self.rows.binary_search_by_key(&id, |row| row.0).is_ok()
    }

    /// One of the names that the image at `now` ever had, the same whichever of them `now` is.
    pub(super) fn one_name(&self, id: u32, now: u64) -> u64 {
        match self.is_of(id) {
            true => self.names(id, now).first().copied().unwrap_or(now),
            false => now,
        }
    }

    /// What the image that lies at `now` was ever called, and that itself: ascending, the same in whichever of its places it is.
    pub(super) fn names(&self, id: u32, now: u64) -> Vec<u64> {
        let first = self.rows.partition_point(|row| row.0 < id);
        let of_it = self.rows[first..].chunk_by(|a, b| a.0 == b.0).next().filter(|rows| rows[0].0 == id);
        let mut names = vec![now];
        let mut known = 0;
        while let (Some(rows), true) = (of_it, known < names.len()) {
            let name = names[known];
            known += 1;
            for (_, before, after) in rows {
                let others = [(before, after), (after, before)].into_iter().filter(|(this, _)| **this == name);
                for (_, other) in others {
                    if !names.contains(other) {
                        names.push(*other);
                    }
                }
            }
        }
        names.sort_unstable();
        names
    }
}

impl Workspace {
    /// Images lie elsewhere now: puts their records in the place of those there are, as one commit, and returns its version. What
    /// is known of them by id stays theirs, and they keep their thumbnails.
    ///
    /// # Errors
    /// When an id is beyond the table, and when the disk does not let us; nothing is changed then.
    pub fn move_images(&mut self, records: Vec<ImageRecord>) -> Result<u64, StoreError> {
        self.expect_writable()?;
        let ids: Vec<ImageId> = records.iter().map(|record| record.id).collect();
        let known = self.images_with(&ids)?;
        let moved: Vec<(u32, &str, &str)> = known
            .iter()
            .zip(&records)
            .filter(|(was, is)| was.id == is.id && was.path != is.path)
            .map(|(was, is)| (is.id.0, was.path.text.as_str(), is.path.text.as_str()))
            .collect();
        if !moved.is_empty() {
            let rows = RecordBatch::try_new(
                schema(),
                vec![
                    Arc::new(UInt32Array::from_iter_values(moved.iter().map(|row| row.0))),
                    Arc::new(StringArray::from_iter_values(moved.iter().map(|row| row.1))),
                    Arc::new(StringArray::from_iter_values(moved.iter().map(|row| row.2))),
                ],
            );
            let mut table = Table::open_or_create(self.driver(), &self.table_path(MOVES), schema())?;
            table.append(Box::new(RecordBatchIterator::new([rows], schema())))?;
            // Putting fragments together is a convenience: what was asked for is committed.
            if let Err(error) = table.compact(ROW_BYTES) {
                tracing::warn!("{error}");
            }
        }
        self.redescribe_images(records)
    }
}
