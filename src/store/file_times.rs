//! The parts of a second in which pictures' files were last changed: `.times` in the workspace. A picture that is saved twice within
//! a second, with as many bytes, is seen by them. And when the system last changed anything of the files: where only that is another,
//! as when a program put the time of modification back, the content has to say. It is remembered and no more: without it whole
//! seconds are compared.

use std::path::Path;

use super::remembered::{Remembered, remember};
use super::{Recorder, Stamp};
use crate::domain::ImageId;

const NAME: &str = "times";
/// It is of no table's state: what it says of a picture counts where its file is the same by bytes and seconds.
/// The number is that of the entries' form: earlier ones had no time of change.
const OF_NO_STATE: Stamp = Stamp { version: 1, committed_unix_micros: 0 };
/// Bytes of an entry, where it is remembered.
const ENTRY: usize = 32;
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

    /// Those of the workspace at `root`, which has so many images; nothing where they cannot be read.
    pub(super) fn read(root: &Path, images: usize) -> Self {
        let content = Remembered::open(root, NAME, OF_NO_STATE).and_then(|kept| kept.read(images, ENTRY));
        let content = content.unwrap_or_default();
        let mut known: Vec<FileTime> = content.as_chunks::<ENTRY>().0.iter().map(entry).collect();
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
/// they are the same, or were rounded down since.
pub(super) fn is_same_moment(then: u32, now: u32) -> bool {
    then == now || GRAINS.iter().any(|grain| then / grain * grain == now)
}

impl Recorder {
    /// What is remembered; nothing where that cannot be read.
    pub fn file_times(&self) -> FileTimes {
        FileTimes::read(self.root(), self.reader().image_count())
    }

    /// Remembers those of all images that were met. Where that cannot be done, whole seconds are compared the next time.
    pub fn keep_file_times(&self, met: &[FileTime]) {
        let bytes = |time: &FileTime| {
            let numbers = time.image.0.to_le_bytes().into_iter().chain(time.nanos.to_le_bytes());
            let numbers = numbers.chain(time.bytes.to_le_bytes()).chain(time.unix_secs.to_le_bytes());
            numbers.chain(time.changed_unix_nanos.to_le_bytes()).collect::<Vec<u8>>()
        };
        remember(self.root(), NAME, OF_NO_STATE, &met.iter().flat_map(bytes).collect::<Vec<u8>>());
    }
}

fn entry(bytes: &[u8; ENTRY]) -> FileTime {
    let four = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
    let eight = |at: usize| u64::from(four(at)) | u64::from(four(at + 4)) << 32;
    FileTime {
        image: ImageId(four(0)),
        nanos: four(4),
        bytes: eight(8),
        unix_secs: eight(16).cast_signed(),
        changed_unix_nanos: eight(24).cast_signed(),
    }
}
