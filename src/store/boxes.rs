//! Boxes that were imported: `boxes.lance`, one row each.
//!
//! Nobody but the person can make them again: they go by the paths of their pictures (see [`handwork`](super::handwork)).

use std::ops::ControlFlow;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, UInt32Type};
use arrow_array::{Array, BooleanArray, Float64Array, RecordBatch, RecordBatchIterator, StringArray, UInt32Array};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use lance::deps::datafusion::logical_expr::{Expr, ident, lit};

use super::handwork::{BOXES as TABLE, Owners, unknown};
use super::path_keys::path_keys;
use super::table::{Table, damaged};
use super::{Recorder, StoreError, Workspace};
use crate::domain::{ImageBox, ImageId, ImageRecord, ImageSet};

const READ_ROWS: usize = 65_536;
const COLUMNS: [&str; 9] = ["id", "path", "box", "left", "top", "width", "height", "label", "is_crowd"];

/// A box that is to be kept.
#[derive(Clone, Debug, PartialEq)]
pub struct NewBox {
    /// The image.
    pub image: ImageId,
    /// From the left edge of the picture, from its top, width and height, in pixels.
    pub frame: [f64; 4],
    /// What is in it.
    pub label: Option<String>,
    /// Whether many things stand close together.
    pub is_crowd: bool,
}

/// A box with the path of its picture, which it goes by.
struct Row {
    path: String,
    known: ImageBox,
}

fn schema() -> SchemaRef {
    let kinds = [
        (DataType::UInt32, false),
        (DataType::Utf8, false),
        (DataType::UInt32, false),
        (DataType::Float64, false),
        (DataType::Float64, false),
        (DataType::Float64, false),
        (DataType::Float64, false),
        (DataType::Utf8, true),
        (DataType::Boolean, false),
    ];
    let field = |(name, (kind, may_lack)): (&str, (DataType, bool))| Field::new(name, kind, may_lack);
    Arc::new(Schema::new(COLUMNS.into_iter().zip(kinds).map(field).collect::<Vec<_>>()))
}

impl Recorder {
    /// Makes the boxes of `images` just these, as one commit. `record` says what is known of an image.
    ///
    /// # Errors
    /// When nothing is known of an image, and when the disk does not let us; nothing is changed then.
    pub fn replace_boxes(
        &self,
        images: &ImageSet,
        boxes: &[NewBox],
        record: impl Fn(ImageId) -> Option<ImageRecord>,
    ) -> Result<(), StoreError> {
        // What is written anew has the ids of now, and by those no former name is known.
        self.settle(TABLE, &mut self.reader().comparison()?)?;
        let mut rows = Vec::new();
        let mut next = 0;
        if let Some(mut table) = self.reader().open(TABLE)? {
            table.set_torn_aside()?;
            let owners = Owners::of(TABLE, &table, &mut self.reader().comparison()?, &record)?;
            scan(&table, |mut row, key| {
                next = next.max(row.known.id.saturating_add(1));
                let owner = owners.id_of(row.known.image.0, key).map(ImageId);
                if owner.is_none_or(|image| !images.contains(image)) {
                    row.known.image = owner.unwrap_or(row.known.image);
                    rows.push(row);
                }
            })?;
        }
        for (id, new) in (next..).zip(boxes) {
            let record = record(new.image).ok_or_else(|| unknown(new.image, self.path_of(TABLE)))?;
            let [left, top, width, height] = new.frame;
            let (label, is_crowd) = (new.label.clone(), new.is_crowd);
            let known = ImageBox { id, image: new.image, left, top, width, height, label, is_crowd };
            rows.push(Row { path: record.path.text, known });
        }
        self.write_boxes(rows)
    }

    /// Forgets all boxes, as one commit.
    ///
    /// # Errors
    /// When the disk does not let us.
    pub fn forget_boxes(&self) -> Result<(), StoreError> {
        match self.reader().open(TABLE)? {
            Some(_) => self.write_boxes(Vec::new()),
            None => Ok(()),
        }
    }

    fn write_boxes(&self, mut rows: Vec<Row>) -> Result<(), StoreError> {
        rows.sort_by_key(|row| (row.known.image, row.known.id));
        let batches: Vec<_> = rows.chunks(READ_ROWS).map(to_batch).collect();
        let rows = Box::new(RecordBatchIterator::new(batches, schema()));
        Table::overwrite_made(self.driver(), &self.path_of(TABLE), rows).map(drop)
    }
}

