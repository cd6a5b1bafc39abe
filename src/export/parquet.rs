//! Vectors as Parquet: one row an image, one column of lists a representation.
//!
//! Numbers are float32: half precision, which the workspace keeps, is not read everywhere.

use std::io;
use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::{
    ArrayRef, FixedSizeListArray, Float32Array, Float64Array, Int64Array, ListArray, RecordBatch, StringArray,
    UInt32Array, UInt64Array,
};
use arrow_schema::{ArrowError, DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;

use super::ExportError;
use super::place::write_draft;
use super::vectors::{Portions, VectorColumn, VectorFile, VectorPortion};

/// About so many bytes of vectors make a group of rows, which is held in memory until it is whole.
const GROUP_BYTES: usize = 64 << 20;

/// Under this name the metadata say what the vectors are of.
const ABOUT: &str = "tiramisu";

/// Writes the columns of a table of images as [`super::csv`] has them (`tags` as a list), `cluster` where it is known of any image, and
/// a fixed-size list of float32 for each column; returns how many rows there are. The file's metadata says under `tiramisu` which
/// network, layer and pooling they are of.
///
/// # Errors
/// When the file exists and may not be replaced, it cannot be written, or `next` fails.
pub fn write(file: &VectorFile, next: &mut Portions) -> Result<usize, ExportError> {
    let about = about(file.network, file.columns);
    let schema = schema(file, &about);
    let row_bytes = file.columns.iter().map(|column| column.channels * size_of::<f32>()).sum::<usize>().max(1);
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(Some((GROUP_BYTES / row_bytes).clamp(256, 65_536)))
        .set_key_value_metadata(Some(vec![KeyValue::new(ABOUT.to_owned(), about)]))
        .build();
    let mut rows = 0;
    write_draft(file.out, file.overwrite, |out| {
        let mut writer = ArrowWriter::try_new(out, schema.clone(), Some(properties)).map_err(plain)?;
        while let Some(portion) = next()? {
            writer.write(&batch(&portion, file, &schema)?).map_err(plain)?;
            rows += portion.rows.len();
        }
        writer.close().map_err(plain).map(drop)
    })?;
    Ok(rows)
}

fn schema(file: &VectorFile, about: &str) -> Arc<Schema> {
    let mut fields = vec![
        Field::new("id", DataType::UInt32, false),
        Field::new("path", DataType::Utf8, false),
        Field::new("label", DataType::Utf8, true),
        Field::new("width", DataType::UInt32, false),
        Field::new("height", DataType::UInt32, false),
        Field::new("file_bytes", DataType::UInt64, false),
        Field::new("modified_unix_secs", DataType::Int64, false),
        Field::new("problem", DataType::Utf8, true),
        Field::new("source", DataType::Utf8, false),
        Field::new("score", DataType::Float64, true),
        Field::new("split", DataType::Utf8, true),
        Field::new("tags", DataType::List(tag()), false),
    ];
    if file.with_clusters {
        fields.push(Field::new("cluster", DataType::Utf8, true));
    }
    fields.extend(file.columns.iter().map(|column| Field::new(&column.name, list_of(column), false)));
    // Readers that know Arrow look for it here, others in the file's own metadata.
    Arc::new(Schema::new_with_metadata(fields, [(ABOUT.to_owned(), about.to_owned())].into()))
}

fn tag() -> Arc<Field> {
    Arc::new(Field::new("element", DataType::Utf8, false))
}

fn list_of(column: &VectorColumn) -> DataType {
    DataType::FixedSizeList(element(), column.channels as i32)
}

fn element() -> Arc<Field> {
    Arc::new(Field::new("element", DataType::Float32, false))
}

fn about(network: &str, columns: &[VectorColumn]) -> String {
    let of = |column: &VectorColumn| serde_json::json!({ "column": column.name, "layer": column.layer, "pooling": column.pooling });
    let columns: Vec<_> = columns.iter().map(of).collect();
    serde_json::json!({ "network": network, "columns": columns }).to_string()
}

fn batch(portion: &VectorPortion, file: &VectorFile, schema: &Arc<Schema>) -> io::Result<RecordBatch> {
    let records = || portion.rows.iter().map(|row| &row.record);
    let mut arrays: Vec<ArrayRef> = vec![
        Arc::new(UInt32Array::from_iter_values(records().map(|record| record.id.0))),
        Arc::new(StringArray::from_iter_values(records().map(|record| &record.path.text))),
        Arc::new(records().map(|record| record.label.as_deref()).collect::<StringArray>()),
        Arc::new(UInt32Array::from_iter_values(records().map(|record| record.width))),
        Arc::new(UInt32Array::from_iter_values(records().map(|record| record.height))),
        Arc::new(UInt64Array::from_iter_values(records().map(|record| record.file_bytes))),
        Arc::new(Int64Array::from_iter_values(records().map(|record| record.modified_unix_secs))),
        Arc::new(records().map(|record| record.problem.as_deref()).collect::<StringArray>()),
        Arc::new(StringArray::from_iter_values(portion.rows.iter().map(|row| row.source.to_string_lossy()))),
        Arc::new(portion.rows.iter().map(|row| row.score).collect::<Float64Array>()),
        Arc::new(portion.rows.iter().map(|row| row.said.split.as_deref()).collect::<StringArray>()),
        Arc::new(tags_of(portion)),
    ];
    if file.with_clusters {
        arrays.push(Arc::new(portion.rows.iter().map(|row| row.said.cluster.as_deref()).collect::<StringArray>()));
    }
    for (column, values) in file.columns.iter().zip(&portion.columns) {
        let values = Arc::new(Float32Array::from(values.clone()));
        let list = FixedSizeListArray::try_new(element(), column.channels as i32, values, None);
        arrays.push(Arc::new(list.map_err(misfit)?));
    }
    RecordBatch::try_new(schema.clone(), arrays).map_err(misfit)
}

fn tags_of(portion: &VectorPortion) -> ListArray {
    let mut lists = ListBuilder::new(StringBuilder::new()).with_field(tag());
    for row in &portion.rows {
        lists.append_value(row.said.tags.iter().map(Some));
    }
    lists.finish()
}

fn misfit(error: ArrowError) -> io::Error {
    io::Error::other(error)
}

/// The kind of the system's error is what tells a full disk, so it must survive the writer's wrapping.
fn plain(error: ParquetError) -> io::Error {
    let ParquetError::External(error) = error else { return io::Error::other(error) };
    match error.downcast::<io::Error>() {
        Ok(error) => *error,
        Err(error) => io::Error::other(error),
    }
}
