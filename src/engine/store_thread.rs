//! The one thread that writes: it owns the workspace and decides when to commit.
//!
//! Rows are gathered and committed together: a commit is a version and a file, and a version per batch would make a
//! search open thousands of them. The first commits come sooner, so that neighbours can be asked within seconds.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use half::f16;

use super::open::Writer;
use super::outbox::Outbox;
use super::{Event, Problem, Progress};
use crate::domain::{ImageId, StoredLayer};
use crate::store::{FeatureRows, NewImage};

/// The first commit comes after so many seconds, each later one after twice as many, up to the limit.
const FIRST_COMMIT_SECS: f64 = 1.5;

/// One batch on its way to the disk.
pub struct StoreBatch {
    /// Rows of `images`, continuing the ids; empty for images recorded earlier.
    pub images: Vec<NewImage>,
    /// Whose vectors these are.
    pub ids: Vec<ImageId>,
    /// Their paths, for the table's text column.
    pub paths: Vec<String>,
    /// Their labels.
    pub labels: Vec<Option<String>>,
    /// For each stored layer one `[ids.len(), channels]` block.
    pub values: Vec<(StoredLayer, Vec<f16>)>,
}

enum Order {
    Take(StoreBatch),
    Flush(Sender<Result<(), Problem>>),
}

/// The way to the thread.
pub struct StoreHandle {
    orders: Sender<Order>,
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
        rule: CommitRule,
        progress: Arc<Progress>,
        outbox: Outbox,
    ) -> std::io::Result<(Self, Receiver<Writer>)> {
        let (orders, inbox) = bounded(2);
        let (give_back, returned) = bounded(1);
        let rows = writer.table.rows();
        let mut committer =
            Committer { writer, rule, outbox, progress, rows, pending: Pending::default(), broken: None };
        let join = std::thread::Builder::new().name("tiramisu-store".into()).spawn(move || {
            committer.serve(&inbox);
            give_back.send(committer.writer).ok();
        })?;
        Ok((Self { orders, join: Some(join) }, returned))
    }

    /// Hands a batch over; waits while the disk is behind.
    pub fn take(&self, batch: StoreBatch) -> Result<(), Problem> {
        self.orders.send(Order::Take(batch)).map_err(|_| gone())
    }

    /// Commits what is gathered and waits until it is on disk.
    pub fn flush(&self) -> Result<(), Problem> {
        let (reply, answer) = bounded(1);
        self.orders.send(Order::Flush(reply)).map_err(|_| gone())?;
        answer.recv().map_err(|_| gone())?
    }
}

impl Drop for StoreHandle {
    fn drop(&mut self) {
        // Closing the queue lets the thread end; waiting for it keeps the lock on the workspace orderly.
        self.orders = bounded(0).0;
        if let Some(join) = self.join.take() {
            join.join().ok();
        }
    }
}

fn gone() -> Problem {
    Problem::new("The workspace cannot be written", "its thread has ended").with_remedy("Open the folder again.")
}

#[derive(Default)]
struct Pending {
    images: Vec<NewImage>,
    rows: FeatureRows,
    since: Option<Instant>,
    commits: u32,
}

impl Pending {
    fn len(&self) -> usize {
        self.images.len().max(self.rows.ids.len())
    }
}

struct Committer {
    writer: Writer,
    rule: CommitRule,
    outbox: Outbox,
    progress: Arc<Progress>,
    rows: usize,
    pending: Pending,
    /// The first refusal of the disk: nothing is written after it, or ids would have gaps.
    broken: Option<Problem>,
}

impl Committer {
    fn serve(&mut self, orders: &Receiver<Order>) {
        loop {
            match orders.recv_timeout(self.until_due()) {
                Ok(Order::Take(batch)) => self.gather(batch),
                Ok(Order::Flush(reply)) => {
                    self.commit();
                    reply.send(self.broken.clone().map_or(Ok(()), Err)).ok();
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    self.commit();
                    return;
                }
            }
            if self.is_due() {
                self.commit();
            }
        }
    }

    fn wait_secs(&self) -> f64 {
        (FIRST_COMMIT_SECS * 2f64.powi(self.pending.commits.min(16) as i32)).min(self.rule.secs)
    }

    fn until_due(&self) -> Duration {
        match self.pending.since {
            Some(since) => Duration::from_secs_f64(self.wait_secs()).saturating_sub(since.elapsed()),
            None => Duration::from_secs(3600),
        }
    }

    fn is_due(&self) -> bool {
        self.pending.len() >= self.rule.images || (self.pending.len() > 0 && self.until_due().is_zero())
    }

    fn gather(&mut self, batch: StoreBatch) {
        if self.broken.is_some() {
            return;
        }
        self.pending.since.get_or_insert_with(Instant::now);
        self.pending.images.extend(batch.images);
        let rows = &mut self.pending.rows;
        rows.ids.extend(batch.ids);
        rows.paths.extend(batch.paths);
        rows.labels.extend(batch.labels);
        if rows.values.is_empty() {
            rows.values = batch.values;
        } else {
            for ((_, gathered), (_, values)) in rows.values.iter_mut().zip(batch.values) {
                gathered.extend(values);
            }
        }
    }

    /// Images first, vectors second: an image without vectors is found and done again, vectors without an image would
    /// belong to nobody.
    fn commit(&mut self) {
        let images = std::mem::take(&mut self.pending.images);
        let rows = std::mem::take(&mut self.pending.rows);
        self.pending.since = None;
        if self.broken.is_some() || (images.is_empty() && rows.ids.is_empty()) {
            return;
        }
        self.pending.commits += 1;
        match self.write(&images, rows) {
            Ok(version) => self.outbox.tell(Event::Committed { images: self.rows, version }),
            Err(problem) => {
                // The job stops and tells the reason when it flushes.
                self.progress.cancel();
                self.broken = Some(problem);
            }
        }
    }

    fn write(&mut self, images: &[NewImage], rows: FeatureRows) -> Result<u64, Problem> {
        let refused = |error: crate::store::StoreError| Problem::new("Results could not be saved", error);
        if !images.is_empty() {
            self.writer.workspace.append_images(images).map_err(refused)?;
        }
        if !rows.ids.is_empty() {
            let added = rows.ids.len();
            self.writer.table.append(rows).map_err(refused)?;
            self.rows += added;
        }
        Ok(self.writer.table.version())
    }
}
