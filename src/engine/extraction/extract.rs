//! The main job: walk → record → decode → forward → pool → store.
//!
//! Layers that were asked for later come first: they are extracted for the images the table has, and become columns of it.
//!
//! Three stages overlap: while the tensor thread runs a batch, the next one is decoded on the rayon pool, and the store
//! thread writes the one before. Queues between them hold one or two batches, so memory does not depend on the folder.

use std::collections::{HashMap, HashSet, VecDeque};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, bounded};
use rayon::prelude::*;

use crate::domain::{ImageId, ImagePath, ImageRecord, LARGEST_HALF, Matrix, Pooling, Resizing, counted, thousands};
use crate::engine::collection::roll::Roll;
use crate::engine::extraction::batching::BatchSize;
use crate::engine::extraction::store_batch::{BatchKind, StoreBatch};
use crate::engine::extraction::store_thread::StoreHandle;
use crate::engine::extraction::supplement_wish::SupplementWish;
use crate::engine::message::{Asked, Collection, Event, Problem, Progress};
use crate::engine::tensor::{Batch, Pooled, TensorHandle, Wanted};
use crate::engine::thread::outbox::Outbox;
use crate::images::{self, Found};
use crate::store::{NewImage, Recorder};

/// The longer side of a stored thumbnail in pixels.
pub const THUMBNAIL_PX: u32 = 192;

/// Found images are told in portions of at most this many, or of a tenth of a second.
const PORTION: usize = 512;

/// One extraction.
pub struct Extraction {
    /// The folder with the pictures.
    pub folder: PathBuf,
    /// What is open.
    pub collection: Arc<Collection>,
    /// Says what of the vectors an earlier version of the program cut off.
    pub recorder: Option<Recorder>,
    /// The name of the features table.
    pub features: String,
    /// Everything known so far.
    pub roll: Arc<Roll>,
    /// Known images that are not on disk with vectors or a problem, ascending.
    pub unfinished: Vec<ImageId>,
    /// What is missing of the layers that were asked for; `None` if the table has them all.
    pub supplement: Option<SupplementWish>,
    /// Images with vectors.
    pub with_vectors: HashSet<ImageId>,
    /// Images with a row in `images`: ids below this.
    pub recorded: usize,
    /// How pictures get the network's input size.
    pub input: Resizing,
    /// Which layers are pooled.
    pub wanted: Arc<Wanted>,
    /// Images per forward pass, if it is fixed.
    pub batch_images: Option<usize>,
    /// As many as the network takes at once.
    pub most_images: usize,
    /// Counters, and the wish to stop.
    pub progress: Arc<Progress>,
    /// To the network.
    pub tensor: TensorHandle,
    /// To the disk.
    pub store: StoreHandle,
    /// To the listener.
    pub outbox: Outbox,
    /// Set by the walk when it saw everything.
    pub walk_is_clean: Arc<AtomicBool>,
}

/// A picture that waits for the network.
struct Waiting {
    record: ImageRecord,
    kind: BatchKind,
}

/// A batch the network has.
struct InFlight {
    kind: BatchKind,
    wanted: Arc<Wanted>,
    images: Vec<NewImage>,
    readable: Vec<ImageRecord>,
    failed: usize,
    count: usize,
    answer: Option<Receiver<Result<Option<Pooled>, Problem>>>,
}

