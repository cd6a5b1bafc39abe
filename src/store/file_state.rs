//! Whether a picture is still the file that something was made from: the same path, or one that it was moved from, and the same
//! state of it.

use std::ops::ControlFlow;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int64Type, UInt32Type, UInt64Type};
use arrow_array::{Array, ArrayRef, Int64Array, RecordBatch, UInt32Array, UInt64Array};
use arrow_schema::{DataType, Field};

use super::file_times::{FileTimes, is_same_moment};
use super::moves::{self, Moves};
use super::path_keys::{path_key, path_keys};
use super::table::{Table, damaged};
use super::{StoreError, Workspace};
use crate::domain::{ImageId, ImageRecord, ImageRef};

const READ_ROWS: usize = 65_536;
/// The columns of a file's state, the image's first.
const COLUMNS: [&str; 4] = ["id", "file_bytes", "modified", "path"];
/// The column that tables of earlier versions lack.
const NANOS: &str = "modified_nanos";

/// What tells a changed file, or another one, from one as it was: the columns `path`, `file_bytes` (u64), `modified` (i64, Unix
/// seconds) and `modified_nanos` (u32, beyond the second; null where that was not known; a second more for each picture of this very
/// time that the file was before).
#[derive(Clone, Copy, Debug)]
pub struct FileState {
    path: Option<u64>,
    bytes: u64,
    modified_unix_secs: i64,
    modified_nanos: Option<u32>,
}

impl FileState {
    /// The columns of `table` that [`states`] reads.
    pub(super) fn columns(table: &Table) -> Vec<&'static str> {
        let nanos = table.schema().column_with_name(NANOS).map(|_| NANOS);
        COLUMNS.into_iter().chain(nanos).collect()
    }

    /// Of a picture as it is known now.
    pub(super) fn of(image: ImageRef<'_>, moves: &Moves, times: &FileTimes) -> Self {
        Self {
            path: Some(moves.one_name(image.id.0, path_key(image.path.text))),
            bytes: image.file_bytes,
            modified_unix_secs: image.modified_unix_secs,
            modified_nanos: times.told_nanos_of(image.id, image.file_bytes, image.modified_unix_secs),
        }
    }

    /// Whether a file that was so is the one that is so `now`. Parts of a second count where both are known.
    pub(super) fn is_still(&self, now: &Self) -> bool {
        let nanos = self.modified_nanos.zip(now.modified_nanos);
        (self.path, self.bytes, self.modified_unix_secs) == (now.path, now.bytes, now.modified_unix_secs)
            && nanos.is_none_or(|(then, now)| is_same_moment(then, now))
    }
}

/// The states of images' files as columns of a table of results; null where nothing is known.
pub(super) fn state_columns(
    ids: &[ImageId],
    times: &FileTimes,
    record: impl Fn(ImageId) -> Option<ImageRecord>,
) -> [(Field, ArrayRef); 3] {
    let known: Vec<Option<ImageRecord>> = ids.iter().map(|id| record(*id)).collect();
    let bytes = known.iter().map(|known| known.as_ref().map(|known| known.file_bytes));
    let modified = known.iter().map(|known| known.as_ref().map(|known| known.modified_unix_secs));
    let nanos = nanos_column(known.iter().map(Option::as_ref), times);
    [
        (Field::new("file_bytes", DataType::UInt64, true), Arc::new(bytes.collect::<UInt64Array>())),
        (Field::new("modified", DataType::Int64, true), Arc::new(modified.collect::<Int64Array>())),
        (nanos_field(), nanos),
    ]
}

/// The field of [`nanos_column`].
pub(super) fn nanos_field() -> Field {
    Field::new(NANOS, DataType::UInt32, true)
}

/// The parts of a second in which images' files were changed, as far as they are known.
pub(super) fn nanos_column<'a>(records: impl Iterator<Item = Option<&'a ImageRecord>>, times: &FileTimes) -> ArrayRef {
    let nanos_of = |image: &ImageRecord| times.told_nanos_of(image.id, image.file_bytes, image.modified_unix_secs);
    Arc::new(records.map(|record| record.and_then(nanos_of)).collect::<UInt32Array>())
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
        let columns = FileState::columns(table);
        let moves = Moves::of(moves::table(self.driver(), self.root())?.as_ref())?;
        let times = if columns.contains(&NANOS) {
            FileTimes::read(self.root(), self.image_count())
        } else {
            FileTimes::default()
        };
        let mut now: Vec<Option<FileState>> = Vec::with_capacity(self.image_count());
        self.read_images(|portion| {
            let state = |image: &ImageRef<'_>| (!image.is_gone()).then(|| FileState::of(*image, &moves, &times));
            now.extend(portion.iter().map(state));
            ControlFlow::Continue(())
        })?;
        let is_still = |id: ImageId, then: &FileState| {
            now.get(id.index()).and_then(Option::as_ref).is_some_and(|now| then.is_still(now))
        };
        let mut changed = Vec::new();
        table.scan(&columns, READ_ROWS, |batch| {
            let then = states(batch, &moves).ok_or_else(|| damaged(table, "its columns have other types"))?;
            changed.extend(then.into_iter().filter(|(id, then)| !is_still(*id, then)).map(|(id, _)| id));
            Ok(())
        })?;
        changed.sort_unstable();
        Ok(changed)
    }
}

/// The images of some rows, and the states of their files; `None` when a column has another type than ours.
pub(super) fn states(batch: &RecordBatch, moves: &Moves) -> Option<Vec<(ImageId, FileState)>> {
    let [id, bytes, modified, path] = COLUMNS.map(|name| batch.column_by_name(name));
    let ids = id?.as_primitive_opt::<UInt32Type>()?;
    let bytes = bytes?.as_primitive_opt::<UInt64Type>()?;
    let modified = modified?.as_primitive_opt::<Int64Type>()?;
    let nanos = match batch.column_by_name(NANOS) {
        Some(nanos) => Some(nanos.as_primitive_opt::<UInt32Type>()?),
        None => None,
    };
    let paths = path_keys(path?)?;
    let state = |row: usize| FileState {
        path: paths[row].map(|path| moves.one_name(ids.value(row), path)),
        bytes: bytes.value(row),
        modified_unix_secs: modified.value(row),
        modified_nanos: nanos.filter(|nanos| nanos.is_valid(row)).map(|nanos| nanos.value(row)),
    };
    Some((0..batch.num_rows()).map(|row| (ImageId(ids.value(row)), state(row))).collect())
}
