//! YOLO: `images/SPLIT/PICTURE`, `labels/SPLIT/PICTURE.txt` with a line a box, and `data.yaml`, which is written last.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::copy::Failure;
use super::dataset_folder::{DatasetFolder, split_of};
use super::place::write_whole;
use super::{ExportError, ExportReport, ExportRow};
use crate::domain::ImageBox;

/// What it is called where there are no splits.
const ONLY_SPLIT: &str = "train";

/// Writes the pictures and their boxes. A picture without boxes has no text file, and so is one of the background. Classes are
/// numbered in the order of their names. That a box is of a crowd cannot be said.
///
/// # Errors
/// When no image has a box, something lies in the folder, and when no further picture could be written.
pub fn write(rows: &[ExportRow], to: &mut DatasetFolder<'_>) -> Result<ExportReport, ExportError> {
    let labels = rows.iter().flat_map(|row| &row.said.boxes).filter_map(|it| it.label.as_deref());
    let mut classes: BTreeMap<&str, usize> = labels.map(|label| (label, 0)).collect();
    for (number, class) in classes.values_mut().enumerate() {
        *class = number;
    }
    if classes.is_empty() {
        let reason = "no image has a box with a label, and YOLO's files hold boxes; write image folders to classify whole \
                      pictures (--format folders)";
        return Err(ExportError::NothingToWrite { reason: reason.to_owned(), path: to.folder.to_owned() });
    }
    to.make()?;
    let have_splits = rows.iter().any(|row| row.said.split.is_some());
    let mut splits: Vec<String> = Vec::new();
    let mut taken = HashSet::new();
    let mut report = ExportReport::default();
    for (done, row) in rows.iter().enumerate() {
        if (to.cancelled)() {
            report.cancelled = true;
            return Ok(report);
        }
        let split = split_of(row, have_splits).unwrap_or_else(|| ONLY_SPLIT.to_owned());
        if !splits.contains(&split) {
            splits.push(split.clone());
        }
        if row.record.width == 0 || row.record.height == 0 {
            let reason = "its size in pixels is not known, which its boxes are written by".to_owned();
            report.failed.push(Failure { source: row.source.clone(), reason });
            continue;
        }
        let below: PathBuf = ["images", &split].iter().collect();
        let name = free_name(row.record.path.file_name(), &split, &mut taken);
        if let Some(target) = to.place(row, &below, &name, &mut report)? {
            write_boxes(row, &target, &split, to.folder, &classes)?;
        }
        (to.progress)(done + 1);
    }
    write_whole(&to.folder.join("data.yaml"), false, |writer| writer.write_all(yaml(&splits, &classes).as_bytes()))?;
    Ok(report)
}

/// A picture's name: no other picture of the split has the same without its ending, since their text files would be one.
fn free_name(name: &str, split: &str, taken: &mut HashSet<(String, String)>) -> String {
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() => (stem, format!(".{ending}")),
        _ => (name, String::new()),
    };
    let mut stems = std::iter::once(stem.to_owned()).chain((2..).map(|number| format!("{stem} ({number})")));
    let is_free = |stem: &String| taken.insert((split.to_owned(), stem.to_lowercase()));
    stems.find(is_free).map_or_else(|| name.to_owned(), |stem| stem + &ending)
}

fn write_boxes(
    row: &ExportRow,
    picture: &Path,
    split: &str,
    folder: &Path,
    classes: &BTreeMap<&str, usize>,
) -> Result<(), ExportError> {
    let lines: String = row.said.boxes.iter().filter_map(|it| line(it, row, classes)).collect();
    if lines.is_empty() {
        return Ok(());
    }
    let mut target: PathBuf = [folder.as_os_str(), "labels".as_ref(), split.as_ref()].iter().collect();
    fs::create_dir_all(&target).map_err(|error| ExportError::from_writing(&error, &target))?;
    target.push(picture.file_stem().unwrap_or_default());
    // Not `with_extension`, which would cut a name at its last dot.
    target.as_mut_os_string().push(".txt");
    write_whole(&target, false, |writer| writer.write_all(lines.as_bytes()))
}

/// Class, middle and size.
fn line(it: &ImageBox, row: &ExportRow, classes: &BTreeMap<&str, usize>) -> Option<String> {
    let class = classes.get(it.label.as_deref()?)?;
    let (width, height) = (f64::from(row.record.width), f64::from(row.record.height));
    let shares =
        [(it.left + it.width / 2.0) / width, (it.top + it.height / 2.0) / height, it.width / width, it.height / height];
    let [x, y, w, h] = shares.map(in_digits);
    Some(format!("{class} {x} {y} {w} {h}\n"))
}

/// Nine digits are a thousandth of a pixel in any picture, and those that were written with fewer come out as they went in.
fn in_digits(share: f64) -> String {
    let digits = format!("{share:.9}");
    digits.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn yaml(splits: &[String], classes: &BTreeMap<&str, usize>) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let mut text = String::from("# Written by Tiramisu. Paths are relative to this file.\n");
    for split in splits {
        text += &format!("{}: {}\n", quoted(split), quoted(&format!("images/{split}")));
    }
    // Programs that train ask for both.
    let lacks = |name: &str| !splits.iter().any(|split| split == name);
    if let [only] = splits
        && lacks("val")
    {
        let place = quoted(&format!("images/{only}"));
        text += &format!("# There is no other split to validate with.\nval: {place}\n");
    }
    text += "names:\n";
    for (name, number) in classes {
        text += &format!("  {number}: {}\n", quoted(name));
    }
    text
}
