//! Cells that are known before an index is built in them, and which of them each row lies in.

use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use arrow_array::cast::AsArray;
use arrow_array::types::UInt64Type;
use arrow_array::{
    ArrayRef, FixedSizeListArray, Float16Array, Float32Array, RecordBatch, RecordBatchIterator, UInt32Array,
    UInt64Array,
};
use arrow_schema::{DataType, Field, Schema};
use futures::TryStreamExt;
use half::f16;
use lance::dataset::{InsertBuilder, WriteParams};
use lance_index::vector::ivf::IvfBuildParams;

use super::StoreError;
use super::columns::Column;
use super::table::{SCAN_BUFFER_BYTES, Table, batch_rows};
use crate::domain::{Matrix, Numbers, Precision};

/// Cells that somebody found, in which an index is built.
pub struct IndexCells<'a> {
    /// `[cells, channels]`, row-major; of length 1 where the measure is the cosine.
    pub centres: Vec<f32>,
    /// The nearest of them to each row; `None` when it was told to stop.
    pub nearest: &'a dyn Fn(Matrix) -> Option<Vec<u32>>,
}

/// Whether to go on; it is handed the share that is done, in `0..=1`.
pub type GoOn<'a> = &'a dyn Fn(f32) -> bool;

/// What the files begin with that say which cell each row lies in.
const CELLS_OF_ROWS: &str = ".cells-";

/// Deletes what somebody who was killed while building left behind in the workspace at `root`; who has its lock is the only one
/// to build.
pub(super) fn clear_away(root: &Path) {
    for entry in root.read_dir().into_iter().flatten().flatten() {
        if entry.file_name().as_encoded_bytes().starts_with(CELLS_OF_ROWS.as_bytes())
            && let Err(error) = std::fs::remove_dir_all(entry.path())
        {
            tracing::warn!("what an index was built with is not deleted: {error}");
        }
    }
}

/// Which cell each row of a table lies in, in a file where Lance reads it: in the workspace, where there is room for the index,
/// too, and where it is found should this process be killed.
pub(super) struct Assigned {
    file: PathBuf,
}

impl Drop for Assigned {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.file).ok();
    }
}

impl Assigned {
    /// `None` when stopped. Says which share of the rows has its cell.
    pub(super) fn of(
        root: &Path,
        table: &Table,
        column: &Column,
        cells: &IndexCells<'_>,
        go_on: GoOn<'_>,
    ) -> Result<Option<Self>, StoreError> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let this = Self { file: root.join(format!("{CELLS_OF_ROWS}{number}.lance")) };
        std::fs::remove_dir_all(&this.file).ok();
        let all = table.rows()?.max(1) as f32;
        let failed = |error| StoreError::from_lance("cannot read the vectors", table.path(), error);
        let damaged =
            || StoreError::Damaged { reason: format!("column {} is odd", column.name), path: table.path().to_owned() };
        let (mut rows, mut of): (Vec<u64>, Vec<u32>) = Default::default();
        let is_whole = table.driver.block_on(async {
            let mut scanner = table.dataset.scan();
            scanner.project(&[&column.name]).map_err(failed)?.with_row_id();
            scanner.batch_size(batch_rows(column.width())).io_buffer_size(SCAN_BUFFER_BYTES);
            let mut batches = pin!(scanner.try_into_stream().await.map_err(failed)?);
            while let Some(batch) = batches.try_next().await.map_err(failed)? {
                let ids = batch.column_by_name("_rowid").and_then(|ids| ids.as_primitive_opt::<UInt64Type>());
                let numbers = batch.column_by_name(&column.name).and_then(|array| column.numbers(array));
                let (ids, numbers) = ids.zip(numbers).ok_or_else(damaged)?;
                let mut values = Numbers::new(column.precision);
                values.extend(numbers);
                let Some(nearest) = (cells.nearest)(Matrix::of(column.channels, values)) else { return Ok(false) };
                rows.extend(ids.values());
                of.extend(nearest);
                if !go_on(rows.len() as f32 / all) {
                    return Ok(false);
                }
            }
            Ok(true)
        })?;
        if !is_whole {
            return Ok(None);
        }
        this.write(table, rows, of).map_err(|error| StoreError::from_lance("cannot write cells", &this.file, error))?;
        Ok(Some(this))
    }

    fn write(&self, table: &Table, rows: Vec<u64>, of: Vec<u32>) -> lance::Result<()> {
        let schema = Arc::new(Schema::new(vec![
            Field::new("row_id", DataType::UInt64, false),
            Field::new("partition", DataType::UInt32, false),
        ]));
        let columns: Vec<ArrayRef> = vec![Arc::new(UInt64Array::from(rows)), Arc::new(UInt32Array::from(of))];
        let batch = RecordBatch::try_new(schema.clone(), columns)?;
        let reader = RecordBatchIterator::new([Ok(batch)], schema);
        table.driver.block_on(async {
            let uri = self.uri();
            InsertBuilder::new(uri.as_str()).with_params(&WriteParams::default()).execute_stream(reader).await
        })?;
        Ok(())
    }

    fn uri(&self) -> String {
        let path: &Path = &self.file;
        path.to_string_lossy().into_owned()
    }

    /// How Lance is to find them.
    pub(super) fn params(&self, column: &Column, centres: &[f32]) -> IvfBuildParams {
        // Of another type than the vectors Lance refuses them.
        let (item, values): (DataType, ArrayRef) = match column.precision {
            Precision::Half => {
                let halves = centres.iter().map(|value| f16::from_f32(*value));
                (DataType::Float16, Arc::new(Float16Array::from_iter_values(halves)))
            }
            Precision::Single => (DataType::Float32, Arc::new(Float32Array::from(centres.to_vec()))),
        };
        let item = Arc::new(Field::new("item", item, true));
        let width = i32::try_from(column.channels).expect("a column has so many numbers a row");
        let centroids = Arc::new(FixedSizeListArray::new(item, width, values, None));
        IvfBuildParams {
            num_partitions: Some(centres.len() / column.channels.max(1)),
            centroids: Some(centroids),
            precomputed_partitions_file: Some(self.uri()),
            ..IvfBuildParams::default()
        }
    }
}
