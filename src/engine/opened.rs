//! The collection that is open, as everything that works on it sees it.

use std::path::PathBuf;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, Mutex, PoisonError};

use crate::domain::{ImageRecord, Resizing, StoredActivations, StoredLayer};
use crate::engine::collection::activation_reader::ActivationReader;
use crate::engine::collection::catalogue::{Catalogue, labels_or_none};
use crate::engine::collection::classes::Classes;
use crate::engine::collection::library::Library;
use crate::engine::collection::reader::WorkspaceReader;
use crate::engine::collection::repair;
use crate::engine::message::{AnalysisAnswer, Asked, Collection, Event, NOT_KEPT, Problem};
use crate::engine::tensor::TensorHandle;
use crate::engine::thread::outbox::Outbox;
use crate::store::{Recorder, StoreError, Workspace};

/// What is open: one handle for all that work on it. Nothing of it is replaced until something else is opened; what
/// changes lies behind locks of its own.
pub struct Opened {
    /// The workspace.
    pub root: PathBuf,
    /// Reads it.
    pub workspace: Arc<WorkspaceReader>,
    /// The folder with the pictures.
    pub folder: PathBuf,
    /// Every image.
    pub catalogue: Arc<Catalogue>,
    /// Vectors.
    pub library: Arc<Library>,
    /// A layer's vectors of so many bytes are compared one by one, whatever index there is.
    pub exact_bytes: usize,
    /// Where the classes of an image can be read, if the network names any and their layer is stored.
    pub classes: Option<Classes>,
    /// The folder that all of the program's own data lies in, if another than usual was asked for.
    pub data_dir: Option<PathBuf>,
    /// What the listener knows of it.
    pub collection: Arc<Collection>,
    /// How pictures get the network's input size.
    pub input: Resizing,
    /// To the network.
    pub tensor: TensorHandle,
    /// Whole activations.
    pub kept: Arc<ActivationReader>,
    /// Writes results beside the workspace's writing end, as long as this process holds the workspace's lock; nobody if it does
    /// not. It shares that lock, and what still reads, as an export does, keeps all of this alive when something else is
    /// opened: hence it can be taken out ([`Self::stop_writing`]), or the workspace could not be opened again meanwhile.
    pub own_recorder: Mutex<Option<Recorder>>,
    /// Whether an extraction runs, which keeps exemplars up to date itself.
    pub is_gathering: AtomicBool,
    /// How many extractions have ended: one may be over between two looks at whether one runs.
    pub gathered: AtomicU64,
    /// To the listener.
    pub outbox: Outbox,
}

impl Opened {
    /// All vectors there are, in network order.
    pub fn stored(&self) -> &[StoredLayer] {
        &self.collection.stored
    }

    /// The layer whose vectors are scores of classes, if one is stored.
    pub fn class_layer(&self) -> Option<&str> {
        self.classes.as_ref().map(|classes| classes.source.layer.as_str())
    }

    /// The name of the features table.
    pub fn features(&self) -> &str {
        self.library.table_name()
    }

    /// Who writes results beside the writing end of the workspace, as long as this process holds that.
    pub fn own_recorder(&self) -> Option<Recorder> {
        self.own_recorder.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Lets go of the workspace's lock: what still reads of it, as an export does, keeps nobody from opening it again.
    pub fn stop_writing(&self) {
        *self.own_recorder.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Takes in images that are on record and not known yet: a commit of them was refused and is there all the same.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn take_in_recorded(&self, workspace: &Workspace) -> Result<(), StoreError> {
        let recorded = workspace.image_count();
        if recorded <= self.catalogue.len() {
            return Ok(());
        }
        let labels = labels_or_none(workspace.imported_labels(), &self.outbox);
        self.catalogue.fill(workspace, &labels, recorded, |now| self.outbox.tell(Event::Images(now)))
    }

    /// Nothing is extracted any more. Pictures may be others now than those that stored activations are of.
    pub fn end_gathering(&self) {
        self.gathered.fetch_add(1, Relaxed);
        self.is_gathering.store(false, Relaxed);
        self.kept.forget();
    }

    /// Somebody who may write results. What had to be set aside for it is told, unless it was when the collection was opened.
    ///
    /// # Errors
    /// When another process holds the workspace, or it was opened only to look.
    pub fn recorder(&self) -> Result<Recorder, StoreError> {
        if let Some(recorder) = self.own_recorder() {
            return Ok(recorder);
        }
        if self.workspace.only_looks() {
            return Err(StoreError::OpenedForReading { root: self.root.clone() });
        }
        let recorder = Recorder::open(&self.root)?;
        let remarks = recorder.remarks().iter().map(|remark| repair::remark(remark.clone()));
        remarks
            .filter(|remark| !self.collection.remarks.contains(remark))
            .for_each(|remark| self.outbox.remark(remark));
        Ok(recorder)
    }

    /// Tells what results the workspace holds.
    pub fn tell_results(&self) {
        let features = self.features();
        let found = self.workspace.now().and_then(|workspace| {
            let (clusterings, maps) = (workspace.clusterings(features)?, workspace.projections(features)?);
            let has_embedding = workspace.embedding_version(features)?.is_some();
            Ok(Event::Results { clusterings, maps, has_embedding })
        });
        match found {
            Ok(event) => self.outbox.tell(event),
            Err(error) => tracing::warn!(%error, "results are not listed"),
        }
        if Workspace::may_have_indices(&self.root) {
            match self.workspace.now().and_then(|workspace| workspace.indices(features)) {
                Ok(indices) => self.outbox.tell(Event::Answered(AnalysisAnswer::Indices(indices))),
                Err(error) => tracing::warn!(%error, "indices are not listed"),
            }
        }
        match self.stored_activations() {
            Ok(kept) => self.outbox.tell(Event::Answered(AnalysisAnswer::Activations(kept))),
            Err(problem) => tracing::warn!(%problem, "activations are not listed"),
        }
    }

    /// A result that cannot be kept is shown all the same: `what` it is, and `of` which wish.
    pub fn saved(&self, what: &str, of: Asked, outcome: Result<u64, StoreError>) {
        match outcome {
            Ok(_) => self.tell_results(),
            Err(error) => self.outbox.complain(of, Problem::new(format!("{what}{NOT_KEPT}"), error)),
        }
    }

    /// Of which layers activations are kept, and of how many images as their files are now.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn stored_activations(&self) -> Result<Vec<StoredActivations>, Problem> {
        let features = self.features();
        if !Workspace::may_have_activations(&self.root, features) {
            return Ok(Vec::new());
        }
        let unread = |error: StoreError| Problem::new("The activations could not be listed", error);
        let mut kept = self.workspace.now().and_then(|it| it.stored_activations(features)).map_err(unread)?;
        let images: Vec<ImageRecord> =
            self.catalogue.all().into_iter().filter(|record| record.problem.is_none()).collect();
        for kept in &mut kept {
            if let Some(table) = self.kept.table(&kept.layer)? {
                kept.images = images.iter().filter(|record| table.holds(record)).count();
            }
        }
        Ok(kept)
    }
}
