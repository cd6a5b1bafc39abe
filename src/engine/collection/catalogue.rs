//! The catalogue of the collection: every image the engine knows, by id, with the label that was imported for it or else its
//! folder's.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use crate::domain::{ImageId, ImagePath, ImageRecord, ImageRecords, ImageRef, ImportedLabels, SharedRecords};
use crate::engine::collection::reader::WorkspaceReader;
use crate::engine::message::Problem;
use crate::engine::thread::outbox::Outbox;
use crate::images::Found;
use crate::store::{ImportedState, StoreError, Workspace};

/// So many images are read one by one; who asks for more will ask for many.
const ONE_BY_ONE: usize = 64;

/// So many images are told at a time: few enough to be put behind those that are shown without sorting.
const TOLD_TOGETHER: usize = 4096;

/// So many images are read for the labels of their folders alone, at most: nobody is to wait for that.
const PLACED_FROM: usize = 65_536;

/// Shared by the threads of one open collection. What is known is a state that others may keep ([`Catalogue::now`]); who makes the next
/// one keeps nobody from taking it.
pub struct Catalogue {
    records: OnceLock<SharedRecords>,
    unread: Option<Unread>,
    /// What there is as long as they cannot be read.
    none: SharedRecords,
}

/// Images that are on disk and nobody asked for yet.
struct Unread {
    workspace: Arc<WorkspaceReader>,
    count: usize,
    /// How many were read one by one.
    asked: AtomicUsize,
    /// What was imported; `None` until an image is read. Taken before the records are.
    labels: Mutex<Option<ImportedLabels>>,
    /// In which state that was looked for last.
    looked_at: Mutex<Option<ImportedState>>,
    outbox: Outbox,
}

impl Unread {
    /// Whether so many more may be read one by one.
    fn are_few(&self, images: usize) -> bool {
        self.asked.fetch_add(images, Relaxed) + images <= ONE_BY_ONE
    }

    fn labels(&self) -> MutexGuard<'_, Option<ImportedLabels>> {
        self.labels.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was imported, read from `workspace` if it is not known yet. Where nothing was, no table is opened.
    fn read_labels<'a>(&self, workspace: &Workspace, labels: &'a mut Option<ImportedLabels>) -> &'a ImportedLabels {
        labels.get_or_insert_with(|| labels_or_none(workspace.imported_labels(), &self.outbox))
    }

    /// The image that lies there, with the label that its folder gives it.
    fn find(&self, workspace: &Workspace, path: &ImagePath) -> Result<Option<ImageRecord>, StoreError> {
        Ok(workspace.image_at(path)?.filter(|record| record.id.index() < self.count))
    }

    /// Lets images that were read from `workspace` have their labels.
    fn label<'a>(&self, workspace: &Workspace, records: impl IntoIterator<Item = &'a mut ImageRecord>) {
        let mut labels = self.labels();
        let labels = self.read_labels(workspace, &mut labels);
        records.into_iter().filter(|record| labels.images.contains_key(&record.id)).for_each(|record| {
            record.label = labels.label_of(record);
        });
    }
}

impl Catalogue {
    /// Starts with nothing: what an earlier run recorded is read by [`Catalogue::fill`].
    pub fn empty() -> Self {
        Self { records: OnceLock::from(SharedRecords::default()), unread: None, none: SharedRecords::default() }
    }

    /// Of the `count` images of a workspace, which are read when they are asked for. So are the labels that were imported for
    /// them, once; should that fail, `outbox` is told.
    pub fn unread(workspace: Arc<WorkspaceReader>, count: usize, outbox: Outbox) -> Self {
        let (asked, labels, looked_at) = Default::default();
        let unread = Unread { workspace, count, asked, labels, looked_at, outbox };
        Self { records: OnceLock::new(), unread: Some(unread), none: SharedRecords::default() }
    }

    /// How many images there are.
    pub fn len(&self) -> usize {
        match (&self.unread, self.records.get()) {
            (Some(unread), None) => unread.count,
            _ => self.now().len(),
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
            if unread.are_few(ids.len()) {
                let known: Vec<ImageId> = ids.iter().copied().filter(|id| id.index() < unread.count).collect();
                let workspace = unread.workspace.now()?;
                let mut found = workspace.images_with(&known)?;
                unread.label(&workspace, &mut found);
                return Ok(found);
            }
            self.read_all()?;
        }
        let records = self.now();
        Ok(ids.iter().filter_map(|id| records.get(*id).map(ImageRef::to_record)).collect())
    }

