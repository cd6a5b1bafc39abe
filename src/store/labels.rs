//! Labels and splits that were imported, and labels that were given by hand: `labels.lance`, one row an image.
//!
//! Nobody but the person can make them again: they go by the paths of their pictures (see [`handwork`](super::handwork)).

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::UInt32Type;
use arrow_array::{Array, RecordBatch, RecordBatchIterator, StringArray, UInt32Array};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use lance::deps::datafusion::logical_expr::Expr;

use super::checked::latest_manifest;
use super::handwork::{Known, LABELS as TABLE, Owners, unknown};
use super::manifests::{ManifestFile, is_table};
use super::path_keys::path_keys;
use super::recorder::Results;
use super::table::{Table, damaged};
use super::{Recorder, StoreError, Workspace};
use crate::domain::{ImageId, ImageRecord, ImageSet, ImportedLabel, ImportedLabels, ImportedName};

const READ_ROWS: usize = 65_536;
/// The column of labels.
const LABEL: &str = "label";
/// The column of splits.
const SPLIT: &str = "split";

/// A state of the imported labels.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportedState(Option<ManifestFile>);

/// What is new of one image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLabel {
    /// The image.
    pub image: ImageId,
    /// Its label; `None` to leave it as it is.
    pub label: Option<ImportedName>,
    /// Its split; `None` to leave it as it is.
    pub split: Option<String>,
}

fn schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("id", DataType::UInt32, false),
        Field::new("path", DataType::Utf8, false),
        Field::new(LABEL, DataType::Utf8, true),
        Field::new("label_count", DataType::UInt32, false),
        Field::new(SPLIT, DataType::Utf8, true),
    ]))
}

/// What is known by the bytes of paths, which are others for every picture: also of pictures that are not on record.
type Rows = BTreeMap<Vec<u8>, KnownRow>;

/// The path as it is written, the id that the row has now, and what was imported.
#[derive(Default)]
struct KnownRow {
    path: String,
    id: u32,
    imported: ImportedLabel,
}

/// The bytes of a path that is written as this text, if it is that of this image.
fn key(path: &str, of: Option<&ImageRecord>) -> Vec<u8> {
    let raw = of.filter(|record| record.path.text == path).and_then(|record| record.path.raw.clone());
    raw.unwrap_or_else(|| path.as_bytes().to_vec())
}

impl Recorder {
    /// Keeps what was imported, as one commit; what is said of other images stays. `record` says what is known of an image.
    ///
    /// # Errors
    /// When nothing is known of an image, and when the disk does not let us; nothing is changed then.
    pub fn keep_labels(
        &self,
        new: &[NewLabel],
        record: impl Fn(ImageId) -> Option<ImageRecord>,
    ) -> Result<(), StoreError> {
        let mut rows = Rows::new();
        if let Some(mut table) = self.reader().open(TABLE)? {
            table.set_torn_aside()?;
            let owners = Owners::of(TABLE, &table, &mut self.reader().comparison()?, &record)?;
            scan(&table, None, |row| {
                let owner = owners.id_of(row.id, row.key);
                // By its path of today, which need not be the one under which it was imported.
                let now = owner.and_then(|id| record(ImageId(id)));
                let path = now.as_ref().map_or(row.path, |now| &now.path.text).to_owned();
                let id = owner.unwrap_or(row.id);
                rows.insert(key(&path, now.as_ref()), KnownRow { path, id, imported: row.imported() });
            })?;
        }
        for new in new {
            let record = record(new.image).ok_or_else(|| unknown(new.image, self.path_of(TABLE)))?;
            let row = rows.entry(key(&record.path.text, Some(&record))).or_default();
            (row.path, row.id) = (record.path.text, new.image.0);
            if let Some(label) = &new.label {
                row.imported.label = label.clone();
            }
            if let Some(split) = &new.split {
                row.imported.split = Some(split.clone());
            }
        }
        self.write_labels(rows)
    }

    /// Forgets all that was imported, as one commit.
    ///
    /// # Errors
    /// When the disk does not let us.
    pub fn forget_labels(&self) -> Result<(), StoreError> {
        match self.reader().open(TABLE)? {
            Some(_) => self.write_labels(Rows::new()),
            None => Ok(()),
        }
    }

    fn write_labels(&self, rows: Rows) -> Result<(), StoreError> {
        let mut rows: Vec<KnownRow> = rows.into_values().collect();
        rows.sort_by_key(|row| row.id);
        let batches: Vec<_> = rows.chunks(READ_ROWS).map(to_batch).collect();
        let rows = Box::new(RecordBatchIterator::new(batches, schema()));
        Table::overwrite(self.driver(), &self.path_of(TABLE), rows).map(drop)
    }
}

fn to_batch(rows: &[KnownRow]) -> Result<RecordBatch, ArrowError> {
    let label = |imported: &ImportedLabel| match &imported.label {
        ImportedName::OfFolder => (None, 0),
        ImportedName::One(label) => (Some(label.clone()), 1),
        ImportedName::Several(count) => (None, *count),
    };
    let (labels, counts): (Vec<Option<String>>, Vec<u32>) = rows.iter().map(|row| label(&row.imported)).unzip();
    RecordBatch::try_new(
        schema(),
        vec![
            Arc::new(UInt32Array::from_iter_values(rows.iter().map(|row| row.id))),
            Arc::new(StringArray::from_iter_values(rows.iter().map(|row| &row.path))),
            Arc::new(StringArray::from(labels)),
            Arc::new(UInt32Array::from(counts)),
            Arc::new(rows.iter().map(|row| row.imported.split.as_deref()).collect::<StringArray>()),
        ],
    )
}

