//! Which image lies at a path, without reading the paths of all: of a large collection they are remembered, sorted by what is
//! made of each.

use std::path::Path;

use super::Stamp;
use super::remembered::{Remembered, remember};
use crate::domain::{ImageId, ImagePath, ImageRecord};

const NAME: &str = "paths";
/// The paths of fewer are read sooner than a file is written.
const LEAST: usize = 8192;
/// Bytes of an entry: a path's key, and the image.
const ENTRY: u64 = 12;

/// A path as one number, the same on every machine. Two paths may have the same one.
fn key(path: &ImagePath) -> u64 {
    let bytes = path.raw.as_deref().unwrap_or(path.text.as_bytes());
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Remembers where all images of a state lie, if they are many.
pub(super) fn note(root: &Path, of: Stamp, images: &[ImageRecord]) {
    if images.len() < LEAST {
        return;
    }
    let mut entries: Vec<(u64, u32)> = images.iter().map(|image| (key(&image.path), image.id.0)).collect();
    entries.sort_unstable();
    let bytes = entries.iter().flat_map(|(key, id)| key.to_le_bytes().into_iter().chain(id.to_le_bytes()));
    remember(root, NAME, of, &bytes.collect::<Vec<u8>>());
}

/// The images that may lie at a path; whoever asks looks whether they do. `None` if nothing is remembered of this state.
pub(super) fn candidates(root: &Path, of: Stamp, path: &ImagePath) -> Option<Vec<ImageId>> {
    let mut kept = Remembered::open(root, NAME, of)?;
    let count = kept.bytes() / ENTRY;
    let mut entry = |place: u64| -> Option<(u64, ImageId)> {
        let mut bytes = [0; ENTRY as usize];
        kept.read_at(place * ENTRY, &mut bytes)?;
        let (key, id) = bytes.split_at(8);
        Some((u64::from_le_bytes(key.try_into().ok()?), ImageId(u32::from_le_bytes(id.try_into().ok()?))))
    };
    let wanted = key(path);
    let (mut from, mut to) = (0, count);
    while from < to {
        let middle = from + (to - from) / 2;
        if entry(middle)?.0 < wanted { from = middle + 1 } else { to = middle }
    }
    let mut found = Vec::new();
    while from < count {
        let (key, id) = entry(from)?;
        if key != wanted {
            break;
        }
        found.push(id);
        from += 1;
    }
    Some(found)
}