impl Extraction {
    /// Runs to the end, or until the progress is cancelled. What was finished is on disk afterwards.
    ///
    /// # Errors
    /// When the folder cannot be walked, the network fails or the disk refuses. What was committed stays.
    pub fn run(mut self) -> Result<(), Problem> {
        let (found, inbox) = bounded(4);
        let folder = self.folder.clone();
        let progress = self.progress.clone();
        let is_clean = self.walk_is_clean.clone();
        let walk = std::thread::Builder::new()
            .name("tiramisu-walk".into())
            .spawn(move || walk_in_portions(&folder, &progress, &found, &is_clean))
            .map_err(|error| Problem::new("The folder cannot be walked", error))?;
        let outcome = self.add_layers().and_then(|()| self.work(&inbox));
        drop(inbox);
        let walked = walk.join().unwrap_or_else(|_| Err(Problem::new("The folder cannot be walked", "internal error")));
        // A disk that refuses stops everything else, so its reason comes first, and what else happened is not hidden.
        let mut problems: Vec<Problem> =
            [self.store.flush(), outcome, walked].into_iter().filter_map(Result::err).collect();
        problems.dedup();
        let last = problems.pop();
        problems.into_iter().for_each(|problem| self.outbox.complain(Asked::Extract, problem));
        last.map_or(Ok(()), Err)
    }

    /// Brings in the layers that were asked for later, for the images that have vectors.
    fn add_layers(&mut self) -> Result<(), Problem> {
        while let Some(wish) = self.supplement.take() {
            self.supplement = self.add_supplement(wish)?;
        }
        Ok(())
    }

    /// Extracts one supplement and makes it part of the table; returns what is to be added after it.
    fn add_supplement(&mut self, wish: SupplementWish) -> Result<Option<SupplementWish>, Problem> {
        // A second one is more of the same work.
        self.progress.set_already(self.progress.done() - self.progress.done_now() + wish.already);
        self.progress.set_total(self.progress.total() + wish.already + wish.images.len(), false);
        let wanted = Arc::new(Wanted::new(&self.collection.layers, wish.columns, &wish.single));
        let mut size = BatchSize::new(self.batch_images, self.most_images);
        let mut in_flight: Option<InFlight> = None;
        let mut lacking = Vec::new();
        let mut waiting = wish.images.iter().filter_map(|id| {
            let record = self.roll.get(*id)?;
            Some(Waiting { record, kind: BatchKind::Supplement })
        });
        loop {
            let next: Vec<Waiting> = waiting.by_ref().take(size.images()).collect();
            let is_over = next.is_empty();
            let started = if is_over { None } else { self.start(next, BatchKind::Supplement, &wanted)? };
            if let Some(batch) = in_flight.take() {
                self.finish(batch, &mut size)?;
            }
            if self.progress.is_cancelled() {
                return Ok(None);
            }
            lacking.extend(started.iter().flat_map(|batch| &batch.images).map(|image| image.record.clone()));
            in_flight = started;
            if is_over {
                break;
            }
        }
        drop(waiting);
        // On record as unreadable they are tried again the next time, at all layers.
        let ids = lacking.iter().map(|record| record.id).collect();
        self.store.redescribe(lacking)?;
        let merged = self.store.merge(ids)?;
        self.wanted = Arc::new(Wanted::new(&self.collection.layers, merged.columns, &merged.single));
        Ok(merged.next)
    }

    fn work(&mut self, found: &Receiver<Portion>) -> Result<(), Problem> {
        if self.progress.is_cancelled() {
            return Ok(());
        }
        let mut known = self.roll.by_path();
        let mut waiting = self.unfinished_images();
        // Those go last, in batches of their own: their rows take the place of others.
        let mut changed = VecDeque::new();
        let mut walk_goes_on = true;
        let mut in_flight: Option<InFlight> = None;
        let mut size = BatchSize::new(self.batch_images, self.most_images);
        self.count_total(waiting.len(), false);
        // And those that were cut off after them: they have vectors that are nearly right.
        let mut again = self.cut_off()?;
        loop {
            while walk_goes_on {
                // Wait for the walk only when there is nothing else to do.
                let patience = if waiting.is_empty() { Duration::from_millis(50) } else { Duration::ZERO };
                match found.recv_timeout(patience) {
                    Ok(portion) => self.enrol(portion, &mut known, &mut waiting, &mut changed)?,
                    Err(RecvTimeoutError::Timeout) => break,
                    Err(RecvTimeoutError::Disconnected) => {
                        walk_goes_on = false;
                        self.end_walk(&known)?;
                    }
                }
                if self.progress.is_cancelled() {
                    break;
                }
            }
            if self.progress.is_cancelled() {
                return Ok(());
            }
            let (queue, kind) = match waiting.is_empty() && !walk_goes_on {
                true if changed.is_empty() => (&mut again, BatchKind::Again),
                true => (&mut changed, BatchKind::Changed),
                false => (&mut waiting, BatchKind::New),
            };
            let take = size.images().min(queue.len());
            let next: Vec<Waiting> = queue.drain(..take).collect();
            let started = if next.is_empty() { None } else { self.start(next, kind, &self.wanted)? };
            if let Some(batch) = in_flight.take() {
                self.finish(batch, &mut size)?;
            }
            in_flight = started;
            if in_flight.is_none() && [&waiting, &changed, &again].iter().all(|queue| queue.is_empty()) && !walk_goes_on
            {
                return Ok(());
            }
        }
    }

