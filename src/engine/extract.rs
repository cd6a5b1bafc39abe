//! The main job: walk → record → decode → forward → pool → store.
//!
//! Three stages overlap: while the tensor thread runs a batch, the next one is decoded on the rayon pool, and the store
//! thread writes the one before. Queues between them hold one or two batches, so memory does not depend on the folder.

use std::collections::{HashMap, VecDeque};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, bounded};
use rayon::prelude::*;

use super::batching::BatchSize;
use super::outbox::Outbox;
use super::roll::Roll;
use super::store_thread::{StoreBatch, StoreHandle};
use super::tensor_thread::{Batch, Pooled, TensorHandle, Wanted};
use super::{Event, Problem, Progress};
use crate::domain::{ImageId, ImagePath, ImageRecord, Matrix, Resizing};
use crate::images::{self, Found};
use crate::store::NewImage;

/// The longer side of a stored thumbnail in pixels.
pub const THUMBNAIL_PX: u32 = 192;

/// Found images are told in portions of at most this many, or of a tenth of a second.
const PORTION: usize = 512;

/// One extraction.
pub struct Extraction {
    /// The folder with the pictures.
    pub folder: PathBuf,
    /// Everything known so far.
    pub roll: Arc<Roll>,
    /// Known images that are not on disk with vectors or a problem, ascending.
    pub unfinished: Vec<ImageId>,
    /// Images with a row in `images`: ids below this.
    pub recorded: usize,
    /// How pictures get the network's input size.
    pub input: Resizing,
    /// Which layers are pooled.
    pub wanted: Arc<Wanted>,
    /// Images per forward pass, if it is fixed.
    pub batch_images: Option<usize>,
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
    is_new: bool,
}

