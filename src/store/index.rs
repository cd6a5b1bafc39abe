//! Lance's indices over columns of vectors.

use std::collections::BTreeMap;
use std::path::Path;

use lance::index::DatasetIndexExt;
use lance::table::format::IndexMetadata;
use lance_index::optimize::OptimizeOptions;
use lance_index::pb::{VectorIndexDetails, VectorMetricType};

use super::columns::{Column, columns_of};
use super::index_records::{read_records, records_path, write_records};
use super::lance_names::name_of;
use super::manifests::is_table;
use super::table::Table;
use super::{FeatureTable, Recorder, StoreError, Workspace};
use crate::domain::{IndexExtension, IndexRecord, Metric, Precision, StoredLayer};

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

/// Those of the indices on record that a table has, in the order of columns. One that was built for another measure since is not on
/// record: who built it was killed before the record of the one before was taken back.
fn those_there(table: &Table, known: BTreeMap<String, IndexRecord>) -> Result<Vec<IndexRecord>, StoreError> {
    let columns = columns_of(&table.schema());
    let mut found = Vec::new();
    for record in known.into_values() {
        if let Some(column) = columns.iter().find(|column| column.stored == record.source)
            && let Some(index) = index_of(table, column)?
            && metric_of(&index).is_none_or(|metric| metric == record.metric)
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
}

pub(super) fn column_of(table: &Table, source: &StoredLayer) -> Result<Column, StoreError> {
    let found = columns_of(&table.schema()).into_iter().find(|column| column.stored == *source);
    found.ok_or_else(|| StoreError::LayerNotStored {
        layer: format!("{} ({})", source.layer, source.pooling.word()),
        path: table.path().to_owned(),
    })
}

fn has_index(table: &Table, column: &Column) -> Result<bool, StoreError> {
    Ok(index_of(table, column)?.is_some())
}

fn index_of(table: &Table, column: &Column) -> Result<Option<IndexMetadata>, StoreError> {
    let indices = table
        .driver
        .block_on(table.dataset.load_indices())
        .map_err(|error| StoreError::from_lance("cannot list the indices", table.path(), error))?;
    let name = name_of(column);
    Ok(indices.iter().find(|index| index.name == name).cloned())
}

/// The measure that an index is built for, if its version says so.
fn metric_of(index: &IndexMetadata) -> Option<Metric> {
    let said = index.index_details.as_ref().filter(|details| !details.value.is_empty())?;
    let details = said.to_msg::<VectorIndexDetails>().ok()?;
    match VectorMetricType::try_from(details.metric_type).ok()? {
        VectorMetricType::L2 => Some(Metric::Euclidean),
        VectorMetricType::Cosine => Some(Metric::Cosine),
        VectorMetricType::Dot => Some(Metric::Dot),
        VectorMetricType::Hamming => None,
    }
}
