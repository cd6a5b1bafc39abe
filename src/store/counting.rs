//! Bytes that a table's object store moves, counted.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, RecordBatch, RecordBatchIterator};
use arrow_schema::{DataType, SchemaRef};
use futures::TryStreamExt;
use lance::Dataset;
use lance::dataset::statistics::DatasetStatisticsExt;
use lance::dataset::{InsertBuilder, WriteMode, WriteParams};
use lance::index::DatasetIndexExt;

use super::StoreError;
use super::activations;
use super::table::{Table, batch_rows};
use crate::domain::Counted;

/// As many neighbours, or thumbnails, are asked for.
pub(super) const ASKED: u64 = 10;
/// As many images come in the commit that is rehearsed.
pub(super) const COMMIT_ROWS: u64 = 64;
/// Values of no fixed width are read so many at a time: pictures are the longest of them.
const LONG_ROWS: usize = 512;

/// An index of a table, all of its parts together.
pub(super) struct FoundIndex {
    pub(super) name: String,
    pub(super) column: String,
    pub(super) bytes: u64,
    /// Rows it does not know.
    pub(super) rows_outside: u64,
    /// Whether it finds nearest vectors.
    pub(super) is_of_vectors: bool,
}

impl Table {
    /// Bytes of pages of each column, as the footers of the latest version's files list them.
    pub(super) fn bytes_of_columns(&self) -> Result<HashMap<String, u64>, StoreError> {
        let dataset = Arc::new(self.dataset.clone());
        let stats = self
            .driver
            .block_on(dataset.calculate_data_stats())
            .map_err(|e| StoreError::from_lance("cannot read the sizes of columns", &self.path, e))?;
        let mut bytes: HashMap<String, u64> = HashMap::new();
        for field in stats.fields {
            // Items of a list are fields of their own; they count for the column.
            let column = i32::try_from(field.id).ok().and_then(|id| self.dataset.schema().field_ancestry_by_id(id));
            if let Some(column) = column.and_then(|ancestry| ancestry.first().map(|field| field.name.clone())) {
                *bytes.entry(column).or_default() += field.bytes_on_disk;
            }
        }
        Ok(bytes)
    }

    /// Reads a whole column: what was read, beside its bare numbers. `check` may stop it.
    pub(super) fn read_all(
        &self,
        column: &str,
        check: &mut dyn FnMut() -> Result<(), StoreError>,
    ) -> Result<Counted, StoreError> {
        let schema = self.schema();
        let data_type = schema.field_with_name(column).map(|field| field.data_type());
        let rows = match (activations::row_bytes(&schema), data_type.ok().and_then(width)) {
            (_, Some(width)) => batch_rows(width as usize),
            (Some(row_bytes), None) => activations::rows_at_a_time(row_bytes),
            (None, None) => LONG_ROWS,
        };
        let before = self.bytes_read()?;
        let mut ideal = 0;
        self.scan(&[column], rows, |batch| {
            ideal += bare(batch.column(0).as_ref());
            check()
        })?;
        Ok(Counted { bytes: self.bytes_read()? - before, ideal })
    }

    /// Reads ten values of a column, from all over the table.
    pub(super) fn read_some(&self, column: &str) -> Result<Counted, StoreError> {
        let rows = self.rows()? as u64;
        let asked = rows.min(ASKED);
        let places: Vec<u64> = (0..asked).map(|place| place * rows / asked.max(1)).collect();
        let before = self.bytes_read()?;
        let found = self.take(&places, &[column])?;
        Ok(Counted { bytes: self.bytes_read()? - before, ideal: bare(found.column(0).as_ref()) })
    }

    /// Finds the ten nearest of the first vector by the column's index.
    pub(super) fn read_nearest(&self, column: &str) -> Result<Counted, StoreError> {
        let failed = |e| StoreError::from_lance("cannot ask the index", &self.path, e);
        let first = self.take(&[0], &[column])?;
        let Some(probe) = first.column(0).as_fixed_size_list_opt().map(|list| list.value(0)) else {
            let reason = format!("column {column} holds no vectors");
            return Err(StoreError::Damaged { reason, path: self.path.clone() });
        };
        let before = self.bytes_read()?;
        let found = self.driver.block_on(async {
            let mut scanner = self.dataset.scan();
            scanner.nearest(column, &probe, ASKED as usize)?.project::<&str>(&[])?.with_row_id();
            let mut batches = pin!(scanner.try_into_stream().await?);
            let mut rows = 0;
            while let Some(batch) = batches.try_next().await? {
                rows += batch.num_rows() as u64;
            }
            Ok(rows)
        });
        let found = found.map_err(failed)?;
        Ok(Counted { bytes: self.bytes_read()? - before, ideal: found * bare(probe.as_ref()) })
    }

    /// The indices of the latest version.
    pub(super) fn indices(&self) -> Result<Vec<FoundIndex>, StoreError> {
        let parts = self
            .driver
            .block_on(self.dataset.load_indices())
            .map_err(|e| StoreError::from_lance("cannot list the indices", &self.path, e))?;
        let mut indices: Vec<FoundIndex> = Vec::new();
        for part in parts.iter() {
            let field = part.fields.first().and_then(|id| self.dataset.schema().field_by_id(*id));
            // Lance keeps notes of its own among the indices; they are of no column.
            let Some(field) = field else { continue };
            let is_inside = |id: u64| {
                let of_part = |other: &&lance::table::format::IndexMetadata| other.name == part.name;
                let id = u32::try_from(id).unwrap_or(u32::MAX);
                parts.iter().filter(of_part).any(|p| p.fragment_bitmap.as_ref().is_some_and(|map| map.contains(id)))
            };
            let outside = self.dataset.fragments().iter().filter(|fragment| !is_inside(fragment.id));
            let rows_outside = outside.map(|fragment| fragment.num_rows().unwrap_or(0) as u64).sum();
            let listed = part.files.as_ref().map(|files| files.iter().map(|file| file.size_bytes).sum());
            let bytes = listed.unwrap_or(0);
            match indices.iter_mut().find(|known| known.name == part.name) {
                Some(known) => known.bytes += bytes,
                None => indices.push(FoundIndex {
                    name: part.name.clone(),
                    column: field.name.clone(),
                    bytes,
                    rows_outside,
                    is_of_vectors: matches!(field.data_type(), DataType::FixedSizeList(..)),
                }),
            }
        }
        Ok(indices)
    }

