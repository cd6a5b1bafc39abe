//! What is on record of a few images, and which one lies at a path, without opening their table: of a large collection all of
//! it is remembered, sorted by what is made of each path, and image by image.
//!
//! After the number of images the file holds an entry for each path, then where each image's record begins, and where the last
//! one ends, then the records. Each of these has a sum of its own, since only what is asked for is read.

use std::path::Path;

use super::Stamp;
use super::remembered::{Remembered, forget, remember, sum_of};
use crate::domain::{ImageId, ImagePath, ImageRecord};

const NAME: &str = "records";
/// What it was called when it held paths alone.
const BEFORE: &str = "paths";
/// The table of fewer is read sooner than a file is written.
const LEAST: usize = 8192;
/// Bytes of the number of images.
const COUNT: u64 = 8;
/// Bytes of an entry: a path's key, and the image.
const ENTRY: u64 = 12;
/// Bytes of where a record begins.
const PLACE: u64 = 8;
/// Bytes of a record's sum: the upper ones of one over eight bytes at a time, which all of these reach.
const SUM: usize = 4;
/// No record is as long.
const MOST_BYTES: u64 = 1 << 20;

/// A path as one number, the same on every machine. Two paths may have the same one.
fn key(path: &ImagePath) -> u64 {
    let bytes = path.raw.as_deref().unwrap_or(path.text.as_bytes());
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Remembers all images of a state, in the order of ids, if they are many.
pub(super) fn note(root: &Path, of: Stamp, images: &[ImageRecord]) {
    if images.len() < LEAST {
        return;
    }
    let mut entries: Vec<(u64, u32)> = images.iter().map(|image| (key(&image.path), image.id.0)).collect();
    entries.sort_unstable();
    let mut content = (images.len() as u64).to_le_bytes().to_vec();
    for (key, id) in entries {
        content.extend_from_slice(&key.to_le_bytes());
        content.extend_from_slice(&id.to_le_bytes());
    }
    // Where each begins is filled in as they are written: a second copy of all would be some hundred megabytes of a million.
    let mut place = content.len();
    let records = place + (images.len() + 1) * PLACE as usize;
    content.resize(records, 0);
    let mut begin = |content: &mut Vec<u8>| {
        let begins = (content.len() - records) as u64;
        content[place..place + PLACE as usize].copy_from_slice(&begins.to_le_bytes());
        place += PLACE as usize;
    };
    for image in images {
        begin(&mut content);
        write(image, &mut content);
    }
    begin(&mut content);
    remember(root, NAME, of, &content);
}

/// Removes what is remembered of another state than this, or of none, and what programs of before remembered of paths alone. Only with
/// the write lock held; whoever still reads another state reads its table.
pub(super) fn forget_others(root: &Path, now: Stamp) {
    forget(root, BEFORE);
    if Remembered::open(root, NAME, now).is_none() {
        forget(root, NAME);
    }
}

/// What is remembered of one state.
pub(super) struct KnownImages {
    kept: Remembered,
    count: u64,
}

impl KnownImages {
    /// `None` if nothing is remembered of this state of so many images.
    pub(super) fn open(root: &Path, of: Stamp, images: usize) -> Option<Self> {
        if images < LEAST {
            return None;
        }
        let mut kept = Remembered::open(root, NAME, of)?;
        let mut count = [0; COUNT as usize];
        kept.read_at(0, &mut count)?;
        let count = u64::from_le_bytes(count);
        let least = count.checked_mul(ENTRY + PLACE)?.checked_add(COUNT + PLACE)?;
        (count == images as u64 && least <= kept.bytes()).then_some(Self { kept, count })
    }

    /// The images that may lie at a path; whoever asks looks whether they do.
    pub(super) fn candidates(&mut self, path: &ImagePath) -> Option<Vec<ImageId>> {
        let wanted = key(path);
        let (mut from, mut to) = (0, self.count);
        while from < to {
            let middle = from + (to - from) / 2;
            if self.entry(middle)?.0 < wanted { from = middle + 1 } else { to = middle }
        }
        let mut found = Vec::new();
        while from < self.count {
            let (key, id) = self.entry(from)?;
            if key != wanted {
                break;
            }
            found.push(id);
            from += 1;
        }
        Some(found)
    }

    /// Some images, in the order in which they are named; `None` if there is one that is not as it was written.
    pub(super) fn some(&mut self, ids: impl IntoIterator<Item = ImageId>) -> Option<Vec<ImageRecord>> {
        ids.into_iter().map(|id| self.record(id)).collect()
    }

    fn entry(&mut self, place: u64) -> Option<(u64, ImageId)> {
        let mut bytes = [0; ENTRY as usize];
        self.kept.read_at(COUNT + place * ENTRY, &mut bytes)?;
        let (key, id) = bytes.split_at(8);
        Some((u64::from_le_bytes(key.try_into().ok()?), ImageId(u32::from_le_bytes(id.try_into().ok()?))))
    }

    fn record(&mut self, id: ImageId) -> Option<ImageRecord> {
        if u64::from(id.0) >= self.count {
            return None;
        }
        let places = COUNT + self.count * ENTRY;
        let mut ends = [0; 2 * PLACE as usize];
        self.kept.read_at(places + u64::from(id.0) * PLACE, &mut ends)?;
        let (begin, end) = ends.split_at(PLACE as usize);
        let begin = u64::from_le_bytes(begin.try_into().ok()?);
        let bytes = u64::from_le_bytes(end.try_into().ok()?).checked_sub(begin)?;
        if bytes > MOST_BYTES {
            return None;
        }
        let mut content = vec![0; usize::try_from(bytes).ok()?];
        self.kept.read_at((places + (self.count + 1) * PLACE).checked_add(begin)?, &mut content)?;
        read(&content).filter(|record| record.id == id)
    }
}

/// Writes what is on record of an image, behind its sum.
fn write(image: &ImageRecord, to: &mut Vec<u8>) {
    let ImageRecord { id, path, label, width, height, file_bytes, modified_unix_secs, problem } = image;
    let begin = to.len();
    to.extend_from_slice(&[0; SUM]);
    for number in [u64::from(id.0), u64::from(*width), u64::from(*height), *file_bytes] {
        put(number, to);
    }
    put(modified_unix_secs.cast_unsigned(), to);
    put_text(Some(path.text.as_bytes()), to);
    put_text(path.raw.as_deref(), to);
    // Mostly the name of the folder, which the path says.
    let is_of_folder = label.is_some() && label.as_deref() == path.parent_name();
    to.push(u8::from(is_of_folder));
    put_text(label.as_deref().filter(|_| !is_of_folder).map(str::as_bytes), to);
    put_text(problem.as_deref().map(str::as_bytes), to);
    let sum = upper(&to[begin + SUM..]);
    to[begin..begin + SUM].copy_from_slice(&sum);
}

/// What [`write`] wrote; `None` if it is not that.
fn read(content: &[u8]) -> Option<ImageRecord> {
    let (sum, mut rest) = content.split_at_checked(SUM)?;
    if sum != upper(rest) {
        return None;
    }
    let rest = &mut rest;
    let mut number = || take(rest);
    let [id, width, height] = [number()?, number()?, number()?].map(|number| u32::try_from(number).ok());
    let (file_bytes, modified) = (number()?, number()?);
    let in_words = |text: Option<Vec<u8>>| text.map(String::from_utf8).transpose().ok();
    let path = ImagePath { text: in_words(take_text(rest)?)??, raw: take_text(rest)? };
    let is_of_folder = take(rest)? == 1;
    let label = in_words(take_text(rest)?)?;
    let label = if is_of_folder { path.parent_name().map(str::to_owned) } else { label };
    let problem = in_words(take_text(rest)?)?;
    let (width, height, modified_unix_secs) = (width?, height?, modified.cast_signed());
    let record = ImageRecord { id: ImageId(id?), path, label, width, height, file_bytes, modified_unix_secs, problem };
    rest.is_empty().then_some(record)
}

fn upper(content: &[u8]) -> [u8; SUM] {
    ((sum_of(content) >> 32) as u32).to_le_bytes()
}

/// Writes a number, seven bits a byte, the lowest first; all bytes but the last have their highest bit set.
fn put(mut number: u64, to: &mut Vec<u8>) {
    while number > 0x7f {
        to.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    to.push(number as u8);
}

fn take(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for place in (0..64).step_by(7) {
        let (byte, after) = rest.split_first()?;
        *rest = after;
        number |= u64::from(byte & 0x7f).checked_shl(place)?;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// Writes a text behind one more than its length, or 0 where there is none.
fn put_text(text: Option<&[u8]>, to: &mut Vec<u8>) {
    put(text.map_or(0, |text| text.len() as u64 + 1), to);
    to.extend_from_slice(text.unwrap_or_default());
}

/// A text, or that there is none; nothing where it is cut off.
#[expect(clippy::option_option, reason = "there may be no text, and it may not be told")]
fn take_text(rest: &mut &[u8]) -> Option<Option<Vec<u8>>> {
    let Some(length) = take(rest)?.checked_sub(1) else { return Some(None) };
    let (text, after) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    *rest = after;
    Some(Some(text.to_vec()))
}