impl Workspace {
    /// Makes the table of imported labels, without any, unless it is there.
    ///
    /// # Errors
    /// When the disk does not let us.
    pub(super) fn ensure_labels(&self) -> Result<(), StoreError> {
        Table::open_or_create(self.driver(), &self.table_path(TABLE), schema()).map(drop)
    }

    /// What was imported of images on record.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn imported_labels(&self) -> Result<ImportedLabels, StoreError> {
        self.imported_labels_of_met(|_| None)
    }

    /// The same, also of images that were met and are not on record yet: `record` says what is known of them.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn imported_labels_of_met(
        &self,
        record: impl Fn(ImageId) -> Option<ImageRecord>,
    ) -> Result<ImportedLabels, StoreError> {
        let mut found = ImportedLabels::default();
        of_images(&self.results(), None, &record, |image, row| {
            found.images.insert(image, row.imported());
        })?;
        Ok(found)
    }

    /// Which state the imported labels are in, without opening their table: of the same state the same was imported.
    ///
    /// # Errors
    /// When the disk does not let us.
    pub fn imported_state(&self) -> Result<ImportedState, StoreError> {
        latest_manifest(self.root(), TABLE).map(ImportedState)
    }

    /// Whether labels may have been imported.
    pub(super) fn has_imported_labels(&self) -> bool {
        is_table(&self.table_path(TABLE))
    }

    /// The images that a label was imported for, or several: for them the folder's counts no more. `None` if nothing was
    /// imported. And those of which `filter` over the imported labels is true.
    pub(super) fn labelled(&self, filter: Expr) -> Result<Option<(ImageSet, ImageSet)>, StoreError> {
        if self.results().open(TABLE)?.is_none() {
            return Ok(None);
        }
        let (mut labelled, mut matching) = (ImageSet::default(), ImageSet::default());
        of_images(&self.results(), None, &|_| None, |image, row| {
            if row.label_count > 0 {
                labelled.insert(image);
            }
        })?;
        of_images(&self.results(), Some(filter), &|_| None, |image, row| {
            if row.label_count > 0 {
                matching.insert(image);
            }
        })?;
        Ok(Some((labelled, matching)))
    }

    /// The images that have a split, and those of which `filter` over them is true.
    pub(super) fn in_splits(&self, filter: Expr) -> Result<(ImageSet, ImageSet), StoreError> {
        let (mut with, mut matching) = (ImageSet::default(), ImageSet::default());
        of_images(&self.results(), None, &|_| None, |image, row| {
            if row.split.is_some() {
                with.insert(image);
            }
        })?;
        of_images(&self.results(), Some(filter), &|_| None, |image, _| {
            matching.insert(image);
        })?;
        Ok((with, matching))
    }
}

/// Hands over the rows of images that are known, each under the id that it has now.
fn of_images(
    results: &Results<'_>,
    filter: Option<Expr>,
    known: Known<'_>,
    mut each: impl FnMut(ImageId, &Row<'_>),
) -> Result<(), StoreError> {
    let Some(table) = results.open(TABLE)? else { return Ok(()) };
    let owners = Owners::of(TABLE, &table, &mut results.comparison()?, known)?;
    scan(&table, filter, |row| {
        if let Some(id) = owners.id_of(row.id, row.key) {
            each(ImageId(id), &row);
        }
    })
}

struct Row<'a> {
    id: u32,
    path: &'a str,
    key: Option<u64>,
    label: Option<&'a str>,
    label_count: u32,
    split: Option<&'a str>,
}

impl Row<'_> {
    fn imported(&self) -> ImportedLabel {
        let label = match (self.label, self.label_count) {
            (_, 0) => ImportedName::OfFolder,
            (Some(label), _) => ImportedName::One(label.to_owned()),
            (None, count) => ImportedName::Several(count),
        };
        ImportedLabel { label, split: self.split.map(str::to_owned) }
    }
}

fn scan(table: &Table, filter: Option<Expr>, mut each: impl FnMut(Row<'_>)) -> Result<(), StoreError> {
    let wrong = || damaged(table, "its columns have other types");
    table.scan_where(filter, &["id", "path", LABEL, "label_count", SPLIT], READ_ROWS, |batch| {
        let number = |place: usize| batch.column(place).as_primitive_opt::<UInt32Type>().ok_or_else(wrong);
        let text = |place: usize| batch.column(place).as_string_opt::<i32>().ok_or_else(wrong);
        let keys = path_keys(batch.column(1)).ok_or_else(wrong)?;
        let (ids, paths, labels, counts, splits) = (number(0)?, text(1)?, text(2)?, number(3)?, text(4)?);
        let word = |texts: &'_ StringArray, row: usize| texts.is_valid(row).then(|| texts.value(row).to_owned());
        for (row, key) in keys.into_iter().enumerate() {
            let (label, split) = (word(labels, row), word(splits, row));
            each(Row {
                id: ids.value(row),
                path: paths.value(row),
                key,
                label: label.as_deref(),
                label_count: counts.value(row),
                split: split.as_deref(),
            });
        }
        Ok(std::ops::ControlFlow::Continue(()))
    })
}
