//! Lance's indices over columns of vectors.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, UInt32Type, UInt64Type};
use arrow_array::{Array, ArrayRef, Float16Array, Float32Array, RecordBatch};
use half::f16;
use lance::index::{DatasetIndexExt, DatasetIndexInternalExt};
use lance_index::metrics::NoOpMetricsCollector;
use lance_index::optimize::OptimizeOptions;

use super::columns::{Column, columns_of};
use super::index_records::{read_records, records_path, write_records};
use super::manifests::is_table;
use super::table::{ROW_ID, Table};
use super::{FeatureTable, Recorder, StoreError, Workspace};
use crate::domain::{ImageId, IndexExtension, IndexKind, IndexRecord, Metric, Neighbour, Precision, StoredLayer};

/// Lance's column of how far away a row is.
const DISTANCE: &str = "_distance";

/// Lance's name of a metric; its own type of metrics is of a crate that only Lance knows.
pub(super) fn word(metric: Metric) -> &'static str {
    match metric {
        Metric::Cosine => "cosine",
        Metric::Euclidean => "l2",
        Metric::Dot => "dot",
    }
}

pub(super) fn name_of(column: &Column) -> String {
    format!("{}_index", column.name)
}

impl Recorder {
    pub(super) fn features_table(&self, features: &str) -> Result<Table, StoreError> {
        // Apart from others: what an extension writes is counted.
        let mut table = Table::open(&self.driver().apart(), &self.path_of(features))?;
        table.set_torn_aside()?;
        Ok(table)
    }

    /// Takes in what was appended since; the cells stay. What was written for it is counted by the table's object store.
    ///
    /// # Errors
    /// When the disk does not let us.
    pub fn extend_index(&self, features: &str, source: &StoredLayer) -> Result<IndexExtension, StoreError> {
        let mut table = self.features_table(features)?;
        let column = column_of(&table, source)?;
        let mut options = OptimizeOptions::append();
        let name = name_of(&column);
        options.index_names = Some(vec![name.clone()]);
        let outside = |table: &Table| -> Result<u64, StoreError> {
            let found = table.indices()?.into_iter().find(|index| index.name == name);
            Ok(found.map_or(0, |index| index.rows_outside))
        };
        let (rows_before, bytes_before) = (outside(&table)?, table.bytes_written()?);
        let failed = |error| StoreError::from_lance("cannot extend the index", &self.path_of(features), error);
        self.driver().block_on(table.dataset.optimize_indices(&options)).map_err(failed)?;
        table.settle()?;
        let bytes = table.bytes_written()?.saturating_sub(bytes_before);
        Ok(IndexExtension { rows: rows_before.saturating_sub(outside(&table)?), bytes })
    }

    /// Remembers how well an index finds.
    ///
    /// # Errors
    /// When the disk does not let us.
    pub fn save_index(&self, features: &str, record: IndexRecord) -> Result<(), StoreError> {
        let mut records = read_records(self.root());
        records.entry(features.to_owned()).or_default().insert(record.source.column(), record);
        write_records(self.root(), &records)
    }

    /// Forgets how well an index finds: another took its place, and nobody asks that before it is measured.
    ///
    /// # Errors
    /// When the disk does not let us.
    pub fn forget_measures(&self, features: &str, source: &StoredLayer) -> Result<(), StoreError> {
        let mut records = read_records(self.root());
        let known = records.get_mut(features).and_then(|of_table| of_table.remove(&source.column()));
        if known.is_some() { write_records(self.root(), &records) } else { Ok(()) }
    }

    /// Removes an index, and what is known of it; `false` if there was neither.
    ///
    /// # Errors
    /// When the layer is not stored, or the disk does not let us.
    pub fn drop_index(&self, features: &str, source: &StoredLayer) -> Result<bool, StoreError> {
        let mut table = self.features_table(features)?;
        let column = column_of(&table, source)?;
        let is_there = has_index(&table, &column)?;
        if is_there {
            let failed = |error| StoreError::from_lance("cannot remove the index", &self.path_of(features), error);
            self.driver().block_on(table.dataset.drop_index(&name_of(&column))).map_err(failed)?;
            table.settle()?;
        }
        let mut records = read_records(self.root());
        let known = records.get_mut(features).and_then(|of_table| of_table.remove(&source.column()));
        // Also a list that cannot be read becomes one again.
        if known.is_some() || records_path(self.root()).exists() {
            write_records(self.root(), &records)?;
        }
        Ok(is_there || known.is_some())
    }
}

impl Workspace {
    /// Whether the workspace at `root` may have indices; without opening it, which takes longer than many a question.
    pub fn may_have_indices(root: &Path) -> bool {
        records_path(root).exists()
    }

