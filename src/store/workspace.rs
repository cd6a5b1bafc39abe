//! What one collection knows, on disk.

mod records;
mod vectors;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::driver::{Driver, Reads};
use super::identity::{FILE, Identity};
use super::lock::WriteLock;
use super::manifests::is_table;
use super::table::Table;
use super::{Stamp, StoreError, Version, durable, images, index_records, known_images, names, torn};
use crate::domain::ImageRecord;

/// What a row of images weighs when fragments are put together: mostly its thumbnail.
pub(super) const IMAGE_ROW_BYTES: usize = 16 << 10;

/// A workspace that is open. Its calls block; it belongs on a thread of its own.
pub struct Workspace {
    root: PathBuf,
    pub(super) identity: Identity,
    pub(super) images: Table,
    pub(super) image_count: usize,
    /// The state of the images that they were counted in; `None` before that.
    pub(super) counted_at: Option<Stamp>,
    lock: Option<Arc<WriteLock>>,
    driver: Arc<Driver>,
    /// Where each image's row lies, once that had to be found out, and for which version.
    places: Mutex<Option<(u64, Arc<Vec<u64>>)>>,
    /// What was repaired when it was opened to write.
    pub(super) repaired: Vec<String>,
}

impl Workspace {
    /// Opens the workspace at `root` for reading and writing, or makes one for the images in `image_folder`.
    ///
    /// # Errors
    /// When it is open elsewhere, belongs to another image folder, was made by a later Tiramisu, or is damaged; when
    /// `root` holds something else, or cannot be written.
    pub fn open_or_create(root: &Path, image_folder: &Path) -> Result<Self, StoreError> {
        let root = absolute(root)?;
        let known = Identity::read(&root)?;
        let is_strange = |entry: fs::DirEntry| !entry.file_name().as_encoded_bytes().starts_with(b".");
        if known.is_none() && fs::read_dir(&root).is_ok_and(|mut found| found.any(|e| e.is_ok_and(is_strange))) {
            return Err(StoreError::NotAWorkspace { root });
        }
        let made = fs::create_dir_all(&root).and_then(|()| match (known.is_none(), root.parent()) {
            (true, Some(parent)) => durable::sync_folder(parent),
            _ => Ok(()),
        });
        made.map_err(|e| StoreError::from_io("cannot make the workspace's folder", &root, e))?;
        let lock = Arc::new(WriteLock::take(&root)?);
        // Once more: somebody may have made it while we waited for nothing.
        let mut is_lost = false;
        let identity = match Identity::read(&root)? {
            Some(identity) if identity.is_lost() => {
                is_lost = true;
                Identity::again(image_folder)
            }
            Some(identity) if identity.is_about(image_folder) => identity,
            Some(identity) => {
                let asked = std::path::absolute(image_folder).unwrap_or_else(|_| image_folder.to_owned());
                return Err(StoreError::OtherFolder { root, belongs_to: identity.image_folder(), asked });
            }
            None => {
                let identity = Identity::new(image_folder);
                identity.write(&root)?;
                identity
            }
        };
        let driver = Driver::start(&root)?;
        let mut repaired = torn::set_aside(&driver, &root)?;
        let path = root.join("images.lance");
        if !is_table(&path) && known.is_some() && has_features(&root) {
            // New images would get the ids that old features are stored under.
            let reason = "there are features, but no images they belong to".to_owned();
            return Err(StoreError::Damaged { reason, path });
        }
        if is_table(&path) {
            repaired.extend(Table::open(&driver, &path)?.set_torn_aside()?);
        }
        let tolerated = identity.layout().small_fragments;
        let images = Table::open_or_create(&driver, &path, images::schema())?.tolerating(tolerated);
        driver.note_images(images.version());
        let mut workspace = Self::with(root, identity, images, driver)?;
        workspace.lock = Some(lock);
        workspace.repaired = repaired;
        known_images::forget_others(&workspace.root, workspace.images.stamp());
        if is_lost {
            workspace.write_identity_again(image_folder)?;
        }
        workspace.finish_putting_back()?;
        Ok(workspace)
    }

    /// Where `workspace.json` is empty, whoever opens the folder that it was about brings it back. Whose pictures these are
    /// is told by themselves.
    fn write_identity_again(&mut self, image_folder: &Path) -> Result<(), StoreError> {
        let records = self.images()?;
        let lies_there = |record: &ImageRecord| record.path.below(image_folder).exists();
        if !records.is_empty() && !records.iter().any(lies_there) {
            let reason = format!(
                "{FILE} is empty, and none of the pictures on record is in {}; extract the folder that the workspace \
                 is about to write it anew",
                image_folder.display()
            );
            return Err(StoreError::Damaged { reason, path: self.root.join(FILE) });
        }
        self.identity.write(&self.root)?;
        self.repaired.push(format!(
            "{FILE} was empty and was written anew: the pictures on record lie in this folder. What was preferred \
             (`tiramisu storage --prefer`) is forgotten"
        ));
        Ok(())
    }

