//! Pictures in a folder for each class, within one for each split if there are any: what torchvision's `ImageFolder`, Keras and
//! Hugging Face's `imagefolder` read, and YOLO to classify.

use std::fs;
use std::path::Path;

use super::copy::{Failure, unseen};
use super::dataset_folder::{DatasetFolder, refuse_full};
use super::folder_walk::{Counting, FolderWalk, NO_CLASS};
use super::{ExportError, ExportReport, ExportRow};
use crate::domain::FolderCounts;

/// Puts each picture into the folder of each of its classes: `SPLIT/CLASS/PICTURE`. One without a class is told.
///
/// # Errors
/// When something lies in the folder, and when no further picture could be written.
pub fn write(rows: &[ExportRow], to: &mut DatasetFolder<'_>) -> Result<ExportReport, ExportError> {
    to.make()?;
    let mut report = ExportReport::default();
    let mut walk = FolderWalk::over(rows);
    while let Some(step) = walk.next() {
        if (to.cancelled)() {
            report.cancelled = true;
            break;
        }
        let mut stays = |reason: String| report.failed.push(Failure { source: step.row.source.clone(), reason });
        if step.folders.is_empty() {
            stays(NO_CLASS.to_owned());
        } else if let Err(error) = fs::metadata(&step.row.source) {
            stays(unseen(&error));
        } else {
            walk.goes(step.row);
            for below in &step.folders {
                to.place(step.row, below, step.row.record.path.file_name(), &mut report)?;
            }
        }
        (to.progress)(step.place + 1);
    }
    Ok(report)
}

/// Says what [`write()`] would do with `rows` and `folder`. Changes nothing; `cancelled` is asked before each row, and then the rest
/// is not looked at.
///
/// # Errors
/// When something lies in the folder, or it cannot be looked into.
pub fn plan(rows: &[ExportRow], folder: &Path, cancelled: &dyn Fn() -> bool) -> Result<FolderCounts, ExportError> {
    refuse_full(folder)?;
    let mut counting = Counting::default();
    let mut walk = FolderWalk::over(rows);
    while let Some(step) = walk.next() {
        if cancelled() {
            break;
        }
        if step.folders.is_empty() {
            counting.stays(&step, NO_CLASS);
        } else if let Err(error) = fs::metadata(&step.row.source) {
            counting.stays(&step, unseen(&error));
        } else {
            walk.goes(step.row);
            counting.goes(step);
        }
    }
    Ok(counting.end())
}