    /// The indices of a table of features that are there and were measured, in the order of columns.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn indices(&self, features: &str) -> Result<Vec<IndexRecord>, StoreError> {
        let known = read_records(self.root()).remove(features).unwrap_or_default();
        if known.is_empty() || !is_table(&self.table_path(features)) {
            return Ok(Vec::new());
        }
        those_there(&self.read_table(features)?, known)
    }

    /// The indices that went away when their layers were given single precision, in the order of columns: known of, but not
    /// there.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn lost_indices(&self, features: &str) -> Result<Vec<IndexRecord>, StoreError> {
        let known = read_records(self.root()).remove(features).unwrap_or_default();
        if known.is_empty() || !is_table(&self.table_path(features)) {
            return Ok(Vec::new());
        }
        let table = self.read_table(features)?;
        let mut lost = Vec::new();
        for column in columns_of(&table.schema()).iter().filter(|column| column.precision == Precision::Single) {
            let record = known.values().find(|record| record.source == column.stored);
            if let (Some(record), false) = (record, has_index(&table, column)?) {
                lost.push(record.clone());
            }
        }
        Ok(lost)
    }

    /// What is known of the indices of a table, by their columns' names.
    pub(super) fn index_records(&self, name: &str, table: &Table) -> Result<BTreeMap<String, IndexRecord>, StoreError> {
        let mut of_table = read_records(self.root()).remove(name).unwrap_or_default();
        let columns = columns_of(&table.schema()).into_iter();
        Ok(columns.filter_map(|column| Some((column.name, of_table.remove(&column.stored.column())?))).collect())
    }

    /// How many rows of a table of features the index of a layer does not have; all of them without an index. They are
    /// found all the same, one by one.
    ///
    /// # Errors
    /// When the table cannot be read, or has no such layer.
    pub fn rows_outside_index(&self, features: &str, source: &StoredLayer) -> Result<usize, StoreError> {
        let table = self.read_table(features)?;
        let name = name_of(&column_of(&table, source)?);
        let index = table.indices()?.into_iter().find(|index| index.name == name);
        index.map_or_else(|| table.rows(), |index| Ok(usize::try_from(index.rows_outside).unwrap_or(usize::MAX)))
    }
}

/// Those of the indices on record that a table has, in the order of columns.
fn those_there(table: &Table, known: BTreeMap<String, IndexRecord>) -> Result<Vec<IndexRecord>, StoreError> {
    let columns = columns_of(&table.schema());
    let mut found = Vec::new();
    for record in known.into_values() {
        if let Some(column) = columns.iter().find(|column| column.stored == record.source)
            && has_index(table, column)?
        {
            found.push(record);
        }
    }
    Ok(found)
}