    /// The folder whose images the workspace at `root` knows, as [`Workspace::image_folder`]; no table is opened.
    ///
    /// # Errors
    /// As [`Workspace::open`], but for its tables.
    pub fn folder_of(root: &Path) -> Result<PathBuf, StoreError> {
        let root = absolute(root)?;
        let identity = Identity::read(&root)?.ok_or(StoreError::NoWorkspace { root })?;
        Ok(identity.image_folder())
    }

    /// Opens the workspace at `root` for reading only; others may write it meanwhile. Its tables are not changed, but what
    /// was found out on the way may be remembered in hidden files, so that the next question is answered sooner.
    ///
    /// # Errors
    /// When there is none, when it was made by a later Tiramisu, or is damaged.
    pub fn open(root: &Path) -> Result<Self, StoreError> {
        Self::open_by(root, Driver::start)
    }

    /// Opens the workspace at `root` only to look: no file of it is written, made or removed, whatever state it is in.
    ///
    /// # Errors
    /// As [`Workspace::open`].
    pub fn look_into(root: &Path) -> Result<Self, StoreError> {
        Self::open_by(root, Driver::start_to_look)
    }

    fn open_by(root: &Path, start: impl Fn(&Path) -> Result<Arc<Driver>, StoreError>) -> Result<Self, StoreError> {
        let root = absolute(root)?;
        let Some(identity) = Identity::read(&root)? else { return Err(StoreError::NoWorkspace { root }) };
        let driver = start(&root)?;
        let tolerated = identity.layout().small_fragments;
        let images = Table::open(&driver, &root.join("images.lance"))?.tolerating(tolerated);
        Self::with(root, identity, images, driver)
    }

    /// Nothing is locked or repaired yet.
    fn with(root: PathBuf, identity: Identity, images: Table, driver: Arc<Driver>) -> Result<Self, StoreError> {
        let (image_count, counted_at) = (images.rows()?, Some(images.stamp()));
        let (lock, places, repaired) = Default::default();
        Ok(Self { root, identity, images, image_count, counted_at, lock, driver, places, repaired })
    }

    /// Opens the workspace at `root` for reading and writing, whatever folder it is about.
    ///
    /// # Errors
    /// When there is none, when it is open elsewhere, was made by a later Tiramisu, or is damaged.
    pub fn open_to_write(root: &Path) -> Result<Self, StoreError> {
        let root = absolute(root)?;
        // Reading first: a lock is a file, and there must be a workspace to put it into.
        let Some(identity) = Identity::read(&root)? else { return Err(StoreError::NoWorkspace { root }) };
        if identity.is_lost() {
            let reason = format!("{FILE} is empty; `tiramisu extract FOLDER` writes it anew");
            return Err(StoreError::Damaged { reason, path: root.join(FILE) });
        }
        // A table may be on its way to its place, and who takes the lock puts it there.
        let lock = Arc::new(WriteLock::take(&root)?);
        let mut workspace = Self::open(&root)?;
        workspace.lock = Some(lock);
        workspace.repaired = torn::set_aside(&workspace.driver, &workspace.root)?;
        workspace.refresh()?;
        let remark = workspace.images.set_torn_aside()?;
        workspace.repaired.extend(remark);
        workspace.driver.note_images(workspace.images.version());
        workspace.finish_putting_back()?;
        Ok(workspace)
    }

    /// A second handle on the same state, which can go to another thread and only reads.
    pub fn reader(&self) -> Self {
        Self {
            root: self.root.clone(),
            identity: self.identity.clone(),
            images: self.images.clone(),
            image_count: self.image_count,
            counted_at: self.counted_at,
            lock: None,
            driver: self.driver.clone(),
            places: Mutex::default(),
            repaired: self.repaired.clone(),
        }
    }

    /// What the person should know: what cannot be read and is done without, each a sentence. Opened to write, it is what
    /// was found then.
    pub fn remarks(&self) -> Vec<String> {
        let torn = if self.repaired.is_empty() { torn::look(&self.root) } else { self.repaired.clone() };
        let lost = self.identity.is_lost().then(|| {
            format!(
                "{FILE} is empty, so it is not known which folder this workspace is about; `tiramisu extract \
                     FOLDER` writes it anew"
            )
        });
        torn.into_iter().chain(lost).chain(index_records::unreadable(&self.root)).collect()
    }

    /// Whether it was opened only to look ([`Workspace::look_into`]).
    pub fn only_looks(&self) -> bool {
        !self.driver.remembers()
    }

    /// The workspace's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder whose images it knows, absolute; empty if that is not known, because `workspace.json` is empty.
    pub fn image_folder(&self) -> PathBuf {
        self.identity.image_folder()
    }

    /// Number of images recorded.
    pub fn image_count(&self) -> usize {
        self.image_count
    }

