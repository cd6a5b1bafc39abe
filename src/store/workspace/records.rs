//! The images on record, and their thumbnails.

use std::ops::ControlFlow;
use std::sync::{Arc, PoisonError};

use crate::domain::{ImageId, ImagePath, ImageRecord, ImageRef};
use crate::store::known_images::{self, KnownImages};
use crate::store::{NewImage, StoreError, Thumbnail, Workspace, images};

use super::IMAGE_ROW_BYTES;

/// Rows a batch when records are read: enough to be fast, and small beside the records themselves.
const RECORD_BATCH_ROWS: usize = 8192;
impl Workspace {
    /// Every image, in the order of ids, without thumbnails.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub fn images(&self) -> Result<Vec<ImageRecord>, StoreError> {
        let mut records = Vec::with_capacity(self.image_count);
        self.images.scan(&images::RECORD_COLUMNS, RECORD_BATCH_ROWS, |batch| {
            images::from_batch(batch, &mut records).ok_or_else(|| self.damaged("its columns have other types"))
        })?;
        // Another program may have rewritten the table in another order.
        if !records.is_sorted_by_key(|record| record.id) {
            records.sort_by_key(|record| record.id);
        }
        if records.iter().enumerate().any(|(row, record)| record.id.index() != row) {
            return Err(self.damaged("its ids are not 0, 1, 2 …"));
        }
        Ok(records)
    }

    /// The same in portions, without making anything of them: `take` is handed them where they were read, and says whether it
    /// wants more.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub fn read_images(&self, mut take: impl FnMut(&[ImageRef<'_>]) -> ControlFlow<()>) -> Result<(), StoreError> {
        let (mut next, mut is_in_order) = (0, true);
        self.images.scan_where(None, &images::RECORD_COLUMNS, RECORD_BATCH_ROWS, |batch| {
            let portion = images::borrowed(batch).ok_or_else(|| self.damaged("its columns have other types"))?;
            is_in_order = portion.iter().zip(next..).all(|(image, next)| image.id.index() == next);
            if !is_in_order {
                return Ok(ControlFlow::Break(()));
            }
            next += portion.len();
            Ok(take(&portion))
        })?;
        if !is_in_order {
            // Another program may have rewritten the table in another order.
            let all = self.images()?;
            let rest: Vec<ImageRef<'_>> = all[next..].iter().map(ImageRecord::borrowed).collect();
            let _ = take(&rest);
        }
        Ok(())
    }

    /// Some images, in the order in which they are named, without reading what is known of others. Ids beyond the table are
    /// left out. Of a large collection that is remembered.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub fn images_with(&self, ids: &[ImageId]) -> Result<Vec<ImageRecord>, StoreError> {
        let rows: Vec<u64> = ids.iter().filter(|id| id.index() < self.image_count).map(|id| u64::from(id.0)).collect();
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let in_table = ids.iter().copied().filter(|id| id.index() < self.image_count);
        if let Some(found) = self.known_images().and_then(|mut known| known.some(in_table)) {
            return Ok(found);
        }
        let found = self.take_images(&rows)?;
        if found.iter().zip(&rows).all(|(record, row)| u64::from(record.id.0) == *row) {
            return Ok(found);
        }
        // Images that were written anew lie at the end: look up where each one went.
        let places = self.places()?;
        let moved: Vec<u64> = rows.iter().map(|row| places[*row as usize]).collect();
        self.take_images(&moved)
    }

    /// The image that lies at a path below the image folder. Of a large collection, where each lies is remembered.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub fn image_at(&self, path: &ImagePath) -> Result<Option<ImageRecord>, StoreError> {
        let known = self.known_images().and_then(|mut known| known.candidates(path));
        if let Some(ids) = &known
            && let Some(found) = self.images_with(ids)?.into_iter().find(|record| record.path == *path)
        {
            return Ok(Some(found));
        }
        // What is remembered may be damaged, and this is rare: a picture in the folder that was not extracted.
        let all = self.images()?;
        let found = all.iter().find(|record| record.path == *path).cloned();
        if (known.is_none() || found.is_some()) && self.driver.remembers() {
            // Whoever asked need not wait for it: of a million images it takes longer than to find one.
            let (root, stamp) = (self.root.clone(), self.images.stamp());
            self.driver.note_behind(move || known_images::note(&root, stamp, &all));
        }
        Ok(found)
    }

    /// What is remembered of the images as they are in this state.
    fn known_images(&self) -> Option<KnownImages> {
        KnownImages::open(&self.root, self.images.stamp(), self.image_count)
    }

    fn take_images(&self, rows: &[u64]) -> Result<Vec<ImageRecord>, StoreError> {
        let batch = self.images.take(rows, &images::RECORD_COLUMNS)?;
        let mut records = Vec::with_capacity(rows.len());
        images::from_batch(&batch, &mut records).ok_or_else(|| self.damaged("its columns have other types"))?;
        Ok(records)
    }

    /// Appends images as one commit and returns its version. Their ids continue the table.
    ///
    /// # Errors
    /// When an id does not continue the table, and when the disk does not let us; nothing is changed then, unless it is there
    /// all the same, which is counted then.
    pub fn append_images(&mut self, rows: Vec<NewImage>) -> Result<u64, StoreError> {
        self.expect_writable()?;
        for (expected, row) in (self.image_count..).zip(&rows) {
            if row.record.id.index() != expected {
                let (expected, found, path) = (expected as u64, row.record.id.0, self.images.path().to_owned());
                return Err(StoreError::IdsDoNotContinue { expected, found, path });
            }
        }
        if rows.is_empty() {
            return Ok(self.images.version());
        }
        let count = rows.len();
        if let Err(error) = self.images.append(images::to_reader(rows)) {
            // The version may have its name although that could not be put on the disk: what comes next comes after it.
            if let Err(error) = self.refresh() {
                tracing::warn!("{error}");
            }
            return Err(error);
        }
        self.driver.note_images(self.images.version());
        self.image_count += count;
        // Putting fragments together is a convenience: what was asked for is committed.
        if let Err(error) = self.images.compact(IMAGE_ROW_BYTES) {
            tracing::warn!("{error}");
        }
        self.driver.note_images(self.images.version());
        self.counted_at = Some(self.images.stamp());
        known_images::forget_others(&self.root, self.images.stamp());
        Ok(self.images.version())
    }

    /// Writes anew what is known of images that are in the table, as one commit, and returns its version.
    ///
    /// # Errors
    /// When an id is beyond the table, and when the disk does not let us; nothing is changed then.
    pub fn replace_images(&mut self, rows: &[NewImage]) -> Result<u64, StoreError> {
        self.expect_writable()?;
        if let Some(row) = rows.iter().find(|row| row.record.id.index() >= self.image_count) {
            let (expected, found, path) = (self.image_count as u64, row.record.id.0, self.images.path().to_owned());
            return Err(StoreError::IdsDoNotContinue { expected, found, path });
        }
        if rows.is_empty() {
            return Ok(self.images.version());
        }
        let batch = images::to_batch(rows)
            .map_err(|e| StoreError::RowsDoNotFit { reason: e.to_string(), path: self.images.path().to_owned() })?;
        let version = self.images.upsert(batch);
        self.driver.note_images(self.images.version());
        known_images::forget_others(&self.root, self.images.stamp());
        version
    }

    /// Says that images are to be replaced next, whose vectors are committed before them: these belong to the version to come.
    pub fn announce_replacement(&self) {
        self.driver.note_images(self.images.version() + 1);
    }

    /// As [`Workspace::replace_images`], but every image keeps the thumbnail it has.
    ///
    /// # Errors
    /// As [`Workspace::replace_images`].
    pub fn redescribe_images(&mut self, records: Vec<ImageRecord>) -> Result<u64, StoreError> {
        let ids: Vec<ImageId> = records.iter().map(|record| record.id).collect();
        let thumbnails = self.thumbnails(&ids)?.into_iter().map(|(_, thumbnail)| thumbnail);
        let rows: Vec<NewImage> =
            records.into_iter().zip(thumbnails).map(|(record, thumbnail)| NewImage { record, thumbnail }).collect();
        self.replace_images(&rows)
    }

    /// The thumbnails of `ids`, in that order; `None` for images that have none. Ids beyond the table are left out.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub fn thumbnails(&self, ids: &[ImageId]) -> Result<Vec<(ImageId, Thumbnail)>, StoreError> {
        let rows: Vec<u64> = ids.iter().filter(|id| id.index() < self.image_count).map(|id| u64::from(id.0)).collect();
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let found = self.take_thumbnails(&rows)?;
        if found.iter().zip(&rows).all(|((id, _), row)| u64::from(id.0) == *row) {
            return Ok(found);
        }
        // Images that were written anew lie at the end: look up where each one went.
        let places = self.places()?;
        let moved: Vec<u64> = rows.iter().map(|row| places[*row as usize]).collect();
        self.take_thumbnails(&moved)
    }

    /// The row in the table of each image; read once a version.
    fn places(&self) -> Result<Arc<Vec<u64>>, StoreError> {
        let mut known = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        let version = self.images.version();
        if let Some((_, places)) = known.as_ref().filter(|(of, _)| *of == version) {
            return Ok(places.clone());
        }
        let mut places = vec![0; self.image_count];
        let mut row = 0;
        self.images.scan(&["id"], RECORD_BATCH_ROWS, |batch| {
            for id in images::ids(batch).ok_or_else(|| self.damaged("its columns have other types"))? {
                *places.get_mut(id.index()).ok_or_else(|| self.damaged("its ids are not 0, 1, 2 …"))? = row;
                row += 1;
            }
            Ok(())
        })?;
        let places = Arc::new(places);
        *known = Some((version, places.clone()));
        Ok(places)
    }

    fn take_thumbnails(&self, rows: &[u64]) -> Result<Vec<(ImageId, Thumbnail)>, StoreError> {
        let batch = self.images.take(rows, &["id", "thumbnail"])?;
        images::thumbnails(&batch).ok_or_else(|| self.damaged("its columns have other types"))
    }
}
