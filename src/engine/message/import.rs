//! Labels, splits and boxes that are imported.

use std::path::PathBuf;

use serde::Serialize;

use crate::domain::{AnnotationFormat, ColumnNames, Remarks};

/// What to import.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImportWish {
    /// The file, or the folder.
    pub path: PathBuf,
    /// How it is kept; `None` to find out.
    pub format: Option<AnnotationFormat>,
    /// The split of all pictures of which the files say none.
    pub split: Option<String>,
    /// The columns of a table.
    pub columns: ColumnNames,
}

/// What was imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportReport {
    /// How it is kept.
    pub format: AnnotationFormat,
    /// Of how many pictures the files speak.
    pub pictures: usize,
    /// How many of them are images of the collection.
    pub matched: usize,
    /// How many of these were found by the name of their file alone.
    pub by_name: usize,
    /// How many images got a label.
    pub labelled: usize,
    /// How many have several, which are tags now.
    pub with_several: usize,
    /// How many images got a split.
    pub in_splits: usize,
    /// How many boxes there are, and in how many images.
    pub boxes: BoxCount,
    /// Pictures of the files that are not in the collection.
    pub unmatched: Remarks,
    /// Boxes that could not be placed.
    pub without_boxes: Remarks,
    /// What of the files was passed over.
    pub remarks: Remarks,
}

/// Boxes, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct BoxCount {
    /// How many there are.
    pub boxes: usize,
    /// In how many images.
    pub images: usize,
}
