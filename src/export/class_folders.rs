//! Pictures in a folder for each class, within one for each split if there are any: what torchvision's `ImageFolder`, Keras and
//! Hugging Face's `imagefolder` read, and YOLO to classify.

use std::path::PathBuf;

use super::copy::Failure;
use super::dataset_folder::{DatasetFolder, FolderNames, split_of};
use super::{ExportError, ExportReport, ExportRow};

/// Puts each picture into the folder of each of its classes: `SPLIT/CLASS/PICTURE`. One without a class is told.
///
/// # Errors
/// When something lies in the folder, and when no further picture could be written.
pub fn write(rows: &[ExportRow], to: &mut DatasetFolder<'_>) -> Result<ExportReport, ExportError> {
    to.make()?;
    let have_splits = rows.iter().any(|row| row.said.split.is_some());
    let mut names = FolderNames::default();
    let mut report = ExportReport::default();
    for (done, row) in rows.iter().enumerate() {
        if (to.cancelled)() {
            report.cancelled = true;
            break;
        }
        if row.said.classes.is_empty() {
            let reason = "it is in no class, and so in no folder".to_owned();
            report.failed.push(Failure { source: row.source.clone(), reason });
        }
        let split = split_of(row, have_splits);
        for class in &row.said.classes {
            let below: PathBuf = split.iter().cloned().chain([names.of(class)]).collect();
            to.place(row, &below, row.record.path.file_name(), &mut report)?;
        }
        (to.progress)(done + 1);
    }
    Ok(report)
}
