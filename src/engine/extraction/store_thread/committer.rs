//! What the thread does: it gathers, and commits when it is due.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError};

use super::pending::Pending;
use super::{CommitRule, Merged, StoreTask};
use crate::domain::{ImageId, ImageRecord};
use crate::engine::extraction::gathering::{Gathering, GatheringPlace, refused};
use crate::engine::extraction::store_batch::{BatchKind, StoreBatch};
use crate::engine::extraction::supplement_wish::SupplementWish;
use crate::engine::extraction::writer::Writer;
use crate::engine::message::{Asked, Event, Problem, Progress, Stage};
use crate::engine::thread::outbox::Outbox;
use crate::store::{FeatureTable, StoreError};

/// The first commit comes after so many seconds, each later one after twice as many, up to the limit.
const FIRST_COMMIT_SECS: f64 = 1.5;

/// Pending thumbnails and vectors of so many bytes are committed: on their way to the disk they are in memory about
/// twice.
const COMMIT_BYTES: usize = 8 << 20;
/// Records that are written anew in one commit; their thumbnails are read and written again.
const REDESCRIBED_TOGETHER: usize = 256;

/// Images whose new places are written in one commit: a folder that was renamed is mostly one. Their thumbnails are in memory
/// meanwhile.
const RELOCATED_TOGETHER: usize = 4096;

/// Gathers what is to be written, and commits it.
pub(super) struct Committer {
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
    /// With nothing gathered yet.
    pub(super) fn new(
        writer: Writer,
        place: Option<GatheringPlace>,
        rule: CommitRule,
        progress: Arc<Progress>,
        outbox: Outbox,
    ) -> Self {
        let gathering = place.clone().map(|place| Gathering::new(place, name_of(&writer.table)));
        let further = writer.supplement.as_ref().and_then(|further| Some(Gathering::new(place?, name_of(further))));
        let told_single = writer.in_single().len();
        let pending = Pending::default();
        Self { writer, rule, outbox, progress, pending, gathering, further, commits: 0, told_single, broken: None }
    }

    /// Works until nobody orders anything any more, and gives the writer back.
    pub(super) fn serve(mut self, tasks: &Receiver<StoreTask>) -> Writer {
        loop {
            let task = tasks.recv_timeout(self.until_due());
            let begun = Instant::now();
            match task {
                Ok(StoreTask::Take(batch)) => self.gather(batch),
                Ok(StoreTask::Redescribe(records)) => {
                    self.pending.since.get_or_insert_with(Instant::now);
                    self.pending.redescribed.extend(records);
                }
                Ok(StoreTask::Relocate(moved)) => {
                    // What waits may be about the same images.
                    self.commit();
                    self.relocate(moved);
                }
                Ok(StoreTask::Merge(lacking, reply)) => {
                    self.commit();
                    reply.send(self.merge(&lacking)).ok();
                }
                Ok(StoreTask::Flush(reply)) => {
                    self.commit();
                    self.finish_gathering();
                    // Before the answer: who waits for it reads what was spent.
                    self.progress.spend(Stage::Write, begun.elapsed());
                    reply.send(self.broken.clone().map_or(Ok(()), Err)).ok();
                    continue;
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    self.commit();
                    return self.writer;
                }
            }
            if self.is_due() {
                self.commit();
            }
            self.progress.spend(Stage::Write, begun.elapsed());
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
        // An image may have gone through the network before the walk found that it is another picture: what comes now takes the
        // place of what is in the table.
        if batch.kind == BatchKind::Changed && self.pending.new.len() > 0 {
            self.commit();
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
        let (images, bytes) = (pending.len(), pending.bytes);
        let commit = tracing::debug_span!("commit", images, bytes, version = tracing::field::Empty).entered();
        let outcome = self.write(pending);
        self.tell_precision();
        match outcome {
            Ok(version) => {
                commit.record("version", version);
                tracing::debug!(images = self.writer.table.rows(), version, "told");
                self.outbox.tell(Event::Committed { images: self.writer.table.rows(), version });
                self.save_gathering();
            }
            Err(error) => self.give_up(error),
        }
    }

    /// The job stops and tells the reason when it flushes.
    fn give_up(&mut self, error: StoreError) {
        self.progress.cancel();
        self.broken = Some(Problem::new("Results could not be saved", error));
    }

    fn relocate(&mut self, moved: Vec<ImageRecord>) {
        for portion in moved.chunks(RELOCATED_TOGETHER) {
            if self.broken.is_some() {
                return;
            }
            let records = portion.iter().cloned().map(ImageRecord::with_label_of_folder);
            if let Err(error) = self.writer.workspace.move_images(records.collect()) {
                self.give_up(error);
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
            workspace.announce_replacement();
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
            let records = portion.iter().cloned().map(ImageRecord::with_label_of_folder);
            workspace.redescribe_images(records.collect())?;
        }
        Ok(table.version())
    }

    fn merge(&mut self, lacking: &[ImageId]) -> Result<Merged, Problem> {
        if let Some(problem) = &self.broken {
            return Err(problem.clone());
        }
        let _merge = tracing::debug_span!("merge").entered();
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

/// The name of a table, without its ending.
fn name_of(table: &FeatureTable) -> String {
    table.path().file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
