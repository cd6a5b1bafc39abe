//! The rows as CSV and JSON, with the same columns in both.

use std::io;
use std::path::Path;

use serde::Serialize;

use super::place::write_whole;
use super::{ExportError, ExportRow};
use crate::domain::spreadsheet::guarded;
use crate::domain::{ClassScore, score_in_digits, write_some_score};

/// What every table of images begins with.
pub(super) const COLUMNS: [&str; 12] = [
    "id",
    "path",
    "label",
    "width",
    "height",
    "file_bytes",
    "modified_unix_secs",
    "problem",
    "source",
    "score",
    "split",
    "tags",
];
/// Classes that get columns of their own in a CSV.
const CSV_CLASSES: usize = 5;

/// Writes one line an image: `id, path, label, width, height, file_bytes, modified_unix_secs, problem, source, score, split,
/// tags` (separated by `;`), `cluster` if it is known of any image, then `class_1, probability_1` to `class_5, probability_5` if classes are known of any image. UTF-8, commas, a header
/// line; what is not known is empty. Texts that a spreadsheet would compute are [`guarded`].
///
/// # Errors
/// When `out` exists and `overwrite` is not given, or it cannot be written.
pub fn csv(rows: &[ExportRow], out: &Path, overwrite: bool) -> Result<(), ExportError> {
    write_whole(out, overwrite, |writer| write_csv(&rows.iter().collect::<Vec<_>>(), true, writer))
}

/// The same, with all texts as they are: for programs that compute nothing.
///
/// # Errors
/// As [`csv()`].
pub fn csv_with_formulas(rows: &[ExportRow], out: &Path, overwrite: bool) -> Result<(), ExportError> {
    write_whole(out, overwrite, |writer| write_csv(&rows.iter().collect::<Vec<_>>(), false, writer))
}

/// Writes what [`csv`] writes.
pub(super) fn write_csv(rows: &[&ExportRow], is_guarded: bool, writer: impl io::Write) -> io::Result<()> {
    let mut table = csv::Writer::from_writer(writer);
    let mut header = COLUMNS.map(str::to_owned).to_vec();
    let has_clusters = rows.iter().any(|row| row.said.cluster.is_some());
    if has_clusters {
        header.push("cluster".to_owned());
    }
    let classes = if rows.iter().any(|row| !row.classes.is_empty()) { CSV_CLASSES } else { 0 };
    for place in 1..=classes {
        header.extend([format!("class_{place}"), format!("probability_{place}")]);
    }
    table.write_record(&header).map_err(plain)?;
    for row in rows {
        let cells = cells(row, has_clusters, classes);
        let written = match is_guarded {
            true => table.write_record(cells.iter().map(|cell| guarded(cell).into_owned())),
            false => table.write_record(cells),
        };
        written.map_err(plain)?;
    }
    table.flush()
}

/// Writes an array with one object an image: the columns of [`csv()`] up to `tags` (a list), `cluster` if it is known of any image, then `classes` as a list of
/// `{index, name, probability}`. What is not known is `null`.
///
/// # Errors
/// When `out` exists and `overwrite` is not given, or it cannot be written.
pub fn json(rows: &[ExportRow], out: &Path, overwrite: bool) -> Result<(), ExportError> {
    write_whole(out, overwrite, |mut writer| {
        // One image a line: readable, and line tools find their way.
        let has_clusters = rows.iter().any(|row| row.said.cluster.is_some());
        writer.write_all(b"[\n")?;
        for (place, row) in rows.iter().enumerate() {
            serde_json::to_writer(&mut writer, &JsonRow::of(row, has_clusters))?;
            writer.write_all(if place + 1 < rows.len() { b",\n" } else { b"\n" })?;
        }
        writer.write_all(b"]\n")
    })
}

fn cells(row: &ExportRow, has_clusters: bool, classes: usize) -> Vec<String> {
    let record = &row.record;
    let mut cells = vec![
        record.id.0.to_string(),
        record.path.text.clone(),
        record.label.clone().unwrap_or_default(),
        record.width.to_string(),
        record.height.to_string(),
        record.file_bytes.to_string(),
        record.modified_unix_secs.to_string(),
        record.problem.clone().unwrap_or_default(),
        row.source.to_string_lossy().into_owned(),
        row.score.map(score_in_digits).unwrap_or_default(),
        row.said.split.clone().unwrap_or_default(),
        row.said.tags.join(";"),
    ];
    if has_clusters {
        cells.push(row.said.cluster.clone().unwrap_or_default());
    }
    for place in 0..classes {
        match row.classes.get(place) {
            Some(class) => cells.extend([class.name.clone(), class.probability.to_string()]),
            None => cells.extend([String::new(), String::new()]),
        }
    }
    cells
}

/// The kind of the system's error is what tells a full disk, so it must survive the CSV writer's wrapping.
pub(super) fn plain(error: csv::Error) -> io::Error {
    let kind = error.into_kind();
    let csv::ErrorKind::Io(error) = kind else { return io::Error::other(format!("{kind:?}")) };
    error
}

#[derive(Serialize)]
struct JsonRow<'a> {
    id: u32,
    path: &'a str,
    label: Option<&'a str>,
    width: u32,
    height: u32,
    file_bytes: u64,
    modified_unix_secs: i64,
    problem: Option<&'a str>,
    source: String,
    #[serde(serialize_with = "write_some_score")]
    score: Option<f64>,
    split: Option<&'a str>,
    tags: &'a [String],
    /// In all objects or in none.
    #[serde(skip_serializing_if = "Option::is_none")]
    cluster: Option<Option<&'a str>>,
    classes: &'a [ClassScore],
}

impl<'a> JsonRow<'a> {
    fn of(row: &'a ExportRow, has_clusters: bool) -> Self {
        let record = &row.record;
        Self {
            id: record.id.0,
            path: &record.path.text,
            label: record.label.as_deref(),
            width: record.width,
            height: record.height,
            file_bytes: record.file_bytes,
            modified_unix_secs: record.modified_unix_secs,
            problem: record.problem.as_deref(),
            source: row.source.to_string_lossy().into_owned(),
            score: row.score.filter(|score| score.is_finite()),
            split: row.said.split.as_deref(),
            tags: &row.said.tags,
            cluster: has_clusters.then_some(row.said.cluster.as_deref()),
            classes: &row.classes,
        }
    }
}
