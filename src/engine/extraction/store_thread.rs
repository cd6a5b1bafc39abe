//! The one thread that writes: it owns the workspace and decides when to commit.
//!
//! Rows are gathered and committed together: a commit is a version and a file, and a version per batch would make a
//! search open thousands of them. The first commits come sooner, so that neighbours can be asked within seconds.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use crate::domain::{ImageId, ImageRecord, StoredLayer};
use crate::engine::extraction::gathering::{Gathering, GatheringPlace, refused};
use crate::engine::extraction::store_batch::{BatchKind, StoreBatch};
use crate::engine::extraction::supplement_wish::SupplementWish;
use crate::engine::extraction::writer::Writer;
use crate::engine::message::{Asked, Event, Problem, Progress};
use crate::engine::thread::outbox::Outbox;
use crate::store::{FeatureRows, FeatureTable, NewImage, StoreError};

/// The first commit comes after so many seconds, each later one after twice as many, up to the limit.
const FIRST_COMMIT_SECS: f64 = 1.5;

/// Pending thumbnails and vectors of so many bytes are committed: on their way to the disk they are in memory about
/// twice.
const COMMIT_BYTES: usize = 8 << 20;
/// Records that are written anew in one commit; their thumbnails are read and written again.
const REDESCRIBED_TOGETHER: usize = 256;