    /// Everything as it is known now. Whoever keeps it keeps what is not known otherwise by then.
    pub fn now(&self) -> ImageRecords {
        self.known().now()
    }

    /// Everything, in id order, each for itself: much more memory than [`Catalogue::now`].
    pub fn all(&self) -> Vec<ImageRecord> {
        self.now().to_vec()
    }

    /// Reads what is on record, of as many images as there are `at_most`; `tell` is handed what is known after each portion.
    ///
    /// # Errors
    /// When it cannot be read. What was read stays.
    pub fn fill(
        &self,
        workspace: &Workspace,
        labels: &ImportedLabels,
        at_most: usize,
        mut tell: impl FnMut(ImageRecords),
    ) -> Result<(), StoreError> {
        if !labels.images.is_empty() && self.known().now().is_empty() {
            self.place_labels_of_folders(workspace)?;
        }
        workspace.read_images(|read| {
            for portion in read.chunks(TOLD_TOGETHER) {
                let (known, now) = self.known().change(|records| {
                    let known = records.len();
                    take_in(records, portion, labels, at_most);
                    (known, records.clone())
                });
                if now.len() > known {
                    tell(now);
                }
            }
            if self.len() >= at_most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
    }

    /// Gives the labels of folders their places as they came before anything was imported, so that no colour is another when the
    /// folder is opened again.
    fn place_labels_of_folders(&self, workspace: &Workspace) -> Result<(), StoreError> {
        let mut images = 0;
        workspace.read_images(|read| {
            images += read.len();
            let has_room =
                self.known().change(|records| records.place_labels(read.iter().filter_map(|image| image.label)));
            if has_room && images < PLACED_FROM { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })
    }

    /// Reads what was not read yet.
    ///
    /// # Errors
    /// When it cannot be read. Whoever asks all the same is told of no image.
    pub fn read_all(&self) -> Result<(), StoreError> {
        if let (Some(unread), None) = (&self.unread, self.records.get()) {
            let workspace = unread.workspace.now()?;
            // Held until the records are there: who brings others meanwhile would find no image to give them to.
            let mut labels = unread.labels();
            let labels = unread.read_labels(&workspace, &mut labels);
            let mut records = ImageRecords::default();
            workspace.read_images(|read| {
                take_in(&mut records, read, labels, unread.count);
                if records.len() >= unread.count { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            })?;
            self.records.set(SharedRecords::from(records)).ok();
        }
        Ok(())
    }

    /// Takes in what another process imported or forgot since somebody asked last, where nothing is told unasked. Costs a look
    /// at a folder where nothing was.
    pub fn catch_up(&self) {
        let Some(unread) = &self.unread else { return };
        let now = unread.workspace.now().and_then(|workspace| Ok((workspace.imported_state()?, workspace)));
        let Ok((state, workspace)) = now.inspect_err(|error| tracing::warn!("{error}")) else { return };
        let mut looked_at = unread.looked_at.lock().unwrap_or_else(PoisonError::into_inner);
        if looked_at.as_ref() == Some(&state) {
            return;
        }
        // What nobody has read yet will be read as it is then.
        let is_read = unread.labels().is_some();
        *looked_at = Some(state);
        drop(looked_at);
        if is_read {
            self.relabel(labels_or_none(workspace.imported_labels(), &unread.outbox));
        }
    }

    /// The image that lies there.
    pub fn find(&self, path: &ImagePath) -> Option<ImageId> {
        let found = match (&self.unread, self.records.get()) {
            (Some(unread), None) if unread.are_few(1) => {
                unread.workspace.now().and_then(|workspace| unread.find(&workspace, path))
            }
            _ => self.read_all().map(|()| self.known_at(path)),
        };
        match found {
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
        if let (Some(unread), None) = (&self.unread, self.records.get())
            && unread.are_few(1)
        {
            let workspace = unread.workspace.now()?;
            let mut found = unread.find(&workspace, path)?;
            // Where there is none, there is no label to read.
            if let Some(record) = &mut found {
                unread.label(&workspace, [record]);
            }
            return Ok(found);
        }
        self.read_all()?;
        Ok(self.known_at(path))
    }

    /// Whether an image lies at a path.
    pub fn lies_at(&self, id: ImageId, path: &ImagePath) -> bool {
        self.now().get(id).is_some_and(|record| record.path == path.borrowed())
    }

    /// Gives the next ids to images that were met for the first time.
    pub fn enrol(&self, found: &[Found]) -> Vec<ImageId> {
        let next = |place: usize| ImageId(u32::try_from(place).expect("a collection has fewer than 2^32 images"));
        self.known().change(|records| {
            let first = records.len();
            records.extend((first..).zip(found).map(|(place, found)| ImageRef {
                id: next(place),
                path: found.path.borrowed(),
                label: found.path.parent_name(),
                width: 0,
                height: 0,
                file_bytes: found.file_bytes,
                modified_unix_secs: found.modified_unix_secs,
                problem: None,
            }));
            (first..records.len()).map(next).collect()
        })
    }

    /// Lets every image have the label that was imported for it, or else its folder's, also those that are not read yet.
    /// Says whether any changed, of those that were read.
    pub fn relabel(&self, labels: ImportedLabels) -> bool {
        let mut of_unread = self.unread.as_ref().map(Unread::labels);
        let relabel = |records: &mut ImageRecords| {
            let before = records.clone();
            let changed = before.iter().filter(|image| image.label != labels.name_of(*image));
            // Where a label is imported no more, the folder's stands again.
            let mut changed = changed.map(|image| ImageRef { label: labels.name_of(image), ..image }).peekable();
            let is_changed = changed.peek().is_some();
            if is_changed {
                records.replace(changed);
            }
            is_changed
        };
        let is_changed = self.records.get().is_some_and(|records| records.change(relabel));
        if let Some(of_unread) = &mut of_unread {
            **of_unread = Some(labels);
        }
        is_changed
    }

    /// Takes in what decoding images told. Their labels stay: others may have been imported meanwhile.
    pub fn describe(&self, told: &[ImageRecord]) {
        if told.is_empty() {
            return;
        }
        self.known().change(|records| {
            let before = records.clone();
            records.replace(told.iter().map(ImageRecord::borrowed).filter_map(|image| {
                let label = before.get(image.id)?.label;
                Some(ImageRef { label, ..image })
            }));
        });
    }

    /// Takes in where images lie now. Who had the label of its folder has that of its new one.
    pub fn relocate(&self, moved: &[ImageRecord]) {
        self.known().change(|records| {
            let before = records.clone();
            let now = moved.iter().map(ImageRecord::borrowed).filter_map(|image| {
                let was = before.get(image.id)?;
                let label = if was.label == was.path.parent_name() { image.path.parent_name() } else { was.label };
                Some(ImageRef { label, ..image })
            });
            records.relocate(&now.collect::<Vec<_>>());
        });
    }

    fn known_at(&self, path: &ImagePath) -> Option<ImageRecord> {
        let path = path.borrowed();
        self.now().iter().find(|record| record.path == path).map(ImageRef::to_record)
    }

    fn known(&self) -> &SharedRecords {
        if let Err(error) = self.read_all() {
            tracing::warn!("{error}");
        }
        // What could not be read is read the next time.
        self.records.get().unwrap_or(&self.none)
    }
}

/// Adds the images that come next, up to `at_most`: those that were read before, for the first pictures, are there, and what another
/// process added meanwhile was not opened.
fn take_in(records: &mut ImageRecords, read: &[ImageRef<'_>], labels: &ImportedLabels, at_most: usize) {
    let known = records.len();
    let new = read.iter().filter(|image| (known..at_most).contains(&image.id.index()));
    records.extend(new.map(|image| labelled(*image, labels)));
}

/// An image with the label that was imported for it, or else the one on record.
fn labelled<'a>(image: ImageRef<'a>, labels: &'a ImportedLabels) -> ImageRef<'a> {
    match labels.images.contains_key(&image.id) {
        true => ImageRef { label: labels.name_of(image), ..image },
        false => image,
    }
}

/// Labels that were imported; where they cannot be read, that is told, and the folders' stand.
pub fn labels_or_none(labels: Result<ImportedLabels, StoreError>, outbox: &Outbox) -> ImportedLabels {
    labels.unwrap_or_else(|error| {
        outbox.remark(Problem::new("Imported labels could not be read", error));
        ImportedLabels::default()
    })
}
