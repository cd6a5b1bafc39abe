//! The same as a Parquet file.

mod value;

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int8Type, Int16Type, Int32Type, Int64Type};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::DataType;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;

use crate::domain::{Annotation, ColumnNames, Remarks};
use crate::import::bounds::Budget;
use crate::import::boxes::Boxes;
use crate::import::columns::Columns;
use crate::import::frames::FrameColumns;
use crate::import::table::{Merging, set_split};
use crate::import::{ImportError, files};

/// Rows that are held at once.
const BATCH_ROWS: usize = 4096;
/// The same where each may have many boxes.
const BATCH_ROWS_WITH_BOXES: usize = 256;
/// The most numbers, texts and lists that are read of one row's boxes.
const MOST_VALUES: usize = 1_000_000;

/// The rows of a file, each path with `prefix` before it. Only the columns that are needed are read.
pub(super) fn rows(
    file: &Path,
    names: &ColumnNames,
    prefix: &str,
    remarks: &mut Remarks,
    within: &mut Budget<'_>,
) -> Result<Vec<Annotation>, ImportError> {
    let wrong = |why: String| ImportError::not_understood(why, file);
    let unread = |error: &dyn std::fmt::Display| wrong(format!("this Parquet file cannot be read: {error}"));
    // Opened by our own door first, which knows pipes and devices.
    files::open(file, u64::MAX)?;
    within.take_file(0, file)?;
    let opened = File::open(file).map_err(|error| ImportError::unread(&error, file))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(opened).map_err(|error| unread(&error))?;
    let fields = builder.schema().fields().clone();
    let there: Vec<String> = fields.iter().map(|field| field.name().clone()).collect();
    let columns = Columns::find(names, &there, true).map_err(wrong)?;
    if matches!(fields[columns.path].data_type(), DataType::Struct(_) | DataType::Binary | DataType::LargeBinary) {
        let why = format!(
            "its column {} holds the pictures themselves, which are no files; write them into a folder first",
            there[columns.path]
        );
        return Err(wrong(why));
    }
    columns.remark.iter().for_each(|why| remarks.add(|| format!("{why}: {}", file.display())));
    let of_boxes: Vec<usize> = columns.frame.iter().flat_map(FrameColumns::places).chain(columns.objects).collect();
    let wanted =
        [Some(columns.path), columns.label, columns.split].into_iter().flatten().chain(of_boxes.iter().copied());
    let mask = ProjectionMask::roots(builder.parquet_schema(), wanted);
    let batch_rows = if columns.have_boxes() { BATCH_ROWS_WITH_BOXES } else { BATCH_ROWS };
    let reader = builder.with_projection(mask).with_batch_size(batch_rows).build().map_err(|error| unread(&error))?;
    let mut merging = Merging::default();
    let mut row = 0_usize;
    for batch in reader {
        let batch: RecordBatch = batch.map_err(|error| unread(&error))?;
        let column = |place: usize| -> Result<Vec<Option<String>>, ImportError> {
            let name = &there[place];
            let array = batch.column_by_name(name).ok_or_else(|| wrong(format!("its column {name} is missing")))?;
            texts(array).ok_or_else(|| wrong(format!("its column {name} holds neither texts nor whole numbers")))
        };
        let paths = column(columns.path)?;
        let none = || vec![None; paths.len()];
        let labels = columns.label.map(&column).transpose()?.unwrap_or_else(none);
        let splits = columns.split.map(&column).transpose()?.unwrap_or_else(none);
        let boxes: Vec<(usize, &ArrayRef)> =
            of_boxes.iter().filter_map(|place| Some((*place, batch.column_by_name(&there[*place])?))).collect();
        for (at, ((path, label), split)) in paths.into_iter().zip(labels).zip(splits).enumerate() {
            row += 1;
            let Some(path) = path else {
                remarks.add(|| format!("row {row} has no path and was left out"));
                continue;
            };
            // Packed, a few bytes say it of all rows.
            let texts = [Some(&path), label.as_ref(), split.as_ref()];
            within.take_bytes(texts.into_iter().flatten().map(|text| text.len() as u64).sum(), file)?;
            let picture = merging.picture(format!("{prefix}{path}"), || format!("row {row}"), within, file)?;
            label.iter().for_each(|label| picture.add_label(label));
            set_split(picture, split.as_deref(), remarks);
            let place = || format!("row {row}");
            let cells = cells_of_row(&boxes, at, |column| {
                let name = &there[column];
                remarks
                    .add(|| format!("{} has more than {MOST_VALUES} values as {name}, which were left out", place()));
            });
            let cell = |column: usize| cells.get(&column).cloned().unwrap_or_default();
            let names: Vec<String> = label.into_iter().collect();
            Boxes { file, remarks, within }.add_row(picture, &columns, &names, &cell, &place)?;
        }
    }
    Ok(merging.pictures)
}

/// What a row says in some columns, by their places; nothing of one that says too much.
fn cells_of_row(
    columns: &[(usize, &ArrayRef)],
    row: usize,
    mut is_too_much: impl FnMut(usize),
) -> HashMap<usize, Value> {
    let mut cells = HashMap::with_capacity(columns.len());
    for (place, array) in columns {
        match value::of_row(array, row, MOST_VALUES) {
            Some(value) => {
                cells.insert(*place, value);
            }
            None => is_too_much(*place),
        }
    }
    cells
}

/// Texts, however they are written; `None` if the column holds others than texts and whole numbers.
fn texts(array: &ArrayRef) -> Option<Vec<Option<String>>> {
    fn owned<'a>(texts: impl Iterator<Item = Option<&'a str>>) -> Vec<Option<String>> {
        texts.map(|text| text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)).collect()
    }
    macro_rules! numbers {
        ($kind:ty) => {
            array
                .as_primitive_opt::<$kind>()
                .map(|numbers| numbers.iter().map(|number| number.map(|number| number.to_string())).collect::<Vec<_>>())
        };
    }
    if let Some(texts) = array.as_string_opt::<i32>() {
        return Some(owned(texts.iter()));
    }
    if let Some(texts) = array.as_string_opt::<i64>() {
        return Some(owned(texts.iter()));
    }
    if let Some(texts) = array.as_string_view_opt() {
        return Some(owned(texts.iter()));
    }
    if let Some(dictionary) = array.as_any_dictionary_opt() {
        let words = texts(dictionary.values())?;
        if words.is_empty() {
            return Some(vec![None; array.len()]);
        }
        let keys = dictionary.normalized_keys();
        let word = |(row, key): (usize, usize)| {
            if dictionary.is_null(row) { None } else { words.get(key).cloned().flatten() }
        };
        return Some(keys.into_iter().enumerate().map(word).collect());
    }
    numbers!(Int64Type).or_else(|| numbers!(Int32Type)).or_else(|| numbers!(Int16Type)).or_else(|| numbers!(Int8Type))
}
