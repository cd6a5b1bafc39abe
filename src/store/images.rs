//! The images table: records to rows and back.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{TimestampSecondType, UInt32Type, UInt64Type};
use arrow_array::{
    Array, ArrayRef, BinaryArray, RecordBatch, RecordBatchIterator, RecordBatchReader, StringArray,
    TimestampSecondArray, UInt32Array, UInt64Array,
};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef, TimeUnit};

use crate::domain::{ImageId, ImageRecord, ImageRef, PathRef};

/// Everything but the thumbnail.
pub(super) const RECORD_COLUMNS: [&str; 9] =
    ["id", "path", "path_bytes", "label", "width", "height", "file_bytes", "modified", "problem"];

/// A small JPEG of an image, if it could be read.
pub type Thumbnail = Option<Vec<u8>>;

/// An image to be remembered.
#[derive(Clone, Debug, PartialEq)]
pub struct NewImage {
    /// What is known of it. Its id continues the table.
    pub record: ImageRecord,
    /// What the gallery shows of it.
    pub thumbnail: Thumbnail,
}

/// The columns of `images.lance`.
pub(super) fn schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("id", DataType::UInt32, false),
        Field::new("path", DataType::Utf8, false),
        Field::new("path_bytes", DataType::Binary, true),
        Field::new("label", DataType::Utf8, true),
        Field::new("width", DataType::UInt32, false),
        Field::new("height", DataType::UInt32, false),
        Field::new("file_bytes", DataType::UInt64, false),
        Field::new("modified", DataType::Timestamp(TimeUnit::Second, Some("UTC".into())), false),
        Field::new("problem", DataType::Utf8, true),
        Field::new("thumbnail", DataType::Binary, true),
    ]))
}

/// Rows of a batch that is made while it is written: about a megabyte, most of it thumbnails.
const WRITE_BATCH_ROWS: usize = 128;

/// Rows as a stream of small batches; each is dropped when it is on its way, so that thumbnails are not held twice.
pub(super) fn to_reader(rows: Vec<NewImage>) -> Box<dyn RecordBatchReader + Send> {
    let mut rows = rows.into_iter();
    let batches = std::iter::from_fn(move || {
        let portion: Vec<NewImage> = rows.by_ref().take(WRITE_BATCH_ROWS).collect();
        (!portion.is_empty()).then(|| to_batch(&portion))
    });
    Box::new(RecordBatchIterator::new(batches, schema()))
}

/// Records as rows.
pub(super) fn to_batch(rows: &[NewImage]) -> Result<RecordBatch, ArrowError> {
    let records = || rows.iter().map(|row| &row.record);
    let columns: Vec<ArrayRef> = vec![
        Arc::new(UInt32Array::from_iter_values(records().map(|r| r.id.0))),
        Arc::new(StringArray::from_iter_values(records().map(|r| &r.path.text))),
        Arc::new(records().map(|r| r.path.raw.as_deref()).collect::<BinaryArray>()),
        Arc::new(records().map(|r| r.label.as_deref()).collect::<StringArray>()),
        Arc::new(UInt32Array::from_iter_values(records().map(|r| r.width))),
        Arc::new(UInt32Array::from_iter_values(records().map(|r| r.height))),
        Arc::new(UInt64Array::from_iter_values(records().map(|r| r.file_bytes))),
        Arc::new(TimestampSecondArray::from_iter_values(records().map(|r| r.modified_unix_secs)).with_timezone("UTC")),
        Arc::new(records().map(|r| r.problem.as_deref()).collect::<StringArray>()),
        Arc::new(rows.iter().map(|row| row.thumbnail.as_deref()).collect::<BinaryArray>()),
    ];
    RecordBatch::try_new(schema(), columns)
}

/// Rows as records, appended to `records`; `None` when a column has another type than ours.
pub(super) fn from_batch(batch: &RecordBatch, records: &mut Vec<ImageRecord>) -> Option<()> {
    records.extend(borrowed(batch)?.into_iter().map(ImageRef::to_record));
    Some(())
}

/// Rows as records that lie where they were read; `None` when a column has another type than ours.
pub(super) fn borrowed(batch: &RecordBatch) -> Option<Vec<ImageRef<'_>>> {
    let ids = batch.column_by_name("id")?.as_primitive_opt::<UInt32Type>()?;
    let paths = batch.column_by_name("path")?.as_string_opt::<i32>()?;
    let path_bytes = batch.column_by_name("path_bytes")?.as_binary_opt::<i32>()?;
    let labels = batch.column_by_name("label")?.as_string_opt::<i32>()?;
    let widths = batch.column_by_name("width")?.as_primitive_opt::<UInt32Type>()?;
    let heights = batch.column_by_name("height")?.as_primitive_opt::<UInt32Type>()?;
    let file_bytes = batch.column_by_name("file_bytes")?.as_primitive_opt::<UInt64Type>()?;
    let modified = batch.column_by_name("modified")?.as_primitive_opt::<TimestampSecondType>()?;
    let problems = batch.column_by_name("problem")?.as_string_opt::<i32>()?;
    let image = |row: usize| ImageRef {
        id: ImageId(ids.value(row)),
        path: PathRef { text: paths.value(row), raw: path_bytes.is_valid(row).then(|| path_bytes.value(row)) },
        label: labels.is_valid(row).then(|| labels.value(row)),
        width: widths.value(row),
        height: heights.value(row),
        file_bytes: file_bytes.value(row),
        modified_unix_secs: modified.value(row),
        problem: problems.is_valid(row).then(|| problems.value(row)),
    };
    Some((0..batch.num_rows()).map(image).collect())
}

/// The thumbnails of taken rows with their ids; `None` when a column has another type than ours.
pub(super) fn thumbnails(batch: &RecordBatch) -> Option<Vec<(ImageId, Thumbnail)>> {
    let ids = batch.column_by_name("id")?.as_primitive_opt::<UInt32Type>()?;
    let thumbnails = batch.column_by_name("thumbnail")?.as_binary_opt::<i32>()?;
    let thumbnail = |row| thumbnails.is_valid(row).then(|| thumbnails.value(row).to_vec());
    Some((0..batch.num_rows()).map(|row| (ImageId(ids.value(row)), thumbnail(row))).collect())
}

/// The ids of rows; `None` when the column has another type than ours.
pub(super) fn ids(batch: &RecordBatch) -> Option<impl Iterator<Item = ImageId>> {
    Some(batch.column_by_name("id")?.as_primitive_opt::<UInt32Type>()?.values().iter().map(|id| ImageId(*id)))
}
