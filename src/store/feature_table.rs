//! The features of one network.

mod reading;
mod rows;

use std::path::Path;
use std::sync::Arc;

use arrow_array::RecordBatchIterator;
use arrow_array::cast::AsArray;
use arrow_array::types::{UInt32Type, UInt64Type};

use self::rows::{Rows, Run};
use super::columns::{Column, columns_of, in_single};
use super::features::{METADATA_KEY, Maker};
use super::lance_names::ROW_ID;
use super::lock::WriteLock;
use super::table::Table;
use super::{FeatureRows, FeatureSpec, Stamp, StoreError, Version};
use crate::domain::{ImageId, Precision, StoredLayer};

/// One row a readable image, one vector a stored layer; a snapshot that moves on with its own appends and `refresh`.
pub struct FeatureTable {
    pub(super) table: Table,
    maker: Maker,
    pub(super) columns: Vec<Column>,
    /// Whose each row is. After an append they have no names, until the table is read anew.
    pub(super) rows: Arc<Rows>,
    lock: Option<Arc<WriteLock>>,
    /// In which numbers what is written into it was made, where that is known.
    pub(super) adds_in: Option<Precision>,
    /// The state that columns and ids were read at; `None` if reading them failed.
    read_at: Option<Stamp>,
}

impl FeatureTable {
    /// Reads what there is to know before vectors are asked for. With a lock it may be written.
    pub(super) fn new(table: Table, lock: Option<Arc<WriteLock>>) -> Result<Self, StoreError> {
        let schema = table.schema();
        let maker = Maker::of_schema(&schema).ok_or_else(|| StoreError::Damaged {
            reason: "the table does not say which network made it".to_owned(),
            path: table.path().to_owned(),
        })?;
        let (columns, rows) = (Vec::new(), Arc::default());
        let mut this = Self { table, maker, columns, rows, lock, adds_in: None, read_at: None };
        this.reload()?;
        Ok(this)
    }

    /// Reads the columns and ids anew; of a large table, ids that were read before are remembered.
    fn reload(&mut self) -> Result<(), StoreError> {
        self.read_at = None;
        let schema = self.table.schema();
        self.columns = columns_of(&schema);
        if let Some(maker) = Maker::of_schema(&schema) {
            self.maker = maker;
        }
        let count = self.table.rows()?;
        let known = rows::remembered(&self.table).filter(|rows| rows.len() == count);
        let rows = match known {
            Some(rows) => rows,
            None => {
                let rows = self.read_rows()?;
                rows::note(&self.table, &rows);
                rows
            }
        };
        self.rows = Arc::new(rows);
        self.read_at = Some(self.stamp());
        Ok(())
    }

    fn read_rows(&self) -> Result<Rows, StoreError> {
        let mut runs: Vec<Run> = Vec::new();
        self.table.scan_named(&["id"], 65_536, |batch| {
            let (images, names) = (batch.column_by_name("id"), batch.column_by_name(ROW_ID));
            let images = images.and_then(|column| column.as_primitive_opt::<UInt32Type>());
            let names = names.and_then(|column| column.as_primitive_opt::<UInt64Type>());
            let (Some(images), Some(names)) = (images, names) else { return Err(self.damaged("id")) };
            names
                .values()
                .iter()
                .zip(images.values())
                .for_each(|(name, id)| rows::push(&mut runs, *name, ImageId(*id)));
            Ok(())
        })?;
        Rows::new(runs).ok_or_else(|| {
            let reason = "an image has more than one row".to_owned();
            StoreError::Damaged { reason, path: self.path().to_owned() }
        })
    }

    /// Where the table lies.
    pub fn path(&self) -> &Path {
        self.table.path()
    }

    /// What its rows are: the network and the layers stored.
    pub fn spec(&self) -> FeatureSpec {
        self.maker.spec(&self.columns)
    }

    /// The stored layers and how many channels each has.
    pub fn columns(&self) -> Vec<(StoredLayer, usize)> {
        self.spec().columns
    }

    /// Those of the stored layers whose numbers do not fit into half precision.
    pub fn in_single(&self) -> Vec<StoredLayer> {
        in_single(&self.columns)
    }

    /// In which numbers its vectors were made, those that it was begun with first; none where that is not known.
    pub fn precisions(&self) -> Vec<Precision> {
        self.maker.precisions()
    }