fn to_batch(rows: &[Row]) -> Result<RecordBatch, ArrowError> {
    let known = || rows.iter().map(|row| &row.known);
    RecordBatch::try_new(
        schema(),
        vec![
            Arc::new(UInt32Array::from_iter_values(known().map(|it| it.image.0))),
            Arc::new(StringArray::from_iter_values(rows.iter().map(|row| &row.path))),
            Arc::new(UInt32Array::from_iter_values(known().map(|it| it.id))),
            Arc::new(Float64Array::from_iter_values(known().map(|it| it.left))),
            Arc::new(Float64Array::from_iter_values(known().map(|it| it.top))),
            Arc::new(Float64Array::from_iter_values(known().map(|it| it.width))),
            Arc::new(Float64Array::from_iter_values(known().map(|it| it.height))),
            Arc::new(known().map(|it| it.label.as_deref()).collect::<StringArray>()),
            Arc::new(known().map(|it| Some(it.is_crowd)).collect::<BooleanArray>()),
        ],
    )
}

impl Workspace {
    /// Makes the table of boxes, without any, unless it is there.
    ///
    /// # Errors
    /// When the disk does not let us.
    pub(super) fn ensure_boxes(&self) -> Result<(), StoreError> {
        Table::open_or_create(self.driver(), &self.table_path(TABLE), schema()).map(drop)
    }

    /// The boxes of images on record, by image and then by their numbers.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn boxes(&self) -> Result<Vec<ImageBox>, StoreError> {
        self.boxes_of_met(|_| None)
    }

    /// The same, also of images that were met and are not on record yet: `record` says what is known of them.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn boxes_of_met(&self, record: impl Fn(ImageId) -> Option<ImageRecord>) -> Result<Vec<ImageBox>, StoreError> {
        let results = self.results();
        let Some(table) = results.open(TABLE)? else { return Ok(Vec::new()) };
        let owners = Owners::of(TABLE, &table, &mut results.comparison()?, &record)?;
        let mut found = Vec::new();
        scan(&table, |row, key| {
            if let Some(image) = owners.id_of(row.known.image.0, key) {
                found.push(ImageBox { image: ImageId(image), ..row.known });
            }
        })?;
        found.sort_by_key(|it| (it.image, it.id));
        Ok(found)
    }

    /// Those in one image, by their numbers: for whoever looks at one picture after the other, so nothing of the others is compared.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn boxes_in(&self, image: &ImageRecord) -> Result<Vec<ImageBox>, StoreError> {
        let Some(table) = self.results().open(TABLE)? else { return Ok(Vec::new()) };
        let is_its_own = ident("path").eq(lit(image.path.text.as_str()));
        let mut found = Vec::new();
        scan_where(&table, Some(is_its_own), |row, _| found.push(row.known))?;
        // Names that are no text may be written alike; those are told apart by their ids alone.
        if image.path.raw.is_some() || found.iter().any(|it| it.image == image.id) {
            found.retain(|it| it.image == image.id);
        }
        found.iter_mut().for_each(|it| it.image = image.id);
        found.sort_by_key(|it| it.id);
        Ok(found)
    }
}

/// Hands over every row with the key of its path.
fn scan(table: &Table, each: impl FnMut(Row, Option<u64>)) -> Result<(), StoreError> {
    scan_where(table, None, each)
}

/// The same of the rows for which `filter` is true.
fn scan_where(table: &Table, filter: Option<Expr>, mut each: impl FnMut(Row, Option<u64>)) -> Result<(), StoreError> {
    let wrong = || damaged(table, "its columns have other types");
    table.scan_where(filter, &COLUMNS, READ_ROWS, |batch| {
        let whole = |place: usize| batch.column(place).as_primitive_opt::<UInt32Type>().ok_or_else(wrong);
        let number = |place: usize| batch.column(place).as_primitive_opt::<Float64Type>().ok_or_else(wrong);
        let text = |place: usize| batch.column(place).as_string_opt::<i32>().ok_or_else(wrong);
        let keys = path_keys(batch.column(1)).ok_or_else(wrong)?;
        let (images, paths, ids, labels) = (whole(0)?, text(1)?, whole(2)?, text(7)?);
        let [lefts, tops, widths, heights] = [number(3)?, number(4)?, number(5)?, number(6)?];
        let crowds = batch.column(8).as_boolean_opt().ok_or_else(wrong)?;
        for (row, key) in keys.into_iter().enumerate() {
            let known = ImageBox {
                id: ids.value(row),
                image: ImageId(images.value(row)),
                left: lefts.value(row),
                top: tops.value(row),
                width: widths.value(row),
                height: heights.value(row),
                label: labels.is_valid(row).then(|| labels.value(row).to_owned()),
                is_crowd: crowds.value(row),
            };
            each(Row { path: paths.value(row).to_owned(), known }, key);
        }
        Ok(ControlFlow::Continue(()))
    })
}
