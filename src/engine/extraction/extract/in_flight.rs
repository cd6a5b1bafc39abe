//! A batch on its way: decoded, handed to the network, and what comes back handed to the disk.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use crossbeam_channel::{Receiver, bounded};
use rayon::prelude::*;

use super::{Extraction, THUMBNAIL_PX, Waiting};
use crate::domain::{ImageRecord, Matrix, Pooling};
use crate::engine::extraction::batching::BatchSize;
use crate::engine::extraction::store_batch::{BatchKind, StoreBatch};
use crate::engine::message::{Event, Problem, Stage};
use crate::engine::tensor::{Batch, Pooled, Wanted};
use crate::engine::thread::readers::Readers;
use crate::images::{self, ImagesError, Prepared};
use crate::store::{FileContent, NewImage};

/// A batch the network has.
pub(super) struct InFlight {
    kind: BatchKind,
    wanted: Arc<Wanted>,
    pub(super) images: Vec<NewImage>,
    readable: Vec<ImageRecord>,
    /// What the files came to.
    contents: Vec<FileContent>,
    /// Those that changed, as they are now: told once their vectors are those of now, too.
    changed: Vec<ImageRecord>,
    failed: usize,
    count: usize,
    answer: Option<Receiver<Result<Option<Pooled>, Problem>>>,
}

impl Extraction {
    /// Decodes a batch and hands it to the network; `None` if the job was stopped meanwhile.
    pub(super) fn start(
        &self,
        batch: Vec<Waiting>,
        kind: BatchKind,
        wanted: &Arc<Wanted>,
    ) -> Result<Option<InFlight>, Problem> {
        let count = batch.len();
        let _decode = tracing::debug_span!("decode", images = count, kind = ?kind).entered();
        let prepare = |waiting: Waiting| {
            if self.progress.is_cancelled() {
                return None;
            }
            let path = waiting.record.path.below(&self.folder);
            let begun = Instant::now();
            let outcome = self.prepare(&waiting, &path);
            self.progress.spend(Stage::Decode, begun.elapsed());
            Some((waiting, outcome.map_err(|error| error.reason())))
        };
        // One by one: several at a time would leave a core without work at the end of every batch.
        let prepared: Vec<_> = Readers::Job.run(|| batch.into_par_iter().with_max_len(1).map(prepare).collect());
        // A drive that went away is not a thousand broken pictures.
        if prepared.iter().flatten().any(|(_, outcome)| outcome.is_err()) && !self.folder.is_dir() {
            let why = format!("it vanished while it was read: {}", self.folder.display());
            return Err(Problem::new("The folder cannot be read any more", why)
                .with_remedy("Everything committed so far is saved. Open the folder again when it is back."));
        }
        let (images, readable, contents, changed) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let wanted = wanted.clone();
        let mut in_flight =
            InFlight { kind, wanted, images, readable, contents, changed, failed: 0, count, answer: None };
        let mut rgb = Vec::with_capacity(count * self.input.width as usize * self.input.height as usize * 3);
        let mut described = Vec::with_capacity(count);
        for item in prepared {
            let Some((Waiting { mut record, kind }, outcome)) = item else { return Ok(None) };
            let known_problem = record.problem.take();
            let mut thumbnail = None;
            match outcome {
                Ok((picture, content)) => {
                    in_flight.contents.extend(content);
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
            match kind {
                BatchKind::New | BatchKind::Supplement => described.push(record.clone()),
                // Not before its vectors are stored: whoever stops here would find nothing changed when going on.
                BatchKind::Changed => in_flight.changed.push(record.clone()),
                BatchKind::Again => {}
            }
            let is_news = match kind {
                BatchKind::New => record.id.index() >= self.recorded,
                // What is still as broken as it was need not be written again.
                BatchKind::Changed => record.problem.is_none() || record.problem != known_problem,
                BatchKind::Supplement => record.problem.is_some(),
                BatchKind::Again => false,
            };
            if is_news {
                in_flight.images.push(NewImage { record: record.with_label_of_folder(), thumbnail });
            }
        }
        self.catalogue.describe(&described);
        self.outbox.tell(Event::Images(self.catalogue.now()));
        if !in_flight.readable.is_empty() {
            let (reply, answer) = bounded(1);
            self.tensor.run(Batch {
                rgb,
                count: in_flight.readable.len(),
                wanted: in_flight.wanted.clone(),
                progress: self.progress.clone(),
                reply,
            })?;
            in_flight.answer = Some(answer);
        }
        Ok(Some(in_flight))
    }

    /// Decodes a picture, and says what the bytes of its file came to where that is news.
    fn prepare(&self, waiting: &Waiting, path: &Path) -> Result<(Prepared, Option<FileContent>), ImagesError> {
        let is_read_anew = matches!(waiting.kind, BatchKind::New | BatchKind::Changed);
        if self.recorder.is_none() || !is_read_anew {
            return images::prepare(path, &self.input, THUMBNAIL_PX).map(|prepared| (prepared, None));
        }
        let (prepared, whole) = images::prepare_and_hash(path, &self.input, THUMBNAIL_PX)?;
        let ImageRecord { id: image, file_bytes: bytes, modified_unix_secs: unix_secs, .. } = waiting.record;
        // Of one on record, other networks have vectors. Whether it is still what they saw, the walk says.
        let is_known = waiting.kind == BatchKind::New && self.contents.hash_of(image, bytes, unix_secs).is_some();
        let content = whole.filter(|_| !is_known).map(|whole| {
            let mut hash = [0; 16];
            hash.copy_from_slice(&whole[..16]);
            FileContent { image, bytes, unix_secs, hash }
        });
        Ok((prepared, content))
    }

    /// Takes what the network made of a batch and hands it to the disk.
    pub(super) fn finish(&mut self, batch: InFlight, size: &mut BatchSize) -> Result<(), Problem> {
        let (mut columns, mut places) = (Vec::new(), Vec::new());
        if let Some(answer) = batch.answer {
            let lost = |_| Problem::new("The network failed while it ran", "its thread has ended");
            match answer.recv().map_err(lost)?? {
                Some(pooled) => {
                    size.learn(batch.readable.len(), pooled.elapsed_secs);
                    (columns, places) = pooled.into_columns(&batch.wanted, &self.outbox);
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
        // Not before: of a picture whose content is known and whose vectors are not kept, nobody would see that they are old.
        self.contents_met.extend(batch.contents);
        if !batch.changed.is_empty() {
            self.replaced.images.extend(batch.changed.iter().map(|record| record.id));
            self.catalogue.describe(&batch.changed);
            self.outbox.tell(Event::Images(self.catalogue.now()));
        }
        self.progress.add(batch.count, batch.failed);
        Ok(())
    }
}