    /// The images that have features, ascending.
    pub fn ids(&self) -> &[ImageId] {
        self.rows.ids()
    }

    /// Number of images that have features.
    pub fn rows(&self) -> usize {
        self.rows.len()
    }

    /// The version this handle sees.
    pub fn version(&self) -> u64 {
        self.table.version()
    }

    /// Which state this handle sees: what was made of it says so.
    pub fn stamp(&self) -> Stamp {
        self.table.stamp()
    }

    /// All versions that are still there, oldest first.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn versions(&self) -> Result<Vec<Version>, StoreError> {
        self.table.versions()
    }

    /// Those of `spec`'s layers that are not stored, with their channels.
    pub fn missing_layers(&self, spec: &FeatureSpec) -> Vec<(StoredLayer, usize)> {
        let stored = |layer: &StoredLayer| self.columns.iter().any(|column| column.stored == *layer);
        spec.columns.iter().filter(|(layer, _)| !stored(layer)).cloned().collect()
    }

    /// Moves on to the latest version, which another process may have committed. Where there is none, nothing is read.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub fn refresh(&mut self) -> Result<(), StoreError> {
        self.table.refresh()?;
        if self.read_at == Some(self.stamp()) { Ok(()) } else { self.reload() }
    }

    /// A second handle on the same state, which can go to another thread and only reads.
    pub fn reader(&self) -> Self {
        Self {
            table: self.table.clone(),
            maker: self.maker.clone(),
            columns: self.columns.clone(),
            rows: self.rows.clone(),
            lock: None,
            adds_in: None,
            read_at: self.read_at,
        }
    }

    /// Appends rows as one commit and returns its version.
    ///
    /// # Errors
    /// When an image has a row already, when a stored layer is missing or has a wrong number of values, and when the
    /// disk does not let us; no row is changed then.
    pub fn append(&mut self, rows: FeatureRows) -> Result<u64, StoreError> {
        if self.lock.is_none() {
            return Err(StoreError::OpenedForReading { root: self.path().to_owned() });
        }
        if rows.ids.is_empty() {
            return Ok(self.version());
        }
        let ids = rows.ids.clone();
        self.expect_new(&ids)?;
        self.expect_whole(&rows)?;
        self.make_room(&rows)?;
        let batch = self.batch(rows)?;
        self.note_precisions(self.adds_in)?;
        let schema = batch.schema();
        let appended = self.table.append(Box::new(RecordBatchIterator::new([Ok(batch)], schema)));
        self.caught_up(appended)?;
        // Putting fragments together is a convenience: what was asked for is committed.
        if let Err(error) = self.table.compact(self.row_bytes()) {
            tracing::warn!("{error}");
        }
        let is_in_order = ids.is_sorted() && self.rows.is_in_order() && self.rows.last() < ids.first().copied();
        match self.rows.with(&ids).filter(|_| is_in_order) {
            Some(rows) => {
                self.rows = Arc::new(rows);
                self.read_at = Some(self.stamp());
            }
            None => self.reload()?,
        }
        Ok(self.version())
    }

    /// Puts rows in the place of those the images have, or appends them where they have none, as one commit; returns
    /// its version.
    ///
    /// # Errors
    /// As [`FeatureTable::append`], but for images that have a row already.
    pub fn replace(&mut self, rows: FeatureRows) -> Result<u64, StoreError> {
        if self.lock.is_none() {
            return Err(StoreError::OpenedForReading { root: self.path().to_owned() });
        }
        if rows.ids.is_empty() {
            return Ok(self.version());
        }
        self.expect_whole(&rows)?;
        self.make_room(&rows)?;
        let batch = self.batch(rows)?;
        self.note_precisions(self.adds_in)?;
        let replaced = self.table.upsert(batch);
        self.caught_up(replaced)?;
        self.reload()?;
        Ok(self.version())
    }

    /// Removes the rows of these images, as one commit, and returns its version; earlier versions still have them.
    ///
    /// # Errors
    /// When the disk does not let us; nothing is changed then.
    pub fn remove(&mut self, ids: &[ImageId]) -> Result<u64, StoreError> {
        if self.lock.is_none() {
            return Err(StoreError::OpenedForReading { root: self.path().to_owned() });
        }
        let there: Vec<u32> = ids.iter().filter(|id| self.rows.row_of(**id).is_some()).map(|id| id.0).collect();
        if !there.is_empty() {
            let removed = self.table.remove(&there);
            self.caught_up(removed)?;
            self.reload()?;
        }
        Ok(self.version())
    }

    /// Where a commit was refused, looks at what is there: the version may have its name although that could not be put on the
    /// disk.
    fn caught_up<T>(&mut self, committed: Result<T, StoreError>) -> Result<T, StoreError> {
        if committed.is_err()
            && let Err(error) = self.refresh()
        {
            tracing::warn!("{error}");
        }
        committed
    }

    /// Adds the columns of `other` for the images of this table, as one commit. Those in `gone` may be without.
    pub(super) fn take_columns_of(&mut self, other: &Self, gone: &[ImageId]) -> Result<u64, StoreError> {
        if self.lock.is_none() {
            return Err(StoreError::OpenedForReading { root: self.path().to_owned() });
        }
        let has_none = |id: &&ImageId| other.rows.row_of(**id).is_none() && !gone.contains(id);
        let lacking = self.ids().iter().filter(has_none).count();
        if lacking > 0 {
            return Err(self.does_not_fit(format!("the new layers of {lacking} images are not extracted yet")));
        }
        let mut rows = vec![None; self.rows.len()];
        for id in self.ids() {
            if let Some(row) = self.rows.row_of(*id) {
                rows[row] = other.rows.row_of(*id).map(|there| there as u64);
            }
        }
        self.note_precisions(other.precisions())?;
        let fields: Vec<_> = other.columns.iter().map(Column::field).collect();
        self.table.add_columns(&other.table, rows, Arc::new(arrow_schema::Schema::new(fields)))?;
        self.columns = columns_of(&self.table.schema());
        self.read_at = Some(self.stamp());
        Ok(self.version())
    }

    /// Has a table without rows say that it is made by `maker`, the same network as before.
    pub(super) fn declare_anew(&mut self, maker: &Maker) -> Result<(), StoreError> {
        let nothing = RecordBatchIterator::new(Vec::new(), maker.schema(&self.columns));
        Table::overwrite(&self.table.driver, self.table.path(), Box::new(nothing))?;
        self.table.refresh()?;
        self.maker = maker.clone();
        self.reload()
    }

    /// Has the table say that vectors of other precisions than it tells join those that are there, as a commit of its own. Of a table
    /// that tells none nobody knows.
    fn note_precisions(&mut self, joining: impl IntoIterator<Item = Precision>) -> Result<(), StoreError> {
        let told = self.precisions();
        let news: Vec<Precision> = joining.into_iter().filter(|precision| !told.contains(precision)).collect();
        if news.is_empty() || told.is_empty() || self.rows() == 0 {
            return Ok(());
        }
        let mut maker = self.maker.clone();
        maker.added_in.extend(news);
        let noted = self.table.describe(METADATA_KEY, maker.in_json());
        self.caught_up(noted)?;
        self.maker = maker;
        Ok(())
    }

    pub(super) fn maker(&self) -> &Maker {
        &self.maker
    }

    pub(super) fn damaged(&self, column: &str) -> StoreError {
        let reason = format!("column {column} does not hold what it should");
        StoreError::Damaged { reason, path: self.path().to_owned() }
    }

    fn column(&self, layer: &StoredLayer) -> Result<&Column, StoreError> {
        self.columns.iter().find(|column| column.stored == *layer).ok_or_else(|| StoreError::LayerNotStored {
            layer: format!("{} ({})", layer.layer, layer.pooling.word()),
            path: self.path().to_owned(),
        })
    }

    fn row_bytes(&self) -> usize {
        self.columns.iter().map(Column::width).sum()
    }

    pub(super) fn does_not_fit(&self, reason: String) -> StoreError {
        StoreError::RowsDoNotFit { reason, path: self.path().to_owned() }
    }

    fn expect_new(&self, ids: &[ImageId]) -> Result<(), StoreError> {
        let mut sorted = ids.to_vec();
        sorted.sort_unstable();
        let twice = sorted.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0]);
        let known = || sorted.iter().copied().find(|id| self.rows.row_of(*id).is_some());
        match twice.or_else(known) {
            Some(id) => Err(self.does_not_fit(format!("image {} has a row already", id.0))),
            None => Ok(()),
        }
    }
}