    /// Images with vectors that an earlier version of the program cut off at the largest half. They are extracted again
    /// as far as their pictures can be read; what is there stays until then.
    fn cut_off(&self) -> Result<VecDeque<Waiting>, Problem> {
        let Some(recorder) = self.recorder.as_ref().filter(|_| !self.with_vectors.is_empty()) else {
            return Ok(VecDeque::new());
        };
        let found = recorder.find_cut_off(&self.features, &|| self.progress.is_cancelled());
        let found = found.map_err(|error| Problem::new("The vectors could not be looked through", error))?;
        let records: Vec<ImageRecord> =
            found.unwrap_or_default().into_iter().filter_map(|id| self.roll.get(id)).collect();
        let (readable, gone): (Vec<_>, Vec<_>) = records.into_iter().partition(|record| record.problem.is_none());
        if let Some(first) = gone.first() {
            let of = counted(gone.len(), "image", "images");
            let why = format!(
                "an earlier version cut numbers off at {LARGEST_HALF}, and the pictures of {of} with such \
                 numbers cannot be read any more, the first of them {}",
                first.path.text
            );
            let problem = Problem::new("Some vectors stay wrong", why);
            self.outbox.complain(Asked::Extract, problem.with_remedy("Put the pictures back, and extract again."));
        }
        readable.iter().for_each(|_| self.progress.redo());
        Ok(readable.into_iter().map(|record| Waiting { record, kind: BatchKind::Again }).collect())
    }

    fn unfinished_images(&self) -> VecDeque<Waiting> {
        let waiting = |id: &ImageId| Some(Waiting { record: self.roll.get(*id)?, kind: BatchKind::New });
        self.unfinished.iter().filter_map(waiting).collect()
    }

    fn count_total(&self, waiting: usize, is_final: bool) {
        let total = self.roll.len();
        self.progress.set_already(total.saturating_sub(waiting + self.progress.done_now()));
        self.progress.set_total(total, is_final);
    }

    /// Gives ids to images met for the first time, and finds those whose files are others than they were.
    fn enrol(
        &self,
        portion: Portion,
        known: &mut HashMap<ImagePath, (ImageId, bool)>,
        waiting: &mut VecDeque<Waiting>,
        changed: &mut VecDeque<Waiting>,
    ) -> Result<(), Problem> {
        let mut fresh = Vec::new();
        let mut returned = Vec::new();
        for found in portion {
            if let Some((id, seen)) = known.get_mut(&found.path) {
                *seen = true;
                let on_disk = self.roll.get(*id).filter(|record| record.id.index() < self.recorded);
                let Some(mut record) = on_disk else { continue };
                let is_other =
                    (record.file_bytes, record.modified_unix_secs) != (found.file_bytes, found.modified_unix_secs);
                record.file_bytes = found.file_bytes;
                record.modified_unix_secs = found.modified_unix_secs;
                if record.is_gone_and_whole() && !is_other && self.with_vectors.contains(id) && record.width > 0 {
                    // It is back as it was.
                    record.problem = None;
                    returned.push(record);
                } else if record.problem.is_some() || (is_other && self.with_vectors.contains(id)) {
                    // What could not be read is tried again: it may have been copied anew.
                    self.progress.redo();
                    changed.push_back(Waiting { record, kind: BatchKind::Changed });
                }
                continue;
            }
            let record = self.roll.enrol(found);
            known.insert(record.path.clone(), (record.id, true));
            waiting.push_back(Waiting { record: record.clone(), kind: BatchKind::New });
            fresh.push(record);
        }
        if !fresh.is_empty() {
            self.progress.set_total(self.roll.len(), false);
            self.outbox.tell(Event::Found(fresh));
        }
        self.rewrite(returned)
    }

