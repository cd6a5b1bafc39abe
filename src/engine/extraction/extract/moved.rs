//! Pictures that were moved or renamed: known ones that are gone, and new ones that are the same.
//!
//! A file is the same if its bytes are. Where nobody knows what the bytes of the gone one came to, as an extraction that was killed
//! leaves it, the same size and time of change say so, if no other file has them.

use std::collections::{HashMap, HashSet, VecDeque};
use std::path::Path;
use std::sync::atomic::Ordering::Relaxed;

use rayon::prelude::*;

use super::met::Met;
use super::{Extraction, Portion, Waiting};
use crate::domain::{ImageId, ImageRecord, ImageRecords, ImageRef, PathRef};
use crate::engine::extraction::store_batch::BatchKind;
use crate::engine::message::{Event, Problem};
use crate::images::Found;
use crate::images::content_hash::content_hash;
use crate::store::FileTime;

/// Of so many files that have the same size and time nobody can say which is which.
const MOST_ALIKE: usize = 64;

/// What may be a known picture in another place.
#[derive(Default)]
pub struct Strays {
    /// Known files by their sizes, ascending.
    by_size: Vec<(u64, ImageId)>,
    /// Of which sizes one is not where it was, as far as that was asked.
    is_gone: HashMap<u64, bool>,
    /// What has such a size, as it was met.
    pub found: Portion,
}

impl Strays {
    /// Whether a file that is met may be a known one: one of its size is not where it was. Where none is gone, as after an
    /// extraction that was killed, nothing waits for the end of the walk, and images get the ids that they would have got.
    pub fn may_be_known(&mut self, found: &Found, all: &ImageRecords, folder: &Path) -> bool {
        let by_size = &self.by_size;
        *self.is_gone.entry(found.file_bytes).or_insert_with_key(|size| {
            let first = by_size.partition_point(|(bytes, _)| bytes < size);
            let mut alike = by_size[first..].iter().take_while(|(bytes, _)| bytes == size);
            alike.any(|(_, id)| all.get(*id).is_some_and(|image| !image.path.below(folder).exists()))
        })
    }
}

/// The first half of the hash of a file's bytes.
type Half = [u8; 16];

/// A known picture whose file is not where it was.
struct Gone<'a> {
    image: ImageId,
    path: PathRef<'a>,
    unix_secs: i64,
    nanos: Option<u32>,
    is_taken: bool,
}

impl Gone<'_> {
    fn has_time_of(&self, found: &Found) -> bool {
        self.unix_secs == found.modified_unix_secs && self.nanos.is_none_or(|nanos| nanos == found.modified_nanos)
    }
}

/// All that are gone.
#[derive(Default)]
struct AllGone<'a> {
    all: Vec<Gone<'a>>,
    /// Those whose bytes are known, by their size and what they came to.
    by_content: HashMap<(u64, Half), Vec<usize>>,
    /// Their sizes.
    sizes: HashSet<u64>,
    /// The others, by size and second.
    by_time: HashMap<(u64, i64), Vec<usize>>,
}

impl AllGone<'_> {
    /// The one that a file is, which nobody is from then on. `is_alone` if no other new file has its size and time.
    fn take(&mut self, found: &Found, content: Option<Half>, is_alone: bool) -> Option<ImageId> {
        let bytes = found.file_bytes;
        let of_content = content.and_then(|content| self.by_content.get(&(bytes, content)));
        let alike = of_content.into_iter().flatten().copied().filter(|place| !self.all[*place].is_taken);
        // Of copies, the one whose name or time it has.
        let in_common = |place: &usize| {
            let gone = &self.all[*place];
            (gone.path.file_name() == found.path.file_name(), gone.has_time_of(found), std::cmp::Reverse(*place))
        };
        let by_content = alike.max_by_key(in_common);
        let place = by_content.or_else(|| {
            let of_time = self.by_time.get(&(bytes, found.modified_unix_secs))?;
            let mut alike = of_time.iter().copied().filter(|place| self.all[*place].has_time_of(found));
            let first = alike.next().filter(|_| is_alone && of_time.len() <= MOST_ALIKE)?;
            (alike.next().is_none() && !self.all[first].is_taken).then_some(first)
        })?;
        self.all[place].is_taken = true;
        Some(self.all[place].image)
    }
}

impl Extraction {
    /// What may be met in other places.
    pub(super) fn expect_strays(&self) -> Strays {
        let all = self.catalogue.now();
        let read_once = all.range(0..self.recorded).filter(|image| image.width > 0);
        let mut by_size: Vec<(u64, ImageId)> = read_once.map(|image| (image.file_bytes, image.id)).collect();
        by_size.sort_unstable();
        Strays { by_size, ..Strays::default() }
    }

