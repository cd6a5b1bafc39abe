//! Labels and splits that were imported, and labels that were given by hand: `labels.lance`, one row an image.
//!
//! Nobody but the person can make them again: they go by the paths of their pictures (see [`handwork`](super::handwork)). The
//! column `origin` tells what was given by hand from what was imported; tables of earlier versions lack it, and all that is in them
//! was imported as far as anybody knows.

mod by_hand;
mod keeping;
mod origin;

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::UInt32Type;
use arrow_array::{Array, StringArray};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use lance::deps::datafusion::logical_expr::Expr;

use super::checked::latest_manifest;
use super::handwork::{Known, LABELS as TABLE, Owners};
use super::manifests::{ManifestFile, is_table};
use super::path_keys::path_keys;
use super::recorder::Results;
use super::table::{Table, damaged};
use super::{StoreError, Workspace};
use crate::domain::{
    ImageId, ImageRecord, ImageSet, ImportedLabel, ImportedLabels, ImportedName, LabelOrigin, SaidLabel,
};

use origin::Origins;

const READ_ROWS: usize = 65_536;
/// The column of labels.
const LABEL: &str = "label";
/// The column of splits.
const SPLIT: &str = "split";
/// The column of who said the label.
const ORIGIN: &str = "origin";

/// A state of the imported labels.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportedState(Option<ManifestFile>);

/// What is new of one image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLabel {
    /// The image.
    pub image: ImageId,
    /// Its label; `None` to leave it as it is.
    pub label: Option<SaidLabel>,
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
        Field::new(ORIGIN, DataType::Utf8, true),
    ]))
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
    origin: LabelOrigin,
}

impl Row<'_> {
    fn imported(&self) -> ImportedLabel {
        let label = match (self.label, self.label_count) {
            (_, 0) => ImportedName::OfFolder,
            (Some(label), _) => ImportedName::One(label.to_owned()),
            (None, count) => ImportedName::Several(count),
        };
        ImportedLabel { label, origin: self.origin.clone(), split: self.split.map(str::to_owned) }
    }
}

/// Whether a table says who said its labels.
fn tells_origins(table: &Table) -> bool {
    table.schema().field_with_name(ORIGIN).is_ok()
}

fn scan(table: &Table, filter: Option<Expr>, mut each: impl FnMut(Row<'_>)) -> Result<(), StoreError> {
    let wrong = || damaged(table, "its columns have other types");
    let mut columns = vec!["id", "path", LABEL, "label_count", SPLIT];
    columns.extend(tells_origins(table).then_some(ORIGIN));
    let mut known = Origins::default();
    table.scan_where(filter, &columns, READ_ROWS, |batch| {
        let number = |place: usize| batch.column(place).as_primitive_opt::<UInt32Type>().ok_or_else(wrong);
        let text = |place: usize| batch.column(place).as_string_opt::<i32>().ok_or_else(wrong);
        let keys = path_keys(batch.column(1)).ok_or_else(wrong)?;
        let (ids, paths, labels, counts, splits) = (number(0)?, text(1)?, text(2)?, number(3)?, text(4)?);
        let origins = (columns.len() > 5).then(|| text(5)).transpose()?;
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
                origin: known.of(origins.filter(|told| told.is_valid(row)).map(|told| told.value(row))),
            });
        }
        Ok(std::ops::ControlFlow::Continue(()))
    })
}