impl FeatureTable {
    /// As [`Workspace::indices`], of this table in the state it was opened or refreshed at.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn indices(&self) -> Result<Vec<IndexRecord>, StoreError> {
        let (root, name) = (self.path().parent(), self.path().file_stem().and_then(|stem| stem.to_str()));
        let (Some(root), Some(name)) = (root, name) else { return Ok(Vec::new()) };
        those_there(&self.table, read_records(root).remove(name).unwrap_or_default())
    }

    /// The `k` images nearest to `probe` by the index of a layer, nearest first: most of the nearest, not all for certain.
    /// Rows that came after the index was built are looked at one by one.
    ///
    /// Scores are as [`crate::domain::Neighbour`] has them: cosine similarity, distance, product. One that Lance's single
    /// precision cannot hold is not finite; then the order is not to be trusted.
    ///
    /// # Errors
    /// When the layer is not stored, the probe has another number of channels, or the table cannot be read.
    pub fn nearest(&self, record: &IndexRecord, probe: &[f32], k: usize) -> Result<Vec<Neighbour>, StoreError> {
        let batch = self.ask_index(record, probe, k, Some(record.refine))?;
        let distances = self.distances_of(&batch)?;
        let images = self.images_of(&batch)?;
        let mut neighbours: Vec<Neighbour> = images
            .into_iter()
            .zip(distances)
            .map(|(image, distance)| Neighbour {
                image,
                // Lance gives 1 - cosine, squared distances, and 1 - product.
                score: f64::from(match record.metric {
                    Metric::Cosine => (1.0 - distance).clamp(-1.0, 1.0),
                    Metric::Dot => 1.0 - distance,
                    Metric::Euclidean => distance.max(0.0).sqrt(),
                }),
            })
            .collect();
        neighbours.sort_by(|a, b| {
            let order = a.score.total_cmp(&b.score);
            let order = if record.metric.larger_is_nearer() { order.reverse() } else { order };
            order.then(a.image.cmp(&b.image))
        });
        Ok(neighbours)
    }

    /// Has the index of a layer opened beside whatever goes on, for a question that is about to come, which waits until that is done. What
    /// fails does so again then.
    pub fn expect_question(&self, source: &StoredLayer) {
        let Ok(column) = column_of(&self.table, source) else { return };
        let dataset = self.table.dataset.clone();
        self.table.driver.begin_ahead(self.ahead_of(&column.name), async move {
            let open = async {
                let (indices, name) = (dataset.load_indices().await?, name_of(&column));
                for index in indices.iter().filter(|index| index.name == name) {
                    dataset.open_vector_index(&column.name, &index.uuid, &NoOpMetricsCollector).await?;
                }
                lance::Result::Ok(())
            };
            if let Err(error) = open.await {
                tracing::debug!(%error, "the index is not opened ahead");
            }
        });
    }

    /// The images among which [`nearest`](Self::nearest) finds the `k` nearest, in no order, for whoever has their vectors: what
    /// the index finds most promising, none of whose vectors is read. `None` where Lance's single precision cannot hold how far
    /// away one is: then they are not to be trusted.
    ///
    /// # Errors
    /// As there.
    pub fn promising(&self, record: &IndexRecord, probe: &[f32], k: usize) -> Result<Option<Vec<ImageId>>, StoreError> {
        let count = k.saturating_mul(record.refine.max(1) as usize);
        let batch = self.ask_index(record, probe, count, None)?;
        let are_finite = self.distances_of(&batch)?.iter().all(|distance| distance.is_finite());
        are_finite.then(|| self.images_of(&batch)).transpose()
    }

    /// What is opened ahead for questions of a column.
    fn ahead_of(&self, column: &str) -> String {
        format!("{} {column}", self.path().display())
    }

    fn distances_of<'a>(&self, batch: &'a RecordBatch) -> Result<&'a [f32], StoreError> {
        let distances = batch.column_by_name(DISTANCE).and_then(|column| column.as_primitive_opt::<Float32Type>());
        distances.map(|distances| &distances.values()[..]).ok_or_else(|| self.damaged(DISTANCE))
    }

    /// What Lance finds, with what names the images and how far away it holds them to be: exactly where it is to refine
    /// by looking at so many times as many vectors.
    fn ask_index(
        &self,
        record: &IndexRecord,
        probe: &[f32],
        k: usize,
        refine: Option<u32>,
    ) -> Result<RecordBatch, StoreError> {
        let column = column_of(&self.table, &record.source)?;
        if probe.len() != column.channels {
            let reason = format!("a probe of {} numbers for {} channels", probe.len(), column.channels);
            return Err(StoreError::RowsDoNotFit { reason, path: self.path().to_owned() });
        }
        let largest = f16::MAX.to_f32();
        // A query of another type than the column's is refused, or worse, by Lance.
        let query: ArrayRef = match column.precision {
            Precision::Half => {
                let halves = probe.iter().map(|value| f16::from_f32(value.clamp(-largest, largest)));
                Arc::new(Float16Array::from_iter_values(halves))
            }
            Precision::Single => Arc::new(Float32Array::from(probe.to_vec())),
        };
        let failed = |error| StoreError::from_lance("cannot ask the index", self.path(), error);
        self.table.driver.end_ahead(&self.ahead_of(&column.name));
        let found = self.table.driver.block_on(async {
            let mut scanner = self.table.dataset.scan();
            // Rows' names are in the index, images' ids in a column, and each of these would be a read of the disk.
            match self.rows.has_names() {
                true => scanner.project(&[DISTANCE])?.with_row_id(),
                false => scanner.project(&["id", DISTANCE])?,
            };
            scanner.nearest(&column.name, query.as_ref() as &dyn Array, k)?;
            scanner.minimum_nprobes(record.probes).maximum_nprobes(record.probes);
            scanner.distance_metric(word(record.metric).try_into()?);
            if let Some(refine) = refine {
                scanner.refine(refine);
            }
            if record.kind == IndexKind::IvfHnswSq {
                scanner.ef((k * refine.unwrap_or(1) as usize).max(64));
            }
            scanner.try_into_batch().await
        });
        found.map_err(failed)
    }

    /// The images of rows by their names, or by their ids where no names are known.
    fn images_of(&self, batch: &RecordBatch) -> Result<Vec<ImageId>, StoreError> {
        if !self.rows.has_names() {
            let ids = batch.column_by_name("id").and_then(|ids| ids.as_primitive_opt::<UInt32Type>());
            let ids = ids.ok_or_else(|| self.damaged("id"))?;
            return Ok(ids.values().iter().map(|id| ImageId(*id)).collect());
        }
        let rows = batch.column_by_name(ROW_ID).and_then(|rows| rows.as_primitive_opt::<UInt64Type>());
        let rows = rows.ok_or_else(|| self.damaged(ROW_ID))?;
        rows.values().iter().map(|row| self.rows.image(*row).ok_or_else(|| self.damaged(ROW_ID))).collect()
    }
}

pub(super) fn column_of(table: &Table, source: &StoredLayer) -> Result<Column, StoreError> {
    let found = columns_of(&table.schema()).into_iter().find(|column| column.stored == *source);
    found.ok_or_else(|| StoreError::LayerNotStored {
        layer: format!("{} ({})", source.layer, source.pooling.word()),
        path: table.path().to_owned(),
    })
}

fn has_index(table: &Table, column: &Column) -> Result<bool, StoreError> {
    let indices = table
        .driver
        .block_on(table.dataset.load_indices())
        .map_err(|error| StoreError::from_lance("cannot list the indices", table.path(), error))?;
    let name = name_of(column);
    Ok(indices.iter().any(|index| index.name == name))
}
