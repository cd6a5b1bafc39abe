//! Files of the same size and time of modification of which the system says that something was changed: a program may have put the
//! time back after it wrote. Their content says whether they are other pictures.

use std::collections::{HashMap, HashSet, VecDeque};

use rayon::prelude::*;

use super::met::Met;
use super::{Extraction, Portion, Waiting};
use crate::domain::{ImageId, ImageRecord};
use crate::engine::extraction::store_batch::BatchKind;
use crate::engine::thread::readers::Readers;
use crate::images::Found;
use crate::images::content_hash::content_hash;
use crate::store::{FileContent, FileTime, Recorder};

/// Pictures that took the place of others on record.
#[derive(Default)]
pub struct Replaced {
    /// Those whose vectors were handed to the disk in the place of the others'.
    pub images: Vec<ImageId>,
    /// Those whose files have the size and second of the others'.
    pub disguised: HashSet<ImageId>,
    /// The version of the images since which they are on record.
    pub since: u64,
}

/// When a file that was met was last changed.
pub(super) fn time_of(image: ImageId, found: &Found) -> FileTime {
    FileTime {
        image,
        nanos: found.modified_nanos,
        bytes: found.file_bytes,
        unix_secs: found.modified_unix_secs,
        changed_unix_nanos: found.changed_unix_nanos,
        others: 0,
        since: 0,
    }
}

impl Extraction {
    /// Whether the files of a portion are others than they were, where nothing but their content can say: by images. Read are only
    /// those of which something was changed and whose content is known, all at once.
    pub(super) fn others_by_content(&self, portion: &Portion, known: &Met) -> HashMap<ImageId, bool> {
        let doubtful: Vec<(FileContent, &Found)> = portion
            .iter()
            .filter_map(|found| {
                let image = known.known_at(&self.catalogue, &found.path)?;
                let (bytes, unix_secs) = (found.file_bytes, found.modified_unix_secs);
                let is_doubtful = self.times.is_doubtful(&time_of(image, found));
                let hash = if is_doubtful { self.contents.hash_of(image, bytes, unix_secs)? } else { return None };
                Some((FileContent { image, bytes, unix_secs, hash }, found))
            })
            .collect();
        let compare = |(was, found): &(FileContent, &Found)| {
            if self.progress.is_cancelled() {
                return None;
            }
            // Why one cannot be read is told by who decodes it.
            let whole = content_hash(&found.path.below(&self.folder));
            Some((was.image, whole.map_or(true, |whole| whole[..16] != was.hash)))
        };
        let read: Vec<(ImageId, bool)> = Readers::Job.run(|| doubtful.par_iter().filter_map(compare).collect());
        if !read.is_empty() {
            tracing::debug!(files = read.len(), "compared by their content");
        }
        read.into_iter().collect()
    }

    /// Lets images on record be extracted as other pictures than they were, and not as images without vectors for which they may
    /// wait.
    pub(super) fn extract_again(
        &self,
        records: Vec<ImageRecord>,
        waiting: &mut VecDeque<ImageId>,
        changed: &mut VecDeque<Waiting>,
    ) {
        let lacking = records.iter().map(|record| record.id).filter(|id| !self.with_vectors.contains(id));
        let lacking: HashSet<ImageId> = lacking.collect();
        let before = waiting.len();
        if !lacking.is_empty() {
            waiting.retain(|id| !lacking.contains(id));
        }
        // Those that waited are counted as work that is left already.
        (before - waiting.len()..records.len()).for_each(|_| self.progress.redo());
        changed.extend(records.into_iter().map(|record| Waiting { record, kind: BatchKind::Changed }));
    }

    /// Remembers the times of all that were met.
    pub(super) fn keep_times(&mut self, recorder: &Recorder) {
        self.times.carry_over(&mut self.times_met, &self.replaced.disguised, self.replaced.since);
        recorder.keep_file_times(&self.times_met);
    }

    /// Of a run that was stopped, remembers the times of those whose vectors took the place of others: results that are told of the
    /// pictures before are seen to be old, also where only the part of a second is another.
    pub(super) fn keep_times_of_replaced(&self, recorder: &Recorder) {
        if self.replaced.images.is_empty() {
            return;
        }
        let replaced: HashSet<ImageId> = self.replaced.images.iter().copied().collect();
        let mut now: Vec<FileTime> =
            self.times_met.iter().copied().filter(|time| replaced.contains(&time.image)).collect();
        self.times.carry_over(&mut now, &self.replaced.disguised, self.replaced.since);
        recorder.keep_file_times(&self.times.with(now));
    }
}
