//! A table of paths with their labels, splits or boxes, as comma-separated values (or by tabs or semicolons).

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use csv::{ReaderBuilder, StringRecord};
use serde_json::Value;

use super::bounds::Budget;
use super::boxes::Boxes;
use super::columns::Columns;
use super::{ImportError, files};
use crate::domain::spreadsheet::unguarded;
use crate::domain::{Annotation, ColumnNames, Remarks};

/// The largest file.
const MOST_BYTES: u64 = 16 << 30;
/// The longest row, in bytes.
const MOST_ROW_BYTES: usize = 16 << 20;

/// Reads a file, or the only one in a folder. Several rows of one picture are its labels and boxes together.
pub(super) fn read(
    path: &Path,
    names: &ColumnNames,
    remarks: &mut Remarks,
    within: &mut Budget<'_>,
) -> Result<Vec<Annotation>, ImportError> {
    let file = match path.is_dir() {
        true => only_one(path)?,
        false => path.to_owned(),
    };
    rows(&file, names, false, "", remarks, within)
}

/// The rows of a file, each path with `prefix` before it.
pub(super) fn rows(
    file: &Path,
    names: &ColumnNames,
    path_is_enough: bool,
    prefix: &str,
    remarks: &mut Remarks,
    within: &mut Budget<'_>,
) -> Result<Vec<Annotation>, ImportError> {
    let wrong = |why: String| ImportError::not_understood(why, file);
    let head = files::head(file, 64 << 10)?;
    let delimiter = delimiter(&head);
    let reader = within.open(file, MOST_BYTES)?;
    let mut table = ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(reader);
    let unread = |error: csv::Error| wrong(format!("it is no table: {error}"));
    let mut header: Vec<String> = table.headers().map_err(unread)?.iter().map(str::to_owned).collect();
    if let Some(first) = header.first_mut() {
        *first = first.trim_start_matches('\u{feff}').to_owned();
    }
    let columns = Columns::find(names, &header, path_is_enough).map_err(wrong)?;
    columns.remark.iter().for_each(|why| remarks.add(|| format!("{why}: {}", file.display())));
    let mut merging = Merging::default();
    let mut row = StringRecord::new();
    while table.read_record(&mut row).map_err(unread)? {
        let line = row.position().map_or(0, csv::Position::line);
        if row.as_slice().len() > MOST_ROW_BYTES {
            return Err(wrong(format!("line {line} is longer than {MOST_ROW_BYTES} bytes: is a quote not closed?")));
        }
        let cell = |place: usize| row.get(place).map(str::trim).filter(|cell| !cell.is_empty());
        let Some(path) = cell(columns.path) else {
            remarks.add(|| format!("line {line} has no path and was left out"));
            continue;
        };
        let text = |place: usize| cell(place).map(unguarded);
        let label = columns.label.and_then(text);
        let split = columns.split.and_then(text);
        let path = unguarded(path);
        let picture = merging.picture(format!("{prefix}{path}"), || format!("line {line}"), within, file)?;
        label.into_iter().for_each(|label| picture.add_label(label));
        set_split(picture, split, remarks);
        if columns.have_boxes() {
            let names: Vec<String> = label.map(str::to_owned).into_iter().collect();
            let value = |place: usize| text(place).map_or(Value::Null, |text| Value::String(text.to_owned()));
            let place = || format!("line {line}");
            Boxes { file, remarks, within }.add_row(picture, &columns, &names, &value, &place)?;
        }
    }
    Ok(merging.pictures)
}

/// A picture has one split: the first that is said.
pub(super) fn set_split(picture: &mut Annotation, split: Option<&str>, remarks: &mut Remarks) {
    match (&picture.split, split) {
        (None, Some(split)) => picture.split = Some(split.to_owned()),
        (Some(known), Some(split)) if known != split => {
            remarks.add(|| format!("{} is in {known} and in {split}; it stays in {known}", picture.path));
        }
        _ => {}
    }
}

/// Pictures, each once.
#[derive(Default)]
pub(super) struct Merging {
    pub(super) pictures: Vec<Annotation>,
    places: HashMap<String, usize>,
}

impl Merging {
    /// The one at a path, of which `file` says something.
    pub(super) fn picture(
        &mut self,
        path: String,
        place: impl FnOnce() -> String,
        within: &mut Budget<'_>,
        file: &Path,
    ) -> Result<&mut Annotation, ImportError> {
        let at = match self.places.get(&path) {
            Some(at) => *at,
            None => {
                within.take_picture(file)?;
                self.places.insert(path.clone(), self.pictures.len());
                self.pictures.push(Annotation::of(path, place()));
                self.pictures.len() - 1
            }
        };
        Ok(&mut self.pictures[at])
    }
}

/// What divides the cells, by the header.
fn delimiter(head: &[u8]) -> u8 {
    let line = head.split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default();
    let count = |mark: u8| line.iter().filter(|byte| **byte == mark).count();
    [b'\t', b';'].into_iter().find(|mark| count(*mark) > count(b',')).unwrap_or(b',')
}

fn only_one(folder: &Path) -> Result<PathBuf, ImportError> {
    let mut found = files::inside(folder, &|path| files::ends(path, &["csv", "tsv"]))?;
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => Err(ImportError::not_understood("no .csv or .tsv file lies in this folder", folder)),
        several => Err(ImportError::not_understood(format!("{several} tables lie in this folder; name one"), folder)),
    }
}
