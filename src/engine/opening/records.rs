//! What is on record of the images, read while the first of them are already looked at.

use std::sync::Arc;

use crate::domain::{ImportedLabels, Splits};
use crate::engine::collection::catalogue::{Catalogue, labels_or_none};
use crate::engine::collection::reader::WorkspaceReader;
use crate::engine::message::Event;
use crate::engine::thread::outbox::Outbox;
use crate::store::{StoreError, Workspace};

/// How many images are read before the folder is open: some screens full.
const FIRST: usize = 4096;

/// Records that are on disk, and the labels that were imported for them.
pub struct RecordsToTell {
    workspace: Workspace,
    labels: ImportedLabels,
    /// Why these could not be read.
    unread: Option<StoreError>,
    /// How many images there were when the folder was opened.
    count: usize,
}

impl RecordsToTell {
    /// Reads the first ones; `None` if nobody is to be told of any.
    ///
    /// # Errors
    /// When they cannot be read: then nothing need be opened.
    pub fn of(reader: &WorkspaceReader, catalogue: &Catalogue, tells_all: bool) -> Result<Option<Self>, StoreError> {
        if !tells_all {
            return Ok(None);
        }
        let workspace = reader.now()?;
        let (labels, unread) = match workspace.imported_labels() {
            Ok(labels) => (labels, None),
            Err(error) => (ImportedLabels::default(), Some(error)),
        };
        let count = workspace.image_count();
        catalogue.fill(&workspace, &labels, count.min(FIRST), |_| {})?;
        Ok(Some(Self { workspace, labels, unread, count }))
    }

    /// Tells the listener of the first ones, and of the others as they are read.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn tell(self, catalogue: &Catalogue, outbox: &Outbox) -> Result<(), StoreError> {
        if let Some(error) = self.unread {
            labels_or_none(Err(error), outbox);
        }
        if self.count > 0 {
            outbox.tell(Event::Images(catalogue.now()));
        }
        let splits = Splits::from(&self.labels);
        if !splits.images.is_empty() {
            outbox.tell(Event::Splits(Arc::new(splits)));
        }
        catalogue.fill(&self.workspace, &self.labels, self.count, |now| outbox.tell(Event::Images(now)))
    }
}
