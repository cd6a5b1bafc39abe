//! The main job: walk → record → decode → forward → pool → store.
//!
//! Layers that were asked for later come first: they are extracted for the images the table has, and become columns of it.
//!
//! Three stages overlap: while the tensor thread runs a batch, the next one is decoded on the rayon pool, and the store
//! thread writes the one before. Queues between them hold one or two batches, so memory does not depend on the folder.

mod in_flight;
mod met;
mod moved;
mod touched;
mod walking;

use std::collections::{HashSet, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, bounded};

use in_flight::InFlight;
use met::Met;
pub use moved::Strays;
pub use touched::Replaced;
use touched::time_of;
pub use walking::SampleWish;
use walking::{Portion, make_in_portions, walk_in_portions};

use crate::domain::{ImageId, ImageRecord, ImageRef, LARGEST_HALF, Resizing, counted};
use crate::engine::collection::catalogue::Catalogue;
use crate::engine::extraction::batching::BatchSize;
use crate::engine::extraction::store_batch::BatchKind;
use crate::engine::extraction::store_thread::StoreHandle;
use crate::engine::extraction::supplement_wish::SupplementWish;
use crate::engine::message::{Asked, Collection, Event, Problem, Progress};
use crate::engine::tensor::{TensorHandle, Wanted};
use crate::engine::thread::outbox::Outbox;
use crate::store::{FileContent, FileContents, FileTime, FileTimes, Recorder};

pub use crate::images::thumbnail::THUMBNAIL_PX;

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
    /// Pictures that are to be made there first.
    pub making: Option<SampleWish>,
    /// Everything known so far.
    pub catalogue: Arc<Catalogue>,
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
    /// When files were last changed, to the part of a second, as it was known.
    pub times: FileTimes,
    /// The same of those that were met.
    pub times_met: Vec<FileTime>,
    /// What pictures' files came to, as it was known.
    pub contents: FileContents,
    /// The same of those that were read now and handed to the disk.
    pub contents_met: Vec<FileContent>,
    /// Pictures that took the place of others.
    pub replaced: Replaced,
    /// Pictures that were not known and may be known ones in other places: who is gone is known when the walk is over.
    pub strays: Strays,
    /// Set by the walk when it saw everything.
    pub walk_is_clean: Arc<AtomicBool>,
}

