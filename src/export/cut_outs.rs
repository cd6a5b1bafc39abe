//! Boxes that were cut out of their pictures: a file each, and a list that says where each came from.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use super::ExportError;
use super::dataset_folder::{refuse_full, safe_name};
use super::place::write_whole;
use super::table::plain;
use crate::domain::ImageBox;

/// The list, beside the files.
pub const LIST: &str = "boxes.csv";
/// Its columns. `path` and `label` are those that an import of a table looks for.
const COLUMNS: [&str; 11] =
    ["path", "label", "split", "box", "image_id", "image", "left", "top", "width", "height", "is_crowd"];
/// Letters of a picture's name that are kept: systems take 255 bytes for a name.
const LONGEST_STEM: usize = 60;

/// One box that was cut out.
#[derive(Clone, Debug, PartialEq)]
pub struct CutOutRow {
    /// Its file, below the folder, with `/` between folders.
    pub file: String,
    /// What it is.
    pub marked: ImageBox,
    /// Its picture, below the folder of the collection.
    pub image: String,
    /// The split of its picture.
    pub split: Option<String>,
}

/// Where a box of `picture` goes below the folder: into a folder of its label, under the picture's name and a number that no
/// other box of a picture of that name should have.
pub fn file_of(label: Option<&str>, picture: &str, number: u64) -> String {
    let name = picture.rsplit('/').next().unwrap_or(picture);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let stem: String = safe_name(stem).chars().take(LONGEST_STEM).collect();
    let file = format!("{stem}_{number:012x}.jpg");
    match label {
        Some(label) => format!("{}/{file}", safe_name(label).chars().take(LONGEST_STEM).collect::<String>()),
        None => file,
    }
}

/// Makes the folder for boxes, unless something else lies in it.
///
/// # Errors
/// When something lies in it that is not of boxes cut out before, or the system does not let us.
pub fn make_folder(folder: &Path) -> Result<(), ExportError> {
    fs::create_dir_all(folder).map_err(|error| ExportError::from_writing(&error, folder))?;
    if is_list(&folder.join(LIST)) {
        return Ok(());
    }
    refuse_full(folder)
}

/// Whether a file is such a list, by its first line.
fn is_list(path: &Path) -> bool {
    let mut line = String::new();
    File::open(path).is_ok_and(|file| BufReader::new(file.take(1 << 10)).read_line(&mut line).is_ok())
        && line.trim_end() == COLUMNS.join(",")
}

/// Writes a file, unless it is there: what is cut out of a picture is in the name of its file.
///
/// # Errors
/// When it cannot be written.
pub fn write_file(folder: &Path, file: &str, jpeg: &[u8]) -> Result<PathBuf, ExportError> {
    let target = folder.join(file);
    if let Some(above) = target.parent() {
        fs::create_dir_all(above).map_err(|error| ExportError::from_writing(&error, above))?;
    }
    match write_whole(&target, false, |out| out.write_all(jpeg)) {
        Ok(()) | Err(ExportError::Exists { .. }) => Ok(target),
        Err(error) => Err(error),
    }
}

/// Writes the list, in the place of the one before. What that said of other files stays, as long as those are there.
///
/// # Errors
/// When it cannot be written.
pub fn write_list(rows: &[CutOutRow], folder: &Path) -> Result<(), ExportError> {
    let kept = rows_of_others(rows, folder);
    write_whole(&folder.join(LIST), true, |out| {
        let mut table = csv::Writer::from_writer(out);
        table.write_record(COLUMNS).map_err(plain)?;
        for row in &kept {
            table.write_byte_record(row).map_err(plain)?;
        }
        for row in rows {
            table.write_record(cells(row)).map_err(plain)?;
        }
        table.flush()
    })
}

/// The rows of the list in `folder` about files that are there and that `rows` say nothing of; no row can be read of a list that
/// was changed by hand until it is none.
fn rows_of_others(rows: &[CutOutRow], folder: &Path) -> Vec<csv::ByteRecord> {
    let list = folder.join(LIST);
    if !is_list(&list) {
        return Vec::new();
    }
    let said: HashSet<&[u8]> = rows.iter().map(|row| row.file.as_bytes()).collect();
    let is_of_another = |row: &csv::ByteRecord| {
        let file = row.get(0).unwrap_or_default();
        !said.contains(file) && std::str::from_utf8(file).is_ok_and(|file| folder.join(file).is_file())
    };
    let read = csv::Reader::from_path(&list).ok();
    read.into_iter().flat_map(|read| read.into_byte_records()).flatten().filter(is_of_another).collect()
}

fn cells(row: &CutOutRow) -> [String; COLUMNS.len()] {
    let CutOutRow { file, marked, image, split } = row;
    [
        file.clone(),
        marked.label.clone().unwrap_or_default(),
        split.clone().unwrap_or_default(),
        marked.id.to_string(),
        marked.image.0.to_string(),
        image.clone(),
        marked.left.to_string(),
        marked.top.to_string(),
        marked.width.to_string(),
        marked.height.to_string(),
        marked.is_crowd.to_string(),
    ]
}