    /// The version of the images table.
    pub fn version(&self) -> u64 {
        self.images.version()
    }

    /// All versions of the images table that are still there, oldest first.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn versions(&self) -> Result<Vec<Version>, StoreError> {
        self.images.versions()
    }

    /// Moves on to what another process committed meanwhile.
    ///
    /// # Errors
    /// When a table cannot be read.
    pub fn refresh(&mut self) -> Result<(), StoreError> {
        self.images.refresh()?;
        // A commit that the disk did not vouch for may be there without having been counted.
        let now = Some(self.images.stamp());
        if self.counted_at != now {
            self.image_count = self.images.rows()?;
            self.counted_at = now;
        }
        if self.lock.is_some() {
            self.driver.note_images(self.images.version());
        }
        // What is preferred is for those to say who write.
        if self.lock.is_none()
            && let Some(identity) = Identity::read(&self.root)?
        {
            self.identity = identity;
        }
        Ok(())
    }

    /// Deletes all but the last `kept` versions of every table of ours and those that have a name, and what killed
    /// processes left behind; returns the bytes freed. Other handles on older versions cannot be read from then on.
    ///
    /// # Errors
    /// When the workspace was opened for reading, or files cannot be read or deleted, or what a name keeps is not known. It is
    /// done to all other tables then.
    pub fn delete_old_versions(&mut self, kept: usize) -> Result<u64, StoreError> {
        self.expect_writable()?;
        let (mut freed, mut refused) = (0, None);
        for table in self.tables()? {
            match self.read_table(&table).and_then(|mut table| table.delete_old_versions(kept)) {
                Ok(bytes) => freed += bytes,
                Err(error) => refused = refused.or(Some(error)),
            }
        }
        refused.map_or(Ok(freed), Err)
    }

    pub(super) fn read_table(&self, name: &str) -> Result<Table, StoreError> {
        let (table, remark) = self.read_table_with_remark(name)?;
        if let Some(remark) = remark {
            tracing::warn!("{remark}");
        }
        Ok(table)
    }

    /// As [`Workspace::read_table`], with what there is to say of a damaged version that was set aside.
    pub(super) fn read_table_with_remark(&self, name: &str) -> Result<(Table, Option<String>), StoreError> {
        let tolerated = self.identity.layout().small_fragments;
        let mut table = Table::open(&self.driver, &self.table_path(name))?.tolerating(tolerated);
        // Whoever may write may be about to.
        let remark = if self.lock.is_some() { table.set_torn_aside()? } else { None };
        Ok((table, remark))
    }

    /// As [`Workspace::read_table`], but nothing of it is remembered yet, and what is read and written through it is counted
    /// apart.
    pub(super) fn read_table_anew(&self, name: &str) -> Result<Table, StoreError> {
        let tolerated = self.identity.layout().small_fragments;
        Ok(Table::open(&self.driver.apart(), &self.table_path(name))?.tolerating(tolerated))
    }

    /// What was asked of the disk since the workspace was opened, by this handle and its readers. What makes or overwrites a
    /// table, and what [`Workspace::storage`] measures, is not among it. Tests hold by it what a question may cost.
    pub fn reads(&self) -> Reads {
        self.driver.reads()
    }

    /// Waits until what is being remembered behind an answer is on the disk. Whoever drops the workspace waits without this.
    pub fn finish_remembering(&self) {
        self.driver.finish_noting();
    }

    pub(super) fn table_path(&self, name: &str) -> PathBuf {
        names::table_path(&self.root, name)
    }

    pub(super) fn driver(&self) -> &Arc<Driver> {
        &self.driver
    }

    pub(super) fn expect_writable(&self) -> Result<&Arc<WriteLock>, StoreError> {
        self.lock.as_ref().ok_or_else(|| StoreError::OpenedForReading { root: self.root.clone() })
    }

    pub(super) fn images_table(&self) -> &Table {
        &self.images
    }

    pub(super) fn damaged(&self, reason: &str) -> StoreError {
        StoreError::Damaged { reason: reason.to_owned(), path: self.images.path().to_owned() }
    }
}

/// Whether any other table was ever committed. No features are before there are images.
fn has_features(root: &Path) -> bool {
    // Handwork goes by the paths of its pictures, whatever their ids are.
    let is_of_ids = |path: &Path| {
        let name = path.file_stem().and_then(|name| name.to_str());
        is_table(path) && !name.is_some_and(names::is_handwork)
    };
    fs::read_dir(root).is_ok_and(|mut found| found.any(|entry| entry.is_ok_and(|entry| is_of_ids(&entry.path()))))
}

/// Lance takes paths as text and would read a leading `~` or a scheme its own way.
fn absolute(root: &Path) -> Result<PathBuf, StoreError> {
    if root.to_str().is_none() {
        return Err(StoreError::PathNotUnicode { root: root.to_owned() });
    }
    std::path::absolute(root).map_err(|e| StoreError::from_io("cannot find the workspace", root, e))
}
