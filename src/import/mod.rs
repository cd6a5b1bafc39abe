//! What comes in: labels, splits and boxes, as other programs keep them with their pictures.
//!
//! A reader a format turns files into [`Annotations`]; [`match_pictures`] finds the images of the collection that they speak of.
//! Nothing is read but the files that were named and what lies beside them; the paths written in them are compared with those
//! of the collection and never opened. Whatever a file says, what is kept of it is bounded.

// A new variant is to be missed by the compiler, not by the person.
#![deny(clippy::wildcard_enum_match_arm)]

mod bounded;
mod bounds;
mod boxes;
mod cells;
mod coco;
mod columns;
mod error;
mod files;
mod frames;
mod guess;
mod hugging_face;
mod matching;
mod paths;
mod table;
mod voc;
mod webdataset;
mod yaml;
mod yolo;

pub use bounds::{Bounds, Watch};
pub use error::ImportError;
pub use matching::{Matched, MatchedBox, MatchedPicture, match_pictures};

use std::path::{Path, PathBuf};

use bounds::Budget;

use crate::domain::{Annotation, AnnotationFormat, Annotations, ColumnNames, Remarks, Tags, split_in_name};

/// The most pictures that are read of.
const MOST_PICTURES: usize = 20_000_000;
/// The most boxes.
const MOST_BOXES: usize = 50_000_000;
/// The most different labels.
const MOST_LABELS: usize = 100_000;

/// Files to read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImportSource {
    /// The file, or the folder.
    pub path: PathBuf,
    /// How it is kept; `None` to find out.
    pub format: Option<AnnotationFormat>,
    /// The split of all pictures of which the files say none.
    pub split: Option<String>,
    /// The columns of a table.
    pub columns: ColumnNames,
    /// The most that is read.
    pub bounds: Bounds,
}

/// What was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    /// It.
    pub annotations: Annotations,
    /// The folder that paths are relative to first, before that of the collection.
    pub folder: PathBuf,
}

/// Reads what files say of pictures.
///
/// # Errors
/// When the file cannot be read, is of no known format, or is not as its format says: where, and why.
pub fn read(source: &ImportSource) -> Result<Imported, ImportError> {
    read_watched(source, &|_| true)
}

/// The same while somebody watches.
///
/// # Errors
/// As [`read`], and [`ImportError::Stopped`] when whoever watches does not want to go on.
pub fn read_watched(source: &ImportSource, watch: Watch<'_>) -> Result<Imported, ImportError> {
    let outcome = read_within(source, watch);
    // A reader that is cut short takes its file for a damaged one.
    if watch(outcome.as_ref().map_or(0, |read| read.annotations.pictures.len())) {
        outcome
    } else {
        Err(ImportError::Stopped)
    }
}

fn read_within(source: &ImportSource, watch: Watch<'_>) -> Result<Imported, ImportError> {
    let path = std::path::absolute(&source.path).map_err(|error| ImportError::unread(&error, &source.path))?;
    let format = match source.format {
        Some(format) => format,
        None => guess::format_of(&path)?,
    };
    let (mut remarks, mut within) = (Remarks::default(), Budget::new(source.bounds, watch));
    let mut pictures = match format {
        AnnotationFormat::Coco => coco::read(&path, &mut remarks, &mut within)?,
        AnnotationFormat::Yolo => yolo::read(&path, &mut remarks, &mut within)?,
        AnnotationFormat::Voc => voc::read(&path, &mut remarks, &mut within)?,
        AnnotationFormat::Csv => table::read(&path, &source.columns, &mut remarks, &mut within)?,
        AnnotationFormat::HuggingFace => hugging_face::read(&path, &source.columns, &mut remarks, &mut within)?,
        AnnotationFormat::WebDataset => webdataset::read(&path, &mut remarks, &mut within)?,
    };
    if pictures.is_empty() {
        return Err(ImportError::not_understood(format!("there is nothing in it as {} has it", format.title()), &path));
    }
    // COCO has a file for each split, and names it so.
    let by_name = || {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        (format == AnnotationFormat::Coco).then(|| split_in_name(&name).map(str::to_owned)).flatten()
    };
    if let Some(split) = source.split.clone().or_else(by_name) {
        for picture in pictures.iter_mut().filter(|picture| picture.split.is_none()) {
            picture.split = Some(split.clone());
        }
    }
    match format {
        AnnotationFormat::Csv | AnnotationFormat::HuggingFace | AnnotationFormat::WebDataset => {
            boxes::tell_shares(&mut pictures);
        }
        // These say themselves which it is.
        AnnotationFormat::Coco | AnnotationFormat::Yolo | AnnotationFormat::Voc => {}
    }
    clean(&mut pictures, &mut remarks);
    check_labels(&pictures, &path)?;
    let folder = if path.is_dir() { path } else { path.parent().unwrap_or(Path::new("/")).to_owned() };
    Ok(Imported { annotations: Annotations::new(format, pictures, remarks), folder })
}

/// Labels and splits become tags and words of predicates, and so are such as a tag may be.
fn clean(pictures: &mut [Annotation], remarks: &mut Remarks) {
    for picture in pictures {
        let Annotation { path, place, labels, split, boxes, .. } = picture;
        let mut cleaned = |name: &str| match Tags::cleaned(name) {
            Ok(name) => Some(name),
            Err(why) => {
                let of = if place.is_empty() { &*path } else { &*place };
                remarks.add(|| format!("{of}: a label or split was left out ({})", why.replace("a tag", "a label")));
                None
            }
        };
        let written = std::mem::take(labels);
        for label in written.iter().filter_map(|label| cleaned(label)) {
            if !labels.contains(&label) {
                labels.push(label);
            }
        }
        *split = split.take().and_then(|split| cleaned(&split));
        for marked in boxes.iter_mut() {
            marked.label = marked.label.take().and_then(|label| cleaned(&label));
        }
    }
}

fn check_labels(pictures: &[Annotation], path: &Path) -> Result<(), ImportError> {
    let mut known = std::collections::HashSet::new();
    for label in pictures.iter().flat_map(|picture| &picture.labels) {
        known.insert(label.as_str());
        if known.len() > MOST_LABELS {
            let why = format!("it has more than {MOST_LABELS} different labels: is another column meant?");
            return Err(ImportError::not_understood(why, path));
        }
    }
    Ok(())
}