    /// Everything was met: what is on record and was not met has gone from the folder.
    fn end_walk(&self, known: &HashMap<ImagePath, (ImageId, bool)>) -> Result<(), Problem> {
        if self.progress.is_cancelled() {
            return Ok(());
        }
        let unseen = known.values().filter(|(_, seen)| !seen && self.walk_is_clean.load(Relaxed));
        let mut gone: Vec<ImageRecord> = unseen
            .filter_map(|(id, _)| self.roll.get(*id))
            .filter(|record| !record.is_gone() && record.id.index() < self.recorded)
            .collect();
        gone.iter_mut().for_each(ImageRecord::set_gone);
        gone.sort_unstable_by_key(|record| record.id);
        self.rewrite(gone)?;
        self.progress.set_total(self.roll.len(), true);
        self.outbox.tell(Event::Walked { total: self.roll.len() });
        Ok(())
    }

    /// Tells everybody what is known of these images now.
    fn rewrite(&self, records: Vec<ImageRecord>) -> Result<(), Problem> {
        if records.is_empty() {
            return Ok(());
        }
        records.iter().for_each(|record| self.roll.describe(record));
        self.outbox.tell(Event::Described(records.clone()));
        self.store.redescribe(records)
    }

    /// Decodes a batch and hands it to the network; `None` if the job was stopped meanwhile.
    fn start(&self, batch: Vec<Waiting>, kind: BatchKind, wanted: &Arc<Wanted>) -> Result<Option<InFlight>, Problem> {
        let count = batch.len();
        let prepared: Vec<_> = batch
            .into_par_iter()
            .map(|waiting| {
                if self.progress.is_cancelled() {
                    return None;
                }
                let path = waiting.record.path.below(&self.folder);
                let outcome = images::prepare(&path, &self.input, THUMBNAIL_PX);
                Some((waiting, outcome.map_err(|error| error.reason())))
            })
            .collect();
        // A drive that went away is not a thousand broken pictures.
        if prepared.iter().flatten().any(|(_, outcome)| outcome.is_err()) && !self.folder.is_dir() {
            let why = format!("it vanished while it was read: {}", self.folder.display());
            return Err(Problem::new("The folder cannot be read any more", why)
                .with_remedy("What was committed is kept; open the folder again when it is back."));
        }
        let (images, readable) = (Vec::new(), Vec::new());
        let mut in_flight = InFlight { kind, wanted: wanted.clone(), images, readable, failed: 0, count, answer: None };
        let mut rgb = Vec::with_capacity(count * self.input.width as usize * self.input.height as usize * 3);
        let mut described = Vec::with_capacity(count);
        for item in prepared {
            let Some((Waiting { mut record, kind }, outcome)) = item else { return Ok(None) };
            let known_problem = record.problem.take();
            let mut thumbnail = None;
            match outcome {
                Ok(picture) => {
                    record.width = picture.width;
                    record.height = picture.height;
                    rgb.extend_from_slice(&picture.network_input);
                    thumbnail = Some(picture.thumbnail.jpeg);
                    in_flight.readable.push(record.clone());
                }
                Err(reason) if kind == BatchKind::Again => {
                    // Whether it is gone or broken is for the walk to say; its vectors stay as they are.
                    tracing::warn!("{}: {reason}; its vectors stay cut off", record.path.text);
                    in_flight.failed += 1;
                    continue;
                }
                Err(_) if kind == BatchKind::Supplement && !record.path.below(&self.folder).exists() => {
                    record.set_gone_and_incomplete();
                    in_flight.failed += 1;
                }
                Err(reason) => {
                    record.problem = Some(reason);
                    in_flight.failed += 1;
                }
            }
            // Of what is only measured again no more is known than before, and perhaps less: the walk may have seen a newer file.
            if kind != BatchKind::Again {
                self.roll.describe(&record);
                described.push(record.clone());
            }
            let is_news = match kind {
                BatchKind::New => record.id.index() >= self.recorded,
                // What is still as broken as it was need not be written again.
                BatchKind::Changed => record.problem.is_none() || record.problem != known_problem,
                BatchKind::Supplement => record.problem.is_some(),
                BatchKind::Again => false,
            };
            if is_news {
                in_flight.images.push(NewImage { record, thumbnail });
            }
        }
        self.outbox.tell(Event::Described(described));
        if !in_flight.readable.is_empty() {
            let (reply, answer) = bounded(1);
            self.tensor.run(Batch {
                rgb,
                count: in_flight.readable.len(),
                wanted: wanted.clone(),
                progress: self.progress.clone(),
                reply,
            })?;
            in_flight.answer = Some(answer);
        }
        Ok(Some(in_flight))
    }

