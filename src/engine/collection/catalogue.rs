//! The catalogue of the collection: every image the engine knows, by id.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use crate::domain::{ImageId, ImagePath, ImageRecord, ImportedLabels};
use crate::images::Found;

/// Shared by the threads of one open collection. Held only to copy a record, never across work.
#[derive(Debug, Default)]
pub struct Catalogue {
    records: RwLock<Vec<ImageRecord>>,
}

impl Catalogue {
    /// Starts with what an earlier run recorded: record `i` has id `i`.
    pub fn new(records: Vec<ImageRecord>) -> Self {
        Self { records: RwLock::new(records) }
    }

    /// How many images there are.
    pub fn len(&self) -> usize {
        self.read().len()
    }

    /// One image.
    pub fn get(&self, id: ImageId) -> Option<ImageRecord> {
        self.read().get(id.index()).cloned()
    }

    /// Everything, in id order.
    pub fn all(&self) -> Vec<ImageRecord> {
        self.read().clone()
    }

    /// The image that lies there.
    pub fn find(&self, path: &ImagePath) -> Option<ImageId> {
        self.read().iter().find(|record| record.path == *path).map(|record| record.id)
    }

    /// Ids by path, none of them seen by a walk yet.
    pub fn by_path(&self) -> HashMap<ImagePath, (ImageId, bool)> {
        self.read().iter().map(|record| (record.path.clone(), (record.id, false))).collect()
    }

    /// Gives the next id to an image that was met for the first time.
    pub fn enrol(&self, found: Found) -> ImageRecord {
        let mut records = self.records.write().unwrap_or_else(PoisonError::into_inner);
        let id = ImageId(u32::try_from(records.len()).expect("a collection has fewer than 2^32 images"));
        let record = ImageRecord {
            id,
            label: found.path.parent_name().map(str::to_owned),
            path: found.path,
            width: 0,
            height: 0,
            file_bytes: found.file_bytes,
            modified_unix_secs: found.modified_unix_secs,
            problem: None,
        };
        records.push(record.clone());
        record
    }

    /// Lets every image have the label that was imported for it, or else its folder's, and returns those that changed.
    pub fn relabel(&self, labels: &ImportedLabels) -> Vec<ImageRecord> {
        let mut records = self.records.write().unwrap_or_else(PoisonError::into_inner);
        let mut changed = Vec::new();
        for record in records.iter_mut() {
            let label = labels.label_of(record);
            if record.label != label {
                record.label = label;
                changed.push(record.clone());
            }
        }
        changed
    }

    /// Takes in what decoding an image told. Its label stays: another may have been imported meanwhile.
    pub fn describe(&self, record: &ImageRecord) {
        let mut records = self.records.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = records.get_mut(record.id.index()) {
            let label = slot.label.take();
            *slot = ImageRecord { label, ..record.clone() };
        }
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Vec<ImageRecord>> {
        self.records.read().unwrap_or_else(PoisonError::into_inner)
    }
}