enum Order {
    Take(StoreBatch),
    Redescribe(Vec<ImageRecord>),
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
        place: Option<GatheringPlace>,
        rule: CommitRule,
        progress: Arc<Progress>,
        outbox: Outbox,
    ) -> std::io::Result<(Self, Receiver<Writer>)> {
        let (orders, inbox) = bounded(2);
        let (give_back, returned) = bounded(1);
        let gathering = place.clone().map(|place| Gathering::new(place, name_of(&writer.table)));
        let further = writer.supplement.as_ref().and_then(|further| Some(Gathering::new(place?, name_of(further))));
        let told_single = writer.in_single().len();
        let mut committer = Committer {
            writer,
            rule,
            outbox,
            progress,
            pending: Pending::default(),
            gathering,
            further,
            commits: 0,
            told_single,
            broken: None,
        };
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

    /// Writes anew what is known of images that are on disk. Their thumbnails and vectors stay.
    pub fn redescribe(&self, records: Vec<ImageRecord>) -> Result<(), Problem> {
        if records.is_empty() {
            return Ok(());
        }
        self.orders.send(Order::Redescribe(records)).map_err(|_| gone())
    }

    /// Makes the supplement's layers part of the table, and begins the next if layers are still missing. Images in
    /// `lacking` get no vectors there.
    pub fn merge(&self, lacking: Vec<ImageId>) -> Result<Merged, Problem> {
        let (reply, answer) = bounded(1);
        self.orders.send(Order::Merge(lacking, reply)).map_err(|_| gone())?;
        answer.recv().map_err(|_| gone())?
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

/// The name of a table, without its ending.
fn name_of(table: &FeatureTable) -> String {
    table.path().file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn gone() -> Problem {
    Problem::new("The workspace cannot be written", "its thread has ended").with_remedy("Open the folder again.")
}

#[derive(Default)]
struct Pending {
    new: Gathered,
    changed: Gathered,
    supplement: Gathered,
    again: Gathered,
    redescribed: Vec<ImageRecord>,
    bytes: usize,
    since: Option<Instant>,
}

/// Batches of one kind, one after the other.
#[derive(Default)]
struct Gathered {
    images: Vec<NewImage>,
    rows: FeatureRows,
}

impl Gathered {
    fn len(&self) -> usize {
        self.images.len().max(self.rows.ids.len())
    }

    fn add(&mut self, batch: StoreBatch) {
        self.images.extend(batch.images);
        let rows = &mut self.rows;
        rows.ids.extend(batch.ids);
        rows.paths.extend(batch.paths);
        rows.labels.extend(batch.labels);
        if rows.values.is_empty() {
            rows.values = batch.values;
        } else {
            for ((_, gathered), (_, values)) in rows.values.iter_mut().zip(batch.values) {
                gathered.extend(values.as_ref());
            }
        }
    }
}

impl Pending {
    fn len(&self) -> usize {
        self.new.len() + self.changed.len() + self.supplement.len() + self.again.len() + self.redescribed.len()
    }
}

struct Committer {
    writer: Writer,
    rule: CommitRule,
    outbox: Outbox,
    progress: Arc<Progress>,
    pending: Pending,
    /// Exemplars and statistics of the table's channels.
    gathering: Option<Gathering>,
    /// Those of the supplement's.
    further: Option<Gathering>,
    commits: u32,
    /// How many columns were told to be in single precision.
    told_single: usize,
    /// The first refusal of the disk: nothing is written after it, or ids would have gaps.
    broken: Option<Problem>,
}

impl Committer {
    fn serve(&mut self, orders: &Receiver<Order>) {
        loop {
            match orders.recv_timeout(self.until_due()) {
                Ok(Order::Take(batch)) => self.gather(batch),
                Ok(Order::Redescribe(records)) => {
                    self.pending.since.get_or_insert_with(Instant::now);
                    self.pending.redescribed.extend(records);
                }
                Ok(Order::Merge(lacking, reply)) => {
                    self.commit();
                    reply.send(self.merge(&lacking)).ok();
                }
                Ok(Order::Flush(reply)) => {
                    self.commit();
                    self.finish_gathering();
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
        (FIRST_COMMIT_SECS * 2f64.powi(self.commits.min(16) as i32)).min(self.rule.secs)
    }

    fn until_due(&self) -> Duration {
        match self.pending.since {
            Some(since) => Duration::from_secs_f64(self.wait_secs()).saturating_sub(since.elapsed()),
            None => Duration::from_secs(3600),
        }
    }

    fn is_due(&self) -> bool {
        self.pending.len() >= self.rule.images
            || self.pending.bytes >= COMMIT_BYTES
            || (self.pending.len() > 0 && self.until_due().is_zero())
    }

    fn gather(&mut self, batch: StoreBatch) {
        if self.broken.is_some() {
            return;
        }
        // With nothing to write there is no commit that would stop the clock, and a clock that has run out is not
        // waited for.
        if batch.images.is_empty() && batch.ids.is_empty() {
            return;
        }
        self.pending.since.get_or_insert_with(Instant::now);
        self.pending.bytes += batch.bytes();
        let Writer { workspace, table, supplement, .. } = &self.writer;
        match (batch.kind, supplement) {
            (BatchKind::Supplement, Some(table)) => {
                self.further.iter_mut().for_each(|gathering| gathering.take(&batch, workspace, table));
            }
            (BatchKind::New | BatchKind::Changed | BatchKind::Supplement | BatchKind::Again, _) => {
                self.gathering.iter_mut().for_each(|gathering| gathering.take(&batch, workspace, table))
            }
        }
        match batch.kind {
            BatchKind::New => self.pending.new.add(batch),
            BatchKind::Changed => self.pending.changed.add(batch),
            BatchKind::Supplement => self.pending.supplement.add(batch),
            BatchKind::Again => self.pending.again.add(batch),
        }
    }

    fn commit(&mut self) {
        let pending = std::mem::take(&mut self.pending);
        if self.broken.is_some() || pending.len() == 0 {
            return;
        }
        self.commits += 1;
        let outcome = self.write(pending);
        self.tell_precision();
        match outcome {
            Ok(version) => {
                self.outbox.tell(Event::Committed { images: self.writer.table.rows(), version });
                self.save_gathering();
            }
            Err(error) => {
                // The job stops and tells the reason when it flushes.
                self.progress.cancel();
                self.broken = Some(Problem::new("Results could not be saved", error));
            }
        }
    }

    /// Tells which layers are in single precision, if there are more than was told before.
    fn tell_precision(&mut self) {
        let single = self.writer.in_single();
        if single.len() > self.told_single {
            self.told_single = single.len();
            self.outbox.tell(Event::InSingle { columns: single, is_news: true });
        }
    }

    /// Writes exemplars and statistics now and then. What was gathered is what was committed: a commit takes all.
    fn save_gathering(&mut self) {
        let Writer { table, supplement, .. } = &self.writer;
        let mut outcomes = Vec::new();
        outcomes.extend(self.gathering.as_mut().map(|gathering| gathering.save_now_and_then(table)));
        if let (Some(gathering), Some(supplement)) = (&mut self.further, supplement) {
            outcomes.push(gathering.save_now_and_then(supplement));
        }
        self.stop_gathering_if_refused(outcomes);
    }

    /// Writes them at the end of the job, or before somebody waits for what is on disk.
    fn finish_gathering(&mut self) {
        if self.broken.is_some() {
            return;
        }
        let Writer { workspace, table, supplement, .. } = &self.writer;
        let progress = &self.progress;
        let mut outcomes = Vec::new();
        outcomes.extend(self.gathering.as_mut().map(|gathering| gathering.finish(workspace, table, progress)));
        if let (Some(gathering), Some(supplement)) = (&mut self.further, supplement) {
            outcomes.push(gathering.finish(workspace, supplement, progress));
        }
        self.stop_gathering_if_refused(outcomes);
    }

    /// Exemplars are made from vectors whenever they are asked for, so failing to keep them is no reason to stop.
    fn stop_gathering_if_refused(&mut self, outcomes: Vec<Result<(), StoreError>>) {
        if let Some(error) = outcomes.into_iter().find_map(Result::err) {
            self.outbox.complain(Asked::Extract, refused(&error));
            (self.gathering, self.further) = (None, None);
        }
    }

    fn write(&mut self, pending: Pending) -> Result<u64, StoreError> {
        let Writer { workspace, table, supplement, .. } = &mut self.writer;
        let Pending { new, changed, supplement: further, again, redescribed, .. } = pending;
        // Images first, vectors second: an image without vectors is found and done again, vectors without an image
        // would belong to nobody.
        if !new.images.is_empty() {
            workspace.append_images(new.images)?;
        }
        if !new.rows.ids.is_empty() {
            table.append(new.rows)?;
        }
        // Vectors first, images second: while the record is the old one, the picture counts as changed.
        if changed.len() > 0 {
            // Once the record is the new one, nobody could tell that vectors elsewhere are those of the old picture.
            let ids: Vec<ImageId> = changed.images.iter().map(|image| image.record.id).collect();
            workspace.forget_vectors_elsewhere(&ids, table)?;
            let has_vectors = |id: &ImageId| changed.rows.ids.contains(id);
            let without: Vec<ImageId> =
                changed.images.iter().map(|image| image.record.id).filter(|id| !has_vectors(id)).collect();
            table.replace(changed.rows)?;
            table.remove(&without)?;
            workspace.replace_images(&changed.images)?;
        }
        if !again.rows.ids.is_empty() {
            table.replace(again.rows)?;
        }
        if let (Some(supplement), false) = (supplement, further.rows.ids.is_empty()) {
            supplement.append(further.rows)?;
        }
        for portion in redescribed.chunks(REDESCRIBED_TOGETHER) {
            workspace.redescribe_images(portion.to_vec())?;
        }
        Ok(table.version())
    }

    fn merge(&mut self, lacking: &[ImageId]) -> Result<Merged, Problem> {
        if let Some(problem) = &self.broken {
            return Err(problem.clone());
        }
        let refused = |error: StoreError| Problem::new("The layers could not be added", error);
        let Writer { workspace, table, supplement, wish } = &mut self.writer;
        if let Some(finished) = supplement.take() {
            self.gathering.iter_mut().for_each(|gathering| gathering.prepare(workspace, table));
            self.further.iter_mut().for_each(|gathering| gathering.prepare(workspace, &finished));
            let version = workspace.merge_supplement(table, finished, lacking).map_err(refused)?;
            self.outbox.tell(Event::Committed { images: table.rows(), version });
            if let (Some(gathering), Some(mut further)) = (&mut self.gathering, self.further.take()) {
                gathering.adopt(&mut further);
            }
            // What was finished may have been an earlier wish.
            *supplement = workspace.supplement(table, wish).map_err(refused)?;
            let place = self.gathering.as_ref().map(Gathering::place);
            self.further = supplement.as_ref().and_then(|next| Some(Gathering::new(place?, name_of(next))));
        }
        Ok(Merged {
            columns: table.columns().into_iter().map(|(stored, _)| stored).collect(),
            single: table.in_single(),
            next: supplement.as_ref().map(|next| SupplementWish::of(table, next)),
        })
    }
}