    /// Takes what the network made of a batch and hands it to the disk.
    fn finish(&self, batch: InFlight, size: &mut BatchSize) -> Result<(), Problem> {
        let (mut columns, mut places) = (Vec::new(), Vec::new());
        if let Some(answer) = batch.answer {
            let lost = |_| Problem::new("The network failed while it ran", "its thread has ended");
            match answer.recv().map_err(lost)?? {
                Some(pooled) => {
                    size.learn(batch.readable.len(), pooled.elapsed_secs);
                    (columns, places) = (pooled.columns, pooled.places);
                }
                None => return Ok(()),
            }
        }
        let readable = batch.readable;
        let layers = batch.wanted.columns.iter().filter(|column| column.pooling == Pooling::Maximum);
        let layers = layers.map(|column| column.layer.clone());
        self.store.take(StoreBatch {
            kind: batch.kind,
            images: if batch.kind == BatchKind::Supplement { Vec::new() } else { batch.images },
            ids: readable.iter().map(|record| record.id).collect(),
            paths: readable.iter().map(|record| record.path.text.clone()).collect(),
            labels: readable.into_iter().map(|record| record.label).collect(),
            places: layers.zip(places).collect(),
            values: batch.wanted.columns.iter().cloned().zip(columns.into_iter().map(Matrix::into_values)).collect(),
        })?;
        self.progress.add(batch.count, batch.failed);
        Ok(())
    }
}

type Portion = Vec<Found>;

fn walk_in_portions(
    folder: &Path,
    progress: &Progress,
    portions: &crossbeam_channel::Sender<Portion>,
    is_clean: &AtomicBool,
) -> Result<(), Problem> {
    let mut portion = Vec::new();
    let mut since = Instant::now();
    let summary = images::walk(folder, &|| progress.is_cancelled(), &mut |found| {
        portion.push(found);
        if portion.len() >= PORTION || since.elapsed() > Duration::from_millis(100) {
            since = Instant::now();
            if portions.send(std::mem::take(&mut portion)).is_err() {
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    })
    .map_err(|error| Problem::new("The folder cannot be walked", error))?;
    is_clean.store(summary.problems.is_empty() && !summary.stopped, Relaxed);
    portions.send(portion).ok();
    if let Some(first) = summary.problems.first() {
        let more = match summary.problems.len() - 1 {
            0 => String::new(),
            more => format!(" (and {} more)", thousands(more)),
        };
        return Err(Problem::new(
            "Part of the folder could not be read",
            format!("{}: {}{more}", first.path.text, first.reason),
        ));
    }
    Ok(())
}
