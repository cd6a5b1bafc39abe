//! The catalogue of the collection: every image the engine knows, by id.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, OnceLock, PoisonError, RwLock, RwLockReadGuard};

use crate::domain::{ImageId, ImagePath, ImageRecord};
use crate::engine::collection::reader::WorkspaceReader;
use crate::images::Found;
use crate::store::StoreError;

/// So many images are read one by one; who asks for more will ask for many.
const ONE_BY_ONE: usize = 64;

/// Shared by the threads of one open collection. Held only to copy a record, never across work.
pub struct Catalogue {
    records: OnceLock<RwLock<Vec<ImageRecord>>>,
    unread: Option<Unread>,
}

/// Images that are on disk and nobody asked for yet.
struct Unread {
    workspace: Arc<WorkspaceReader>,
    count: usize,
    /// How many were read one by one.
    asked: AtomicUsize,
}

impl Catalogue {
    /// Starts with what an earlier run recorded: record `i` has id `i`.
    pub fn new(records: Vec<ImageRecord>) -> Self {
        Self { records: OnceLock::from(RwLock::new(records)), unread: None }
    }

    /// Of the `count` images of a workspace, which are read when they are asked for.
    pub fn unread(workspace: Arc<WorkspaceReader>, count: usize) -> Self {
        let asked = AtomicUsize::new(0);
        Self { records: OnceLock::new(), unread: Some(Unread { workspace, count, asked }) }
    }

    /// How many images there are.
    pub fn len(&self) -> usize {
        match (&self.unread, self.records.get()) {
            (Some(unread), None) => unread.count,
            _ => self.read().len(),
        }
    }

    /// One image.
    pub fn get(&self, id: ImageId) -> Option<ImageRecord> {
        self.some(&[id]).ok()?.pop()
    }

    /// Some images, in the order in which they are named, without those that there are not.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn some(&self, ids: &[ImageId]) -> Result<Vec<ImageRecord>, StoreError> {
        if let (Some(unread), None) = (&self.unread, self.records.get()) {
            let asked = unread.asked.fetch_add(ids.len(), Relaxed) + ids.len();
            if asked <= ONE_BY_ONE {
                let known: Vec<ImageId> = ids.iter().copied().filter(|id| id.index() < unread.count).collect();
                return unread.workspace.now()?.images_with(&known);
            }
            self.read_all()?;
        }
        let records = self.read();
        Ok(ids.iter().filter_map(|id| records.get(id.index()).cloned()).collect())
    }

    /// Everything, in id order.
    pub fn all(&self) -> Vec<ImageRecord> {
        self.read().clone()
    }

    /// Reads what was not read yet.
    ///
    /// # Errors
    /// When it cannot be read. Whoever asks all the same is told of no image.
    pub fn read_all(&self) -> Result<(), StoreError> {
        if let (Some(unread), None) = (&self.unread, self.records.get()) {
            let mut records = unread.workspace.now()?.images()?;
            // What another process added meanwhile was not opened.
            records.truncate(unread.count);
            self.records.set(RwLock::new(records)).ok();
        }
        Ok(())
    }

    /// The image that lies there.
    pub fn find(&self, path: &ImagePath) -> Option<ImageId> {
        match self.at(path) {
            Ok(found) => found.map(|record| record.id),
            Err(error) => {
                tracing::warn!("{error}");
                None
            }
        }
    }

    /// The same, and what is known of it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn at(&self, path: &ImagePath) -> Result<Option<ImageRecord>, StoreError> {
        if let (Some(unread), None) = (&self.unread, self.records.get()) {
            let found = unread.workspace.now()?.image_at(path)?;
            return Ok(found.filter(|record| record.id.index() < unread.count));
        }
        Ok(self.read().iter().find(|record| record.path == *path).cloned())
    }

    /// Ids by path, none of them seen by a walk yet.
    pub fn by_path(&self) -> HashMap<ImagePath, (ImageId, bool)> {
        self.read().iter().map(|record| (record.path.clone(), (record.id, false))).collect()
    }

    /// Gives the next id to an image that was met for the first time.
    pub fn enrol(&self, found: Found) -> ImageRecord {
        let mut records = self.known().write().unwrap_or_else(PoisonError::into_inner);
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

    /// Takes in what decoding an image told.
    pub fn describe(&self, record: &ImageRecord) {
        let mut records = self.known().write().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = records.get_mut(record.id.index()) {
            *slot = record.clone();
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, Vec<ImageRecord>> {
        self.known().read().unwrap_or_else(PoisonError::into_inner)
    }

    fn known(&self) -> &RwLock<Vec<ImageRecord>> {
        if let Err(error) = self.read_all() {
            tracing::warn!("{error}");
        }
        self.records.get_or_init(RwLock::default)
    }
}