/// A picture that waits for the network.
struct Waiting {
    record: ImageRecord,
    kind: BatchKind,
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
        let making = self.making;
        let outbox = self.outbox.clone();
        let walk = std::thread::Builder::new()
            .name("tiramisu-walk".into())
            .spawn(move || {
                let made = making.map_or(Ok(()), |wish| make_in_portions(&folder, wish, &progress, &found));
                // What is there is taken in, whatever came of making more.
                walk_in_portions(&folder, &progress, &found, &is_clean, &outbox).and(made)
            })
            .map_err(|error| Problem::new("The folder cannot be walked", error))?;
        let outcome = self.add_layers().and_then(|()| self.work(&inbox));
        drop(inbox);
        let walked = walk.join().unwrap_or_else(|_| Err(Problem::new("The folder cannot be walked", "internal error")));
        let flushed = self.store.flush();
        if let (Ok(()), Some(recorder)) = (&flushed, self.recorder.clone()) {
            // Not before: what is remembered is not extracted again.
            match outcome.is_ok() && !self.progress.is_cancelled() {
                true => self.keep_times(&recorder),
                false => self.keep_times_of_replaced(&recorder),
            }
            let read = std::mem::take(&mut self.contents_met);
            if !read.is_empty() {
                self.contents.take(read);
                recorder.keep_file_contents(&self.contents);
            }
        }
        // A disk that refuses stops everything else, so its reason comes first, and what else happened is not hidden.
        let mut problems: Vec<Problem> = [flushed, outcome, walked].into_iter().filter_map(Result::err).collect();
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
        let catalogue = self.catalogue.clone();
        let mut waiting = wish.images.iter().filter_map(|id| {
            let record = catalogue.get(*id)?;
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
        let mut known = Met::none_of(&self.catalogue.now());
        self.contents = self.recorder.as_ref().map(Recorder::file_contents).unwrap_or_default();
        self.times = self.recorder.as_ref().map(Recorder::file_times).unwrap_or_default();
        self.replaced.since = self.recorder.as_ref().map_or(0, Recorder::next_images_version);
        self.strays = self.expect_strays();
        let mut waiting: VecDeque<ImageId> = self.unfinished.iter().copied().collect();
        // Those go last, in batches of their own: their rows take the place of others.
        let mut changed = VecDeque::new();
        let mut walk_goes_on = true;
        let mut in_flight: Option<InFlight> = None;
        let mut size = BatchSize::new(self.batch_images, self.most_images);
        self.count_total(waiting.len(), false);
        // And those that were cut off after them: they have vectors that are nearly right.
        let mut again = self.find_cut_off()?;
        loop {
            while walk_goes_on {
                // Wait for the walk only when there is nothing else to do.
                let patience = if waiting.is_empty() { Duration::from_millis(50) } else { Duration::ZERO };
                match found.recv_timeout(patience) {
                    Ok(portion) => self.enrol(portion, &mut known, &mut waiting, &mut changed)?,
                    Err(RecvTimeoutError::Timeout) => break,
                    Err(RecvTimeoutError::Disconnected) => {
                        walk_goes_on = false;
                        self.end_walk(&mut known, &mut waiting, &mut changed)?;
                    }
                }
                if self.progress.is_cancelled() {
                    break;
                }
            }
            if self.progress.is_cancelled() {
                return Ok(());
            }
            let most = size.images();
            let (next, kind): (Vec<Waiting>, BatchKind) = match waiting.is_empty() && !walk_goes_on {
                true if changed.is_empty() => (again.drain(..most.min(again.len())).collect(), BatchKind::Again),
                true => (changed.drain(..most.min(changed.len())).collect(), BatchKind::Changed),
                false => {
                    let ids = waiting.drain(..most.min(waiting.len()));
                    let waiting = |id| Some(Waiting { record: self.catalogue.get(id)?, kind: BatchKind::New });
                    (ids.filter_map(waiting).collect(), BatchKind::New)
                }
            };
            let started = if next.is_empty() { None } else { self.start(next, kind, &self.wanted)? };
            if let Some(batch) = in_flight.take() {
                self.finish(batch, &mut size)?;
            }
            in_flight = started;
            if in_flight.is_none() && waiting.is_empty() && changed.is_empty() && again.is_empty() && !walk_goes_on {
                return Ok(());
            }
        }
    }

    /// Images with vectors that an earlier version of the program cut off at the largest half. They are extracted again
    /// as far as their pictures can be read; what is there stays until then.
    fn find_cut_off(&self) -> Result<VecDeque<Waiting>, Problem> {
        let Some(recorder) = self.recorder.as_ref().filter(|_| !self.with_vectors.is_empty()) else {
            return Ok(VecDeque::new());
        };
        let found = recorder.find_cut_off(&self.features, &|| self.progress.is_cancelled());
        let found = found.map_err(|error| Problem::new("The stored vectors could not be checked", error))?;
        let records: Vec<ImageRecord> =
            found.unwrap_or_default().into_iter().filter_map(|id| self.catalogue.get(id)).collect();
        let (readable, gone): (Vec<_>, Vec<_>) = records.into_iter().partition(|record| record.problem.is_none());
        if let Some(first) = gone.first() {
            let of = counted(gone.len(), "image", "images");
            let why = format!(
                "an earlier version cut numbers off at {LARGEST_HALF}, and the pictures of {of} with such \
                 numbers cannot be read any more, the first of them {}",
                first.path.text
            );
            let problem = Problem::new("Some vectors are wrong and could not be replaced", why);
            self.outbox.complain(Asked::Extract, problem.with_remedy("Put the pictures back, and extract again."));
        }
        readable.iter().for_each(|_| self.progress.redo());
        Ok(readable.into_iter().map(|record| Waiting { record, kind: BatchKind::Again }).collect())
    }

    fn count_total(&self, waiting: usize, is_final: bool) {
        let total = self.catalogue.len();
        self.progress.set_already(total.saturating_sub(waiting + self.progress.done_now()));
        self.progress.set_total(total, is_final);
    }

    /// Gives ids to images met for the first time, and finds those whose files are others than they were.
    fn enrol(
        &mut self,
        portion: Portion,
        known: &mut Met,
        waiting: &mut VecDeque<ImageId>,
        changed: &mut VecDeque<Waiting>,
    ) -> Result<(), Problem> {
        let mut fresh = Vec::new();
        let mut returned = Vec::new();
        let mut again = Vec::new();
        let all = self.catalogue.now();
        let others = self.others_by_content(&portion, known);
        for found in portion {
            let is_known = known.known_at(&self.catalogue, &found.path).is_some();
            if !is_known && self.strays.may_be_known(&found, &all, &self.folder) {
                self.strays.found.push(found);
                continue;
            }
            let next = ImageId((self.catalogue.len() + fresh.len()) as u32);
            let met = known.meet(&self.catalogue, &found.path, next);
            // A folder that is being filled is walked more than once.
            if matches!(met, Some((_, true))) {
                continue;
            }
            let time = time_of(met.map_or(next, |(id, _)| id), &found);
            self.times_met.push(time);
            if let Some((id, _)) = met {
                let on_disk = self.catalogue.get(id).filter(|record| record.id.index() < self.recorded);
                let Some(mut record) = on_disk else { continue };
                let is_alike =
                    (record.file_bytes, record.modified_unix_secs) == (found.file_bytes, found.modified_unix_secs);
                let is_disguised = is_alike && (self.times.is_other(&time) || others.get(&id) == Some(&true));
                let is_other = !is_alike || is_disguised;
                if is_disguised {
                    self.replaced.disguised.insert(id);
                }
                record.file_bytes = found.file_bytes;
                record.modified_unix_secs = found.modified_unix_secs;
                if record.is_gone_and_whole() && !is_other && self.with_vectors.contains(&id) && record.width > 0 {
                    // It is back as it was.
                    record.problem = None;
                    returned.push(record);
                } else if record.problem.is_some() || is_other {
                    // What could not be read is tried again: it may have been copied anew. And of another picture the vectors
                    // of every network and the thumbnail are old, whether this network has seen it or not.
                    again.push(record);
                }
                continue;
            }
            fresh.push(found);
        }
        self.extract_again(again, waiting, changed);
        if !fresh.is_empty() {
            waiting.extend(self.catalogue.enrol(&fresh));
            known.enrolled();
            let to_come = self.making.map_or(0, |wish| wish.count);
            self.progress.set_total(self.catalogue.len().max(to_come), false);
            self.outbox.tell(Event::Images(self.catalogue.now()));
        }
        self.rewrite(returned)
    }

    /// Everything was met: what is on record and was not met has gone from the folder.
    fn end_walk(
        &mut self,
        known: &mut Met,
        waiting: &mut VecDeque<ImageId>,
        changed: &mut VecDeque<Waiting>,
    ) -> Result<(), Problem> {
        if self.progress.is_cancelled() {
            return Ok(());
        }
        let others = self.recognise_moved(known, waiting, changed)?;
        if self.progress.is_cancelled() {
            // What was not looked for to the end is not gone.
            return Ok(());
        }
        self.enrol(others, known, waiting, changed)?;
        let all = self.catalogue.now();
        let unseen = all.range(0..if self.walk_is_clean.load(Relaxed) { self.recorded } else { 0 });
        let mut gone: Vec<ImageRecord> =
            unseen.filter(|image| !known.is_met(image.id) && !image.is_gone()).map(ImageRef::to_record).collect();
        gone.iter_mut().for_each(ImageRecord::set_gone);
        self.rewrite(gone)?;
        self.progress.set_total(self.catalogue.len(), true);
        self.outbox.tell(Event::Walked { total: self.catalogue.len() });
        Ok(())
    }

    /// Tells everybody what is known of these images now.
    fn rewrite(&self, records: Vec<ImageRecord>) -> Result<(), Problem> {
        if records.is_empty() {
            return Ok(());
        }
        self.catalogue.describe(&records);
        self.outbox.tell(Event::Images(self.catalogue.now()));
        self.store.redescribe(records)
    }
}
