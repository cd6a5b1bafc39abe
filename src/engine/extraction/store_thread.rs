//! The one thread that writes: it owns the workspace and decides when to commit.
//!
//! Rows are gathered and committed together: a commit is a version and a file, and a version per batch would make a
//! search open thousands of them. The first commits come sooner, so that neighbours can be asked within seconds.

mod committer;
mod pending;

use std::sync::Arc;
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, bounded};

use committer::Committer;

use crate::domain::{ImageId, ImageRecord, StoredLayer};
use crate::engine::extraction::gathering::GatheringPlace;
use crate::engine::extraction::store_batch::StoreBatch;
use crate::engine::extraction::supplement_wish::SupplementWish;
use crate::engine::extraction::writer::Writer;
use crate::engine::message::{Problem, Progress};
use crate::engine::thread::outbox::Outbox;

enum StoreTask {
    Take(StoreBatch),
    Redescribe(Vec<ImageRecord>),
    Relocate(Vec<ImageRecord>),
    Merge(Vec<ImageId>, Sender<Result<Merged, Problem>>),
    Flush(Sender<Result<(), Problem>>),
}

/// What a merge came to.
pub struct Merged {
    /// All columns of the table.
    pub columns: Vec<StoredLayer>,
    /// Those of them that are in single precision.
    pub single: Vec<StoredLayer>,
    /// What is to be extracted next.
    pub next: Option<SupplementWish>,
}

/// The way to the thread.
pub struct StoreHandle {
    tasks: Sender<StoreTask>,
    join: Option<JoinHandle<()>>,
}

/// When to commit.
#[derive(Clone, Copy, Debug)]
pub struct CommitRule {
    /// At most so many images between two commits.
    pub images: usize,
    /// At most so many seconds between two commits.
    pub secs: f64,
}

impl StoreHandle {
    /// Starts the thread for one job; `progress` is cancelled when the disk refuses. The writer comes back at the end.
    pub fn start(
        writer: Writer,
        place: Option<GatheringPlace>,
        rule: CommitRule,
        progress: Arc<Progress>,
        outbox: Outbox,
    ) -> std::io::Result<(Self, Receiver<Writer>)> {
        let (tasks, inbox) = bounded(2);
        let (give_back, returned) = bounded(1);
        let committer = Committer::new(writer, place, rule, progress, outbox);
        let join = std::thread::Builder::new().name("tiramisu-store".into()).spawn(move || {
            give_back.send(committer.serve(&inbox)).ok();
        })?;
        Ok((Self { tasks, join: Some(join) }, returned))
    }

    /// Hands a batch over; waits while the disk is behind.
    pub fn take(&self, batch: StoreBatch) -> Result<(), Problem> {
        self.tasks.send(StoreTask::Take(batch)).map_err(|_| gone())
    }

    /// Writes anew what is known of images that are on disk. Their thumbnails and vectors stay.
    pub fn redescribe(&self, records: Vec<ImageRecord>) -> Result<(), Problem> {
        if records.is_empty() {
            return Ok(());
        }
        self.tasks.send(StoreTask::Redescribe(records)).map_err(|_| gone())
    }

    /// Writes down where images that are on disk lie now. What is known of them stays theirs.
    pub fn relocate(&self, moved: Vec<ImageRecord>) -> Result<(), Problem> {
        if moved.is_empty() {
            return Ok(());
        }
        self.tasks.send(StoreTask::Relocate(moved)).map_err(|_| gone())
    }

    /// Makes the supplement's layers part of the table, and begins the next if layers are still missing. Images in
    /// `lacking` get no vectors there.
    pub fn merge(&self, lacking: Vec<ImageId>) -> Result<Merged, Problem> {
        let (reply, answer) = bounded(1);
        self.tasks.send(StoreTask::Merge(lacking, reply)).map_err(|_| gone())?;
        answer.recv().map_err(|_| gone())?
    }

    /// Commits what is gathered and waits until it is on disk.
    pub fn flush(&self) -> Result<(), Problem> {
        let (reply, answer) = bounded(1);
        self.tasks.send(StoreTask::Flush(reply)).map_err(|_| gone())?;
        answer.recv().map_err(|_| gone())?
    }
}

impl Drop for StoreHandle {
    fn drop(&mut self) {
        // Closing the queue lets the thread end; waiting for it keeps the lock on the workspace orderly.
        self.tasks = bounded(0).0;
        if let Some(join) = self.join.take() {
            join.join().ok();
        }
    }
}

fn gone() -> Problem {
    Problem::new("The workspace cannot be written", "its thread has ended").with_remedy("Open the folder again.")
}
