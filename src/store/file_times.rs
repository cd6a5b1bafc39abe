//! The parts of a second in which pictures' files were last changed: `.times` in the workspace. A picture that is saved twice within
//! a second, with as many bytes, is seen by them. And when the system last changed anything of the files: where only that is another,
//! as when a program put the time of modification back, the content has to say. It is remembered and no more: without it whole
//! seconds are compared.
//!
//! What was made of the picture before one that nothing but this tells from it would be taken for what is known of the later one:
//! results, and vectors of an earlier version that is restored. So it is remembered, too, how many pictures of the same time a file
//! was before ([`FileTime::others`]), which counts as a part of its time, and since which version of the images it is what it is
//! ([`FileTime::since`]).

use std::collections::HashSet;
use std::path::Path;

use super::remembered::{Remembered, remember};
use super::{Recorder, Stamp};
use crate::domain::ImageId;

const NAME: &str = "times";
/// It is of no table's state: what it says of a picture counts where its file is the same by bytes and seconds.
/// The number is that of the entries' form.
const OF_NO_STATE: Stamp = Stamp { version: 2, committed_unix_micros: 0 };
/// The form before, which did not say since when a picture is what it is.
const BEFORE: Stamp = Stamp { version: 1, ..OF_NO_STATE };
/// Bytes of an entry, where it is remembered.
const ENTRY: usize = 40;
/// Bytes of one of the form before: the first of those.
const ENTRY_BEFORE: usize = 32;
/// Nanoseconds of a second.
const SECOND: u32 = 1_000_000_000;
/// So many pictures of one time are told apart: as many seconds as fit into the number beside the parts of one.
const TOLD_APART: u8 = 4;
/// What file systems round times down to, in nanoseconds. A collection that moved to another disk did not change by that.
const GRAINS: [u32; 6] = [100, 1_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000];

/// When a picture's file was last changed, with what else tells one state of it from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileTime {
    /// The image.
    pub image: ImageId,
    /// Nanoseconds beyond the whole second.
    pub nanos: u32,
    /// Size in bytes.
    pub bytes: u64,
    /// Whole seconds since 1970.
    pub unix_secs: i64,
    /// When the system last changed anything of it, in nanoseconds since 1970; 0 where that is not known.
    pub changed_unix_nanos: i64,
    /// How many other pictures of this size and time its file was before, each seen by its content; counted from 0 again at 4.
    pub others: u8,
    /// The version of the images since which it is this picture, where the one before had its size and second; else 0.
    pub since: u64,
}

impl FileTime {
    /// Its nanoseconds as results keep them.
    fn told_nanos(&self) -> u32 {
        self.nanos % SECOND + u32::from(self.others % TOLD_APART) * SECOND
    }
}

/// Those of all images that were met last.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FileTimes {
    /// Ascending.
    known: Vec<FileTime>,
}

impl FileTimes {
    /// Whether the file was changed within the second of its time, as far as that is known.
    pub fn is_other(&self, now: &FileTime) -> bool {
        self.known_as(now).is_some_and(|known| !is_same_moment(known.nanos, now.nanos))
    }

    /// Whether something of the file was changed although its size and time of modification are the same: its rights, its name, or
    /// its content by a program that put the time back. Which, its content says.
    pub fn is_doubtful(&self, now: &FileTime) -> bool {
        self.known_as(now).is_some_and(|known| {
            let times = [known.changed_unix_nanos, now.changed_unix_nanos];
            times[0] != times[1] && !times.contains(&0) && !self.is_other(now)
        })
    }

    /// What is known of the image, if its file has the same size and second.
    fn known_as(&self, now: &FileTime) -> Option<&FileTime> {
        let at = self.known.binary_search_by_key(&now.image, |known| known.image).ok()?;
        let known = &self.known[at];
        ((known.bytes, known.unix_secs) == (now.bytes, now.unix_secs)).then_some(known)
    }
}

impl FileTimes {
    /// The parts of a second of an image's file as it was on record, in nanoseconds; `None` if nobody knows.
    pub fn nanos_of(&self, image: ImageId, bytes: u64, unix_secs: i64) -> Option<u32> {
        let at = self.known.binary_search_by_key(&image, |known| known.image).ok()?;
        let known = &self.known[at];
        ((known.bytes, known.unix_secs) == (bytes, unix_secs)).then_some(known.nanos)
    }

    /// The same, and in whole seconds how many other pictures of that time the file was before.
    pub(super) fn told_nanos_of(&self, image: ImageId, bytes: u64, unix_secs: i64) -> Option<u32> {
        let at = self.known.binary_search_by_key(&image, |known| known.image).ok()?;
        let known = &self.known[at];
        ((known.bytes, known.unix_secs) == (bytes, unix_secs)).then_some(known.told_nanos())
    }

