//! A picture that comes on record, with what its row knows of it.

use crate::domain::{Decoding, ImageId, ImageRecord, Resizing};
use crate::engine::extraction::extract::THUMBNAIL_PX;
use crate::images::{self, Found};
use crate::store::NewImage;
use crate::store::stream::BroughtRows;

/// A picture that was met for the first time.
pub(super) struct NewPicture {
    pub(super) id: ImageId,
    pub(super) found: Found,
    /// Its row in the batch.
    pub(super) row: usize,
}

impl NewPicture {
    /// As it is before it was looked at.
    pub(super) fn record(&self) -> ImageRecord {
        ImageRecord {
            id: self.id,
            label: self.found.path.parent_name().map(str::to_owned),
            path: self.found.path.clone(),
            width: 0,
            height: 0,
            file_bytes: self.found.file_bytes,
            modified_unix_secs: self.found.modified_unix_secs,
            problem: None,
        }
    }

    /// What is recorded of it. What its row lacks is read from the file: decoded once, on the calling thread.
    pub(super) fn describe(&self, rows: &BroughtRows, are_own: bool, folder: &std::path::Path) -> NewImage {
        let mut record = self.record();
        // Of vectors of the person's own these columns may mean anything.
        let row = (!are_own).then_some(self.row);
        let size = row.and_then(|row| rows.size(row));
        if let (Some([width, height]), Some(thumbnail)) = (size, row.and_then(|row| rows.thumbnail(row))) {
            (record.width, record.height) = (width, height);
            return NewImage { record, thumbnail: Some(thumbnail.to_vec()) };
        }
        if let (None, Some(problem)) = (size, row.and_then(|row| rows.problem(row))) {
            record.problem = Some(problem.to_owned());
            return NewImage { record, thumbnail: None };
        }
        // No network sees it.
        let input = Resizing { decoding: Decoding::Scaled, ..Resizing::stretch(16, 16) };
        match images::prepare(&record.path.below(folder), &input, THUMBNAIL_PX) {
            Ok(prepared) => {
                (record.width, record.height) = (prepared.width, prepared.height);
                NewImage { record, thumbnail: Some(prepared.thumbnail.jpeg) }
            }
            Err(error) => {
                record.problem = Some(error.reason());
                NewImage { record, thumbnail: None }
            }
        }
    }
}