    /// Lets known pictures that were moved be where they are now; returns what is new. Those that have no vectors of this network
    /// wait for it.
    pub(super) fn recognise_moved(
        &mut self,
        known: &mut Met,
        waiting: &mut VecDeque<ImageId>,
        changed: &mut VecDeque<Waiting>,
    ) -> Result<Portion, Problem> {
        let Strays { found, .. } = std::mem::take(&mut self.strays);
        if found.is_empty() || !self.walk_is_clean.load(Relaxed) {
            return Ok(found);
        }
        let all = self.catalogue.now();
        let mut gone = self.gone(all.range(0..self.recorded).filter(|image| !known.is_met(image.id)));
        let contents = self.contents_of(&found, &gone.sizes);
        if self.progress.is_cancelled() {
            return Ok(Portion::new());
        }
        let as_met = times_and_sizes(&found);
        let queued: HashSet<ImageId> = waiting.iter().copied().collect();
        let (mut moved, mut others) = (Vec::new(), Portion::new());
        for (found, content) in found.into_iter().zip(contents) {
            let is_alone = as_met.get(&time_and_size(&found)) == Some(&1);
            let image = gone.take(&found, content, is_alone);
            let Some(record) = image.and_then(|image| all.get(image)) else {
                others.push(found);
                continue;
            };
            let image = record.id;
            known.meet_elsewhere(image);
            let (bytes, unix_secs, nanos) = (found.file_bytes, found.modified_unix_secs, found.modified_nanos);
            self.times_met.push(FileTime { image, nanos, bytes, unix_secs });
            let was = record.to_record();
            let is_incomplete = was.is_gone() && !was.is_gone_and_whole();
            let now = ImageRecord { path: found.path, modified_unix_secs: unix_secs, ..was };
            if is_incomplete {
                // It missed layers that were added while it was gone.
                self.progress.redo();
                changed.push_back(Waiting { record: now.clone(), kind: BatchKind::Changed });
            } else if !self.with_vectors.contains(&image) && !queued.contains(&image) {
                // It is to be extracted, and was looked for in vain.
                self.progress.redo();
                waiting.push_back(image);
            }
            moved.push(ImageRecord { problem: None, ..now });
        }
        if !moved.is_empty() {
            tracing::info!(pictures = moved.len(), "known in other places");
            self.progress.count_moved(moved.len());
            self.catalogue.relocate(&moved);
            self.outbox.tell(Event::Images(self.catalogue.now()));
            self.store.relocate(moved)?;
        }
        Ok(others)
    }

    /// What is gone and was read once.
    fn gone<'a>(&self, unmet: impl Iterator<Item = ImageRef<'a>>) -> AllGone<'a> {
        // One that is to be extracted was looked for already, perhaps, and has a problem of this run.
        let is_readable = |image: &ImageRef<'_>| {
            image.problem.is_none() || image.is_gone() || self.unfinished.binary_search(&image.id).is_ok()
        };
        let mut gone = AllGone::default();
        for image in unmet.filter(|image| image.width > 0 && is_readable(image)) {
            let (bytes, unix_secs) = (image.file_bytes, image.modified_unix_secs);
            let places = match self.contents.hash_of(image.id, bytes, unix_secs) {
                Some(content) => {
                    gone.sizes.insert(bytes);
                    gone.by_content.entry((bytes, content)).or_default()
                }
                None => gone.by_time.entry((bytes, unix_secs)).or_default(),
            };
            places.push(gone.all.len());
            let nanos = self.times.nanos_of(image.id, bytes, unix_secs);
            gone.all.push(Gone { image: image.id, path: image.path, unix_secs, nanos, is_taken: false });
        }
        gone
    }

    /// What the bytes of those files come to that may be one of known content.
    fn contents_of(&self, found: &[Found], sizes: &HashSet<u64>) -> Vec<Option<Half>> {
        let read = |found: &Found| {
            if !sizes.contains(&found.file_bytes) || self.progress.is_cancelled() {
                return None;
            }
            let whole = content_hash(&found.path.below(&self.folder)).ok()?;
            whole[..16].try_into().ok()
        };
        found.par_iter().map(read).collect()
    }
}

type TimeAndSize = (u64, i64, u32);

fn time_and_size(found: &Found) -> TimeAndSize {
    (found.file_bytes, found.modified_unix_secs, found.modified_nanos)
}

/// How many files have each.
fn times_and_sizes(found: &[Found]) -> HashMap<TimeAndSize, usize> {
    let mut counts = HashMap::new();
    found.iter().for_each(|found| *counts.entry(time_and_size(found)).or_default() += 1);
    counts
}