/// A batch the network has.
struct InFlight {
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
        let outcome = self.work(&inbox);
        drop(inbox);
        let walked = walk.join().unwrap_or_else(|_| Err(Problem::new("The folder cannot be walked", "internal error")));
        let flushed = self.store.flush();
        outcome.and(walked).and(flushed)
    }

    fn work(&mut self, found: &Receiver<Portion>) -> Result<(), Problem> {
        let mut known = self.roll.by_path();
        let mut waiting = self.unfinished_images();
        let mut walk_goes_on = true;
        let mut in_flight: Option<InFlight> = None;
        let mut size = BatchSize::new(self.batch_images);
        self.count_total(waiting.len(), false);
        loop {
            while walk_goes_on {
                // Wait for the walk only when there is nothing else to do.
                let patience = if waiting.is_empty() { Duration::from_millis(50) } else { Duration::ZERO };
                match found.recv_timeout(patience) {
                    Ok(portion) => self.enrol(portion, &mut known, &mut waiting),
                    Err(RecvTimeoutError::Timeout) => break,
                    Err(RecvTimeoutError::Disconnected) => {
                        walk_goes_on = false;
                        self.end_walk(&known);
                    }
                }
                if self.progress.is_cancelled() {
                    break;
                }
            }
            if self.progress.is_cancelled() {
                return Ok(());
            }
            let take = size.images().min(waiting.len());
            let next: Vec<Waiting> = waiting.drain(..take).collect();
            let started = if next.is_empty() { None } else { self.start(next)? };
            if let Some(batch) = in_flight.take() {
                self.finish(batch, &mut size)?;
            }
            in_flight = started;
            if in_flight.is_none() && waiting.is_empty() && !walk_goes_on {
                return Ok(());
            }
        }
    }

    fn unfinished_images(&self) -> VecDeque<Waiting> {
        let record = |id: &ImageId| {
            let mut record = self.roll.get(*id)?;
            let is_new = id.index() >= self.recorded;
            // It is decoded again, and may be readable now.
            record.problem = None;
            Some(Waiting { record, is_new })
        };
        self.unfinished.iter().filter_map(record).collect()
    }

    fn count_total(&self, waiting: usize, is_final: bool) {
        let total = self.roll.len();
        if self.progress.done_now() == 0 && !is_final {
            self.progress.set_already(total - waiting);
        }
        self.progress.set_total(total, is_final);
    }

    /// Gives ids to images met for the first time.
    fn enrol(
        &self,
        portion: Portion,
        known: &mut HashMap<ImagePath, (ImageId, bool)>,
        waiting: &mut VecDeque<Waiting>,
    ) {
        let mut fresh = Vec::new();
        for found in portion {
            if let Some((id, seen)) = known.get_mut(&found.path) {
                *seen = true;
                // What could not be read is tried again: it may have been copied anew, or its drive is back.
                let broken = self.roll.get(*id).filter(|record| record.problem.is_some() && id.index() < self.recorded);
                if let Some(mut record) = broken {
                    record.problem = None;
                    self.progress.redo();
                    waiting.push_back(Waiting { record, is_new: false });
                }
                continue;
            }
            let record = self.roll.enrol(found);
            known.insert(record.path.clone(), (record.id, true));
            waiting.push_back(Waiting { record: record.clone(), is_new: true });
            fresh.push(record);
        }
        if !fresh.is_empty() {
            self.progress.set_total(self.roll.len(), false);
            self.outbox.tell(Event::Found(fresh));
        }
    }

    /// Everything was met: what is on record and was not met has gone from the folder.
    fn end_walk(&self, known: &HashMap<ImagePath, (ImageId, bool)>) {
        if self.progress.is_cancelled() {
            return;
        }
        let gone: Vec<ImageRecord> = known
            .values()
            .filter(|(_, seen)| !seen && self.walk_is_clean.load(Relaxed))
            .filter_map(|(id, _)| {
                let mut record = self.roll.get(*id)?;
                record.problem = Some("the file is not in the folder any more".to_owned());
                Some(record)
            })
            .collect();
        if !gone.is_empty() {
            self.outbox.tell(Event::Described(gone));
        }
        self.progress.set_total(self.roll.len(), true);
        self.outbox.tell(Event::Walked { total: self.roll.len() });
    }

    /// Decodes a batch and hands it to the network; `None` if the job was stopped meanwhile.
    fn start(&self, batch: Vec<Waiting>) -> Result<Option<InFlight>, Problem> {
        let count = batch.len();
        let prepared: Vec<_> = batch
            .into_par_iter()
            .map(|waiting| {
                if self.progress.is_cancelled() {
                    return None;
                }
                let path = waiting.record.path.below(&self.folder);
                let outcome = images::prepare(&path, &self.input, THUMBNAIL_PX);
                Some((waiting, outcome.map_err(|error| without_place(&error.to_string(), &path))))
            })
            .collect();
        // A drive that went away is not a thousand broken pictures.
        if prepared.iter().flatten().any(|(_, outcome)| outcome.is_err()) && !self.folder.is_dir() {
            let why = format!("it vanished while it was read: {}", self.folder.display());
            return Err(Problem::new("The folder cannot be read any more", why)
                .with_remedy("What was committed is kept; open the folder again when it is back."));
        }
        let mut in_flight = InFlight { images: Vec::new(), readable: Vec::new(), failed: 0, count, answer: None };
        let mut rgb = Vec::with_capacity(count * self.input.width as usize * self.input.height as usize * 3);
        let mut described = Vec::with_capacity(count);
        for item in prepared {
            let Some((Waiting { mut record, is_new }, outcome)) = item else { return Ok(None) };
            let mut thumbnail = None;
            match outcome {
                Ok(picture) => {
                    record.width = picture.width;
                    record.height = picture.height;
                    rgb.extend_from_slice(&picture.network_input);
                    thumbnail = Some(picture.thumbnail.jpeg);
                    in_flight.readable.push(record.clone());
                }
                Err(reason) => {
                    record.problem = Some(reason);
                    in_flight.failed += 1;
                }
            }
            self.roll.describe(&record);
            described.push(record.clone());
            if is_new {
                in_flight.images.push(NewImage { record, thumbnail });
            }
        }
        self.outbox.tell(Event::Described(described));
        if !in_flight.readable.is_empty() {
            let (reply, answer) = bounded(1);
            self.tensor.run(Batch {
                rgb,
                count: in_flight.readable.len(),
                wanted: self.wanted.clone(),
                progress: self.progress.clone(),
                reply,
            })?;
            in_flight.answer = Some(answer);
        }
        Ok(Some(in_flight))
    }

    /// Takes what the network made of a batch and hands it to the disk.
    fn finish(&self, batch: InFlight, size: &mut BatchSize) -> Result<(), Problem> {
        let mut columns = Vec::new();
        if let Some(answer) = batch.answer {
            let lost = |_| Problem::new("The network failed while it ran", "its thread has ended");
            match answer.recv().map_err(lost)?? {
                Some(pooled) => {
                    size.learn(batch.readable.len(), pooled.elapsed_secs);
                    columns = pooled.columns;
                }
                None => return Ok(()),
            }
        }
        let readable = batch.readable;
        self.store.take(StoreBatch {
            images: batch.images,
            ids: readable.iter().map(|record| record.id).collect(),
            paths: readable.iter().map(|record| record.path.text.clone()).collect(),
            labels: readable.into_iter().map(|record| record.label).collect(),
            values: self.wanted.columns.iter().cloned().zip(columns.into_iter().map(Matrix::into_values)).collect(),
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
    let summary = images::walk(folder, &mut |found| {
        portion.push(found);
        if portion.len() >= PORTION || since.elapsed() > Duration::from_millis(100) {
            since = Instant::now();
            if portions.send(std::mem::take(&mut portion)).is_err() {
                return ControlFlow::Break(());
            }
        }
        if progress.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })
    .map_err(|error| Problem::new("The folder cannot be walked", error))?;
    is_clean.store(summary.problems.is_empty() && !summary.stopped, Relaxed);
    portions.send(portion).ok();
    if let Some(first) = summary.problems.first() {
        let more = match summary.problems.len() - 1 {
            0 => String::new(),
            n => format!(" (and {n} more)"),
        };
        return Err(Problem::new(
            "Part of the folder could not be read",
            format!("{}: {}{more}", first.path.text, first.reason),
        ));
    }
    Ok(())
}

/// The reason alone: the table has the path in a column of its own.
fn without_place(message: &str, path: &Path) -> String {
    message.strip_suffix(&format!(": {}", path.display())).unwrap_or(message).to_owned()
}
