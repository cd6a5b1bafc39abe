//! Whether a picture is still the file that something was made from: the same path, or one that it was moved from, and the same
//! state of it.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int64Type, UInt32Type, UInt64Type};
use arrow_array::{ArrayRef, Int64Array, RecordBatch, UInt64Array};
use arrow_schema::{DataType, Field};

use super::moves::{self, Moves};
use super::path_keys::{path_key, path_keys};
use super::table::{Table, damaged};
use super::{StoreError, Workspace};
use crate::domain::{ImageId, ImageRecord};

const READ_ROWS: usize = 65_536;

/// What tells a changed file, or another one, from one as it was: the columns `path`, `file_bytes` (u64) and `modified` (i64,
/// Unix seconds).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileState {
    path: Option<u64>,
    bytes: u64,
    modified_unix_secs: i64,
}

impl FileState {
    /// The columns [`states`] reads, the image's first.
    pub const COLUMNS: [&'static str; 4] = ["id", "file_bytes", "modified", "path"];

    /// Of a picture as it is known now.
    pub(super) fn of(record: &ImageRecord, moves: &Moves) -> Self {
        let path = Some(moves.one_name(record.id.0, path_key(&record.path.text)));
        Self { path, bytes: record.file_bytes, modified_unix_secs: record.modified_unix_secs }
    }
}

/// The states of images' files as columns of a table of results; null where nothing is known.
pub fn state_columns(ids: &[ImageId], record: impl Fn(ImageId) -> Option<ImageRecord>) -> [(Field, ArrayRef); 2] {
    let known: Vec<Option<ImageRecord>> = ids.iter().map(|id| record(*id)).collect();
    let bytes = known.iter().map(|known| known.as_ref().map(|known| known.file_bytes));
    let modified = known.iter().map(|known| known.as_ref().map(|known| known.modified_unix_secs));
    [
        (Field::new("file_bytes", DataType::UInt64, true), Arc::new(bytes.collect::<UInt64Array>())),
        (Field::new("modified", DataType::Int64, true), Arc::new(modified.collect::<Int64Array>())),
    ]
}

impl Workspace {
    /// The images of a table of results whose files are others now, or gone, ascending; none of a table that does not say.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn changed_since(&self, table: &Table) -> Result<Vec<ImageId>, StoreError> {
        if table.schema().column_with_name("modified").is_none() {
            return Ok(Vec::new());
        }
        let moves = Moves::of(moves::table(self.driver(), self.root())?.as_ref())?;
        let now: HashMap<ImageId, FileState> = self
            .images()?
            .iter()
            .filter(|record| !record.is_gone())
            .map(|record| (record.id, FileState::of(record, &moves)))
            .collect();
        let mut changed = Vec::new();
        table.scan(&FileState::COLUMNS, READ_ROWS, |batch| {
            let then = states(batch, &moves).ok_or_else(|| damaged(table, "its columns have other types"))?;
            changed.extend(then.into_iter().filter(|(id, then)| now.get(id) != Some(then)).map(|(id, _)| id));
            Ok(())
        })?;
        changed.sort_unstable();
        Ok(changed)
    }
}

/// The images of some rows, and the states of their files; `None` when a column has another type than ours.
pub(super) fn states(batch: &RecordBatch, moves: &Moves) -> Option<Vec<(ImageId, FileState)>> {
    let [id, bytes, modified, path] = FileState::COLUMNS.map(|name| batch.column_by_name(name));
    let ids = id?.as_primitive_opt::<UInt32Type>()?;
    let bytes = bytes?.as_primitive_opt::<UInt64Type>()?;
    let modified = modified?.as_primitive_opt::<Int64Type>()?;
    let paths = path_keys(path?)?;
    let path = |row: usize| paths[row].map(|path| moves.one_name(ids.value(row), path));
    let state =
        |row: usize| FileState { path: path(row), bytes: bytes.value(row), modified_unix_secs: modified.value(row) };
    Some((0..batch.num_rows()).map(|row| (ImageId(ids.value(row)), state(row))).collect())
}
