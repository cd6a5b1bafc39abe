//! Folders of pictures as Hugging Face has them: `metadata.csv`, `.jsonl` or `.parquet` beside the pictures, with a column
//! `file_name`, perhaps with one of boxes (`objects`), perhaps in folders called by their splits.

mod parquet;

use std::io::{BufRead, Read};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::bounds::Budget;
use super::boxes::Boxes;
use super::cells::texts;
use super::columns::Columns;
use super::table::{Merging, rows, set_split};
use super::{ImportError, files};
use crate::domain::{Annotation, ColumnNames, Remarks, split_of_word};

/// The largest file.
const MOST_BYTES: u64 = 16 << 30;
/// The longest line.
const MOST_LINE_BYTES: u64 = 16 << 20;

/// Reads a file, or all `metadata` files in a folder and in those right below it.
pub(super) fn read(
    path: &Path,
    names: &ColumnNames,
    remarks: &mut Remarks,
    within: &mut Budget<'_>,
) -> Result<Vec<Annotation>, ImportError> {
    let (folder, found): (PathBuf, Vec<PathBuf>) = match path.is_dir() {
        true => {
            let is_metadata = |path: &Path| {
                path.file_stem().is_some_and(|stem| stem == "metadata")
                    && files::ends(path, &["csv", "jsonl", "parquet"])
            };
            (path.to_owned(), files::below(path, 1, &is_metadata)?)
        }
        false => (path.parent().unwrap_or(Path::new("/")).to_owned(), vec![path.to_owned()]),
    };
    if found.is_empty() {
        let why = "no metadata.csv, metadata.jsonl or metadata.parquet lies in this folder or right below it";
        return Err(ImportError::not_understood(why, &folder));
    }
    let mut pictures = Vec::new();
    for file in &found {
        let beside = file.parent().unwrap_or(&folder);
        let below = files::relative(beside, &folder);
        let prefix = if beside == folder { String::new() } else { format!("{below}/") };
        let of_file = if files::ends(file, &["csv", "tsv"]) {
            rows(file, names, true, &prefix, remarks, within)?
        } else if files::head(file, 4)?.starts_with(b"PAR1") {
            parquet::rows(file, names, &prefix, remarks, within)?
        } else {
            lines(file, names, &prefix, remarks, within)?
        };
        // A folder that is called so is the split.
        let split = beside.file_name().and_then(|name| split_of_word(&name.to_string_lossy().to_lowercase()));
        pictures.extend(of_file.into_iter().map(|mut picture| {
            picture.split = picture.split.or_else(|| split.map(str::to_owned));
            picture
        }));
    }
    Ok(pictures)
}

/// One JSON object a line.
fn lines(
    file: &Path,
    names: &ColumnNames,
    prefix: &str,
    remarks: &mut Remarks,
    within: &mut Budget<'_>,
) -> Result<Vec<Annotation>, ImportError> {
    let mut reader = within.open(file, MOST_BYTES)?;
    let mut merging = Merging::default();
    let mut line = Vec::new();
    for number in 1.. {
        let wrong = |why: String| ImportError::not_understood(format!("line {number} {why}"), file);
        line.clear();
        let read = reader.by_ref().take(MOST_LINE_BYTES + 1).read_until(b'\n', &mut line);
        if read.map_err(|error| ImportError::unread(&error, file))? == 0 {
            break;
        }
        if line.len() as u64 > MOST_LINE_BYTES {
            return Err(wrong(format!("is longer than {MOST_LINE_BYTES} bytes")));
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        let object: Map<String, Value> =
            serde_json::from_slice(&line).map_err(|error| wrong(format!("is no JSON object: {error}")))?;
        let there: Vec<String> = object.keys().cloned().collect();
        let columns = Columns::find(names, &there, true).map_err(|why| wrong(format!("cannot be used: {why}")))?;
        columns.remark.iter().for_each(|why| remarks.add(|| format!("line {number}: {why}")));
        let value = |place: usize| object.get(&there[place]);
        let Some(Value::String(path)) = value(columns.path) else {
            return Err(wrong(format!("has no text as {}", there[columns.path])));
        };
        let picture = merging.picture(format!("{prefix}{path}"), || format!("line {number}"), within, file)?;
        let labels: Vec<String> = columns.label.and_then(value).into_iter().flat_map(texts).collect();
        labels.iter().for_each(|label| picture.add_label(label));
        let split = columns.split.and_then(value).and_then(|split| texts(split).into_iter().next());
        set_split(picture, split.as_deref(), remarks);
        let cell = |place: usize| value(place).cloned().unwrap_or_default();
        let place = || format!("line {number}");
        Boxes { file, remarks, within }.add_row(picture, &columns, &labels, &cell, &place)?;
    }
    Ok(merging.pictures)
}