    /// Whether a row that was made beside this version of the images is of a picture that the image is no more, although size and
    /// second of its file are the same.
    pub(super) fn is_of_another(&self, image: ImageId, images_version: u64) -> bool {
        let at = self.known.binary_search_by_key(&image, |known| known.image);
        at.is_ok_and(|at| self.known[at].since > images_version)
    }

    /// Takes over what is known of files that have the size and second they had. Those of `replaced` are other pictures all the
    /// same, `since` that version of the images.
    pub fn carry_over(&self, met: &mut [FileTime], replaced: &HashSet<ImageId>, since: u64) {
        for time in met {
            let Some(known) = self.known_as(time).copied() else { continue };
            (time.others, time.since) = (known.others, known.since);
            if replaced.contains(&time.image) {
                time.since = since;
                // Parts of a second that differ tell it already.
                if is_same_moment(known.nanos, time.nanos) {
                    time.others = (known.others + 1) % TOLD_APART;
                }
            }
        }
    }

    /// Those of the workspace at `root`, which has so many images; nothing where they cannot be read.
    pub fn read(root: &Path, images: usize) -> Self {
        let content = |form, bytes| Remembered::open(root, NAME, form).and_then(|kept| kept.read(images, bytes));
        let mut known: Vec<FileTime> = match content(OF_NO_STATE, ENTRY) {
            Some(content) => content.as_chunks::<ENTRY>().0.iter().map(entry).collect(),
            None => {
                let content = content(BEFORE, ENTRY_BEFORE).unwrap_or_default();
                content.as_chunks::<ENTRY_BEFORE>().0.iter().map(entry_before).collect()
            }
        };
        known.sort_unstable_by_key(|known| known.image);
        Self { known }
    }

    /// Forgets all but those of some images.
    pub(super) fn keep_only(&mut self, is_kept: impl Fn(ImageId) -> bool) {
        self.known.retain(|time| is_kept(time.image));
        self.known.shrink_to_fit();
    }

    /// All of them, with those of some images as they are `now`.
    pub fn with(&self, mut now: Vec<FileTime>) -> Vec<FileTime> {
        now.extend(&self.known);
        // Of two of one image the first is the later one.
        now.sort_by_key(|time| time.image);
        now.dedup_by_key(|time| time.image);
        now
    }
}

/// Whether a file that was changed so many nanoseconds beyond a second then may be the one that was changed so many beyond it now:
/// they are the same, or were rounded down since. Whole seconds are pictures that it was before, and none of them may be missing.
pub fn is_same_moment(then: u32, now: u32) -> bool {
    let is_rounded = |grain: &u32| then % SECOND / grain * grain == now % SECOND;
    then == now || (then / SECOND == now / SECOND && GRAINS.iter().any(is_rounded))
}

impl Recorder {
    /// The first version of the images that is not there yet; 0 where nobody knows.
    pub fn next_images_version(&self) -> u64 {
        self.driver().images().map_or(0, |version| version + 1)
    }

    /// What is remembered; nothing where that cannot be read.
    pub fn file_times(&self) -> FileTimes {
        FileTimes::read(self.root(), self.reader().image_count())
    }

    /// Remembers those of all images that were met. Where that cannot be done, whole seconds are compared the next time.
    pub fn keep_file_times(&self, met: &[FileTime]) {
        let bytes = |time: &FileTime| {
            let numbers = time.image.0.to_le_bytes().into_iter().chain(time.told_nanos().to_le_bytes());
            let numbers = numbers.chain(time.bytes.to_le_bytes()).chain(time.unix_secs.to_le_bytes());
            let numbers = numbers.chain(time.changed_unix_nanos.to_le_bytes()).chain(time.since.to_le_bytes());
            numbers.collect::<Vec<u8>>()
        };
        remember(self.root(), NAME, OF_NO_STATE, &met.iter().flat_map(bytes).collect::<Vec<u8>>());
    }
}

fn entry_before(bytes: &[u8; ENTRY_BEFORE]) -> FileTime {
    let mut all = [0; ENTRY];
    all[..ENTRY_BEFORE].copy_from_slice(bytes);
    entry(&all)
}

fn entry(bytes: &[u8; ENTRY]) -> FileTime {
    let four = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
    let eight = |at: usize| u64::from(four(at)) | u64::from(four(at + 4)) << 32;
    FileTime {
        image: ImageId(four(0)),
        nanos: four(4) % SECOND,
        others: (four(4) / SECOND) as u8 % TOLD_APART,
        bytes: eight(8),
        unix_secs: eight(16).cast_signed(),
        changed_unix_nanos: eight(24).cast_signed(),
        since: eight(32),
    }
}