    /// Writes the last rows of a column once more, in memory, as a file of their own.
    pub(super) fn rehearse_column(&self, column: &str) -> Result<Counted, StoreError> {
        let rows = self.last_rows(&[column])?;
        let ideal = rows.columns().iter().map(|column| bare(column.as_ref())).sum();
        let bytes = self.rehearsed(rows.schema(), async move |stage: Dataset| {
            let params = WriteParams { mode: WriteMode::Append, ..WriteParams::default() };
            let stage = Arc::new(stage);
            InsertBuilder::new(stage.clone()).with_params(&params).execute_uncommitted(vec![rows]).await?;
            Ok((stage.object_store(None).await?.io_stats_snapshot().written_bytes, 0))
        })?;
        Ok(Counted { bytes, ideal })
    }

    /// Commits the last rows once more, to a table in memory.
    pub(super) fn rehearse_commit(&self) -> Result<Counted, StoreError> {
        let schema = self.schema();
        let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        let rows = self.last_rows(&names)?;
        let ideal = rows.columns().iter().map(|column| bare(column.as_ref())).sum();
        let bytes = self.rehearsed(Arc::new(schema), async move |stage: Dataset| {
            let params = WriteParams { mode: WriteMode::Append, ..WriteParams::default() };
            let done = InsertBuilder::new(Arc::new(stage)).with_params(&params).execute(vec![rows]).await?;
            let written = done.object_store(None).await?.io_stats_snapshot().written_bytes;
            Ok((written, done.manifest_location().size.unwrap_or(0)))
        })?;
        Ok(Counted { bytes: bytes + self.manifest_bytes(), ideal })
    }

    /// Bytes of the list of files that every commit writes anew.
    pub(super) fn manifest_bytes(&self) -> u64 {
        self.dataset.manifest_location().size.unwrap_or(0)
    }

    /// Makes an empty table in memory and counts what `work` writes there. It answers with the bytes written since the
    /// beginning and how many of them are not to count.
    fn rehearsed(
        &self,
        schema: SchemaRef,
        work: impl AsyncFnOnce(Dataset) -> Result<(u64, u64), lance::Error>,
    ) -> Result<u64, StoreError> {
        let counted = self.driver.block_on(async {
            let nothing = RecordBatchIterator::new(Vec::new(), schema);
            let params = WriteParams { mode: WriteMode::Create, ..WriteParams::default() };
            let stage = InsertBuilder::new("memory://rehearsal").with_params(&params).execute_stream(nothing).await?;
            let before = stage.object_store(None).await?.io_stats_snapshot().written_bytes;
            let (after, aside) = work(stage).await?;
            Ok(after.saturating_sub(before).saturating_sub(aside))
        });
        counted.map_err(|e| StoreError::from_lance("cannot rehearse a commit", &self.path, e))
    }

    fn last_rows(&self, columns: &[&str]) -> Result<RecordBatch, StoreError> {
        let rows = self.rows()? as u64;
        let places: Vec<u64> = (rows.saturating_sub(COMMIT_ROWS)..rows).collect();
        self.take(&places, columns)
    }

    /// Bytes written through this opening of the table so far.
    pub(super) fn bytes_written(&self) -> Result<u64, StoreError> {
        let store = self.driver.block_on(self.dataset.object_store(None));
        let store = store.map_err(|e| StoreError::from_lance("cannot reach the table", &self.path, e))?;
        Ok(store.io_stats_snapshot().written_bytes)
    }

    fn bytes_read(&self) -> Result<u64, StoreError> {
        let store = self.driver.block_on(self.dataset.object_store(None));
        let store = store.map_err(|e| StoreError::from_lance("cannot reach the table", &self.path, e))?;
        Ok(store.io_stats_snapshot().read_bytes)
    }
}

/// Bytes of a value, if all values of the type have as many.
#[expect(clippy::wildcard_enum_match_arm, reason = "Arrow's types are many, of which a workspace has few")]
pub(super) fn width(data_type: &DataType) -> Option<u64> {
    match data_type {
        DataType::FixedSizeList(item, size) => Some(width(item.data_type())? * u64::try_from(*size).ok()?),
        DataType::FixedSizeBinary(size) => u64::try_from(*size).ok(),
        other => other.primitive_width().map(|width| width as u64),
    }
}

/// Bytes of the bare numbers or letters.
#[expect(clippy::wildcard_enum_match_arm, reason = "Arrow's types are many, of which a workspace has few")]
fn bare(column: &dyn Array) -> u64 {
    let rows = column.len() as u64;
    match column.data_type() {
        DataType::Utf8 => column.as_string::<i32>().iter().flatten().map(|text| text.len() as u64).sum(),
        DataType::Binary => column.as_binary::<i32>().iter().flatten().map(|bytes| bytes.len() as u64).sum(),
        other => width(other).map_or_else(|| column.get_buffer_memory_size() as u64, |width| rows * width),
    }
}
