//! Pictures that were moved or renamed: known ones that are gone, and new ones that are the same.
//!
//! A file is the same if its bytes are. Where nobody knows what the bytes of the gone one came to, as an extraction that was killed
//! leaves it, the same size and time of change say so, if no other file has them.

use std::collections::{HashMap, HashSet, VecDeque};
use std::path::Path;

use rayon::prelude::*;

use super::met::Met;
use super::touched::time_of;
use super::{Extraction, Portion, Waiting};
use crate::domain::{ImageId, ImageRecord, ImageRecords, ImageRef, PathRef};
use crate::engine::extraction::store_batch::BatchKind;
use crate::engine::message::{Event, Problem};
use crate::engine::thread::readers::Readers;
use crate::images::Found;
use crate::images::content_hash::content_hash;
use crate::store::FileContent;

/// Among so many copies the one is looked for that a file was.
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
    by_content: HashMap<(u64, Half), VecDeque<usize>>,
    /// Their sizes.
    sizes: HashSet<u64>,
    /// The others, by size and second; one of each, since several cannot be told apart.
    by_time: HashMap<(u64, i64), usize>,
}

impl AllGone<'_> {
    /// The one that a file is, which nobody is from then on. `is_alone` if of its size and second there is no other file, new or
    /// known.
    fn take(&mut self, found: &Found, content: Option<Half>, is_alone: bool) -> Option<ImageId> {
        let Self { all, by_content, by_time, .. } = self;
        let bytes = found.file_bytes;
        if let Some(copies) = content.and_then(|content| by_content.get_mut(&(bytes, content))) {
            // Of copies, the one whose name or time it has; of very many, among the first.
            let in_common = |(_, place): &(usize, &usize)| {
                let gone = &all[**place];
                (gone.path.file_name() == found.path.file_name(), gone.has_time_of(found), std::cmp::Reverse(**place))
            };
            let best = copies.iter().take(MOST_ALIKE).enumerate().max_by_key(in_common).map(|(at, _)| at);
            if let Some(place) = best.and_then(|at| copies.remove(at)) {
                return Some(all[place].image);
            }
        }
        let of_time = by_time.get(&(bytes, found.modified_unix_secs)).map(|place| &all[*place]);
        of_time.filter(|gone| is_alone && gone.has_time_of(found)).map(|gone| gone.image)
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
        // A drive that went away has not lost its pictures.
        if found.is_empty() || !self.folder.is_dir() {
            return Ok(found);
        }
        let all = self.catalogue.now();
        let mut gone = self.gone(all.range(0..self.recorded).filter(|image| !known.is_met(image.id)));
        let contents = self.contents_of(&found, &gone.sizes);
        if self.progress.is_cancelled() {
            return Ok(Portion::new());
        }
        let alike = self.alike(&found, &all);
        let queued: HashSet<ImageId> = waiting.iter().copied().collect();
        let (mut moved, mut others) = (Vec::new(), Portion::new());
        for (found, content) in found.into_iter().zip(contents) {
            let is_alone = alike.get(&(found.file_bytes, found.modified_unix_secs)) == Some(&[1, 1]);
            let image = gone.take(&found, content, is_alone);
            let Some(record) = image.and_then(|image| all.get(image)) else {
                others.push(found);
                continue;
            };
            let image = record.id;
            known.meet_elsewhere(image);
            let (bytes, unix_secs) = (found.file_bytes, found.modified_unix_secs);
            self.times_met.push(time_of(image, &found));
            let was = record.to_record();
            if let Some(hash) = content {
                self.contents_met.push(FileContent { image, bytes, unix_secs, hash });
            }
            let is_incomplete = was.is_gone() && !was.is_gone_and_whole();
            let was_missed = was.problem.is_some();
            let now = ImageRecord { path: found.path, modified_unix_secs: unix_secs, ..was };
            if is_incomplete {
                // It missed layers that were added while it was gone.
                self.progress.redo();
                changed.push_back(Waiting { record: now.clone(), kind: BatchKind::Changed });
            } else if was_missed && !self.with_vectors.contains(&image) && !queued.contains(&image) {
                // It is to be extracted, and was looked for in vain.
                self.progress.redo();
                waiting.push_back(image);
            }
            // Until what it lacks is there it is known to be incomplete.
            moved.push(if is_incomplete { now } else { ImageRecord { problem: None, ..now } });
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
        // Under a folder that cannot be looked into nothing is known to be gone.
        let is_gone = |image: &ImageRef<'_>| matches!(image.path.below(&self.folder).try_exists(), Ok(false));
        // One that is to be extracted was looked for already, perhaps, and has a problem of this run.
        let is_readable = |image: &ImageRef<'_>| {
            image.problem.is_none() || image.is_gone() || self.unfinished.binary_search(&image.id).is_ok()
        };
        let mut gone = AllGone::default();
        for image in unmet.filter(|image| image.width > 0 && is_readable(image) && is_gone(image)) {
            let (bytes, unix_secs) = (image.file_bytes, image.modified_unix_secs);
            let place = gone.all.len();
            match self.contents.hash_of(image.id, bytes, unix_secs) {
                Some(content) => {
                    gone.sizes.insert(bytes);
                    gone.by_content.entry((bytes, content)).or_default().push_back(place);
                }
                None => drop(gone.by_time.insert((bytes, unix_secs), place)),
            }
            let nanos = self.times.nanos_of(image.id, bytes, unix_secs);
            gone.all.push(Gone { image: image.id, path: image.path, unix_secs, nanos });
        }
        gone
    }

    /// How many files of the same size and second are new, and how many on record, where one is new.
    fn alike(&self, found: &[Found], all: &ImageRecords) -> HashMap<(u64, i64), [usize; 2]> {
        let mut alike: HashMap<(u64, i64), [usize; 2]> = HashMap::new();
        for found in found {
            alike.entry((found.file_bytes, found.modified_unix_secs)).or_default()[0] += 1;
        }
        for image in all.range(0..self.recorded) {
            if let Some([_, known]) = alike.get_mut(&(image.file_bytes, image.modified_unix_secs)) {
                *known += 1;
            }
        }
        alike
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
        Readers::Job.run(|| found.par_iter().map(read).collect())
    }
}
