//! What the bytes of pictures' files came to: `.contents` in the workspace. A picture that was moved is known again by it. It is
//! remembered and no more: without it, size and time of change say which picture it is.

use std::path::Path;

use super::remembered::{Remembered, remember};
use super::{Recorder, Stamp};
use crate::domain::ImageId;

const NAME: &str = "contents";
/// It is of no table's state: what it says of a picture counts where its file is the same by bytes and seconds.
const OF_NO_STATE: Stamp = Stamp { version: 0, committed_unix_micros: 0 };
/// Bytes of an entry, where it is remembered.
const ENTRY: usize = 36;

/// What the bytes of a picture's file came to, with what tells one state of it from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileContent {
    /// The image.
    pub image: ImageId,
    /// Size in bytes.
    pub bytes: u64,
    /// When it was changed, in whole seconds since 1970.
    pub unix_secs: i64,
    /// The first half of the hash of all bytes.
    pub hash: [u8; 16],
}

/// Those of all images whose files were read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FileContents {
    /// Ascending, one an image.
    known: Vec<FileContent>,
}

impl FileContents {
    /// Those of the workspace at `root`, which has so many images; nothing where they cannot be read.
    pub(super) fn read(root: &Path, images: usize) -> Self {
        let content = Remembered::open(root, NAME, OF_NO_STATE).and_then(|kept| kept.read(images, ENTRY));
        let content = content.unwrap_or_default();
        let mut contents = Self::default();
        contents.take(content.as_chunks::<ENTRY>().0.iter().map(entry).collect());
        contents
    }

    /// The hash of an image's file as it was on record; `None` if nobody knows.
    pub fn hash_of(&self, image: ImageId, bytes: u64, unix_secs: i64) -> Option<[u8; 16]> {
        let at = self.known.binary_search_by_key(&image, |known| known.image).ok()?;
        let known = &self.known[at];
        ((known.bytes, known.unix_secs) == (bytes, unix_secs)).then_some(known.hash)
    }

    /// Takes in what was found out since, the latest last.
    pub fn take(&mut self, mut found: Vec<FileContent>) {
        found.reverse();
        found.append(&mut self.known);
        // Of two of one image the first is the later one.
        found.sort_by_key(|content| content.image);
        found.dedup_by_key(|content| content.image);
        self.known = found;
    }
}

impl Recorder {
    /// What is remembered; nothing where that cannot be read.
    pub fn file_contents(&self) -> FileContents {
        FileContents::read(self.root(), self.reader().image_count())
    }

    /// Remembers them. Where that cannot be done, sizes and times are compared the next time.
    pub fn keep_file_contents(&self, contents: &FileContents) {
        let bytes = |content: &FileContent| {
            let numbers = content.image.0.to_le_bytes().into_iter().chain(content.bytes.to_le_bytes());
            numbers.chain(content.unix_secs.to_le_bytes()).chain(content.hash).collect::<Vec<u8>>()
        };
        remember(self.root(), NAME, OF_NO_STATE, &contents.known.iter().flat_map(bytes).collect::<Vec<u8>>());
    }
}

fn entry(bytes: &[u8; ENTRY]) -> FileContent {
    let four = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
    let eight = |at: usize| u64::from(four(at)) | u64::from(four(at + 4)) << 32;
    let mut hash = [0; 16];
    hash.copy_from_slice(&bytes[20..]);
    FileContent { image: ImageId(four(0)), bytes: eight(4), unix_secs: eight(12).cast_signed(), hash }
}
