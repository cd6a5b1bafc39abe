//! Pictures of folders that are not open, and what a network would be given of a picture: small, and read at once.
//!
//! No job and no look: nothing of it is kept, and it is little. Whoever asks does so on a thread of its own, since a disk may sleep.

use std::fs;
use std::path::{Path, PathBuf};

use crate::domain::{ImagePath, Resizing, is_picture_name};
use crate::images::{self, Rgba};

/// Entries of a folder that are looked at, at most.
const ENTRIES: usize = 500;
/// Larger files are left out: nobody waits for them.
const FILE_BYTES: u64 = 64 << 20;

/// A small picture that can be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glance {
    /// Width and height in pixels.
    pub size_px: [u32; 2],
    /// `height * width * 4` bytes, row by row, R G B A, opaque.
    pub rgba: Vec<u8>,
}

impl From<Rgba> for Glance {
    fn from(rgba: Rgba) -> Self {
        Self { size_px: [rgba.width, rgba.height], rgba: rgba.pixels }
    }
}

/// So many pictures of a folder, or of the folders in it, at most `longest_px` wide and high: first `last`, the one that was looked at
/// last. Fewer where there are no more, or where they cannot be read; none of a folder that is not there.
pub fn glance_at(folder: &Path, last: Option<&ImagePath>, count: usize, longest_px: u32) -> Vec<Glance> {
    let last = last.map(|path| path.below(folder));
    let others = some_of(folder, count + 1).into_iter().filter(|path| Some(path) != last.as_ref());
    let wanted: Vec<PathBuf> = last.iter().cloned().chain(others).collect();
    wanted.iter().filter_map(|path| glance_of(path, longest_px)).take(count).collect()
}

/// A picture as it is, at most `longest_px` wide and high, and what a network is given of it, prepared in this way: before its numbers
/// are moved and scaled.
///
/// # Errors
/// Why the file cannot be read.
pub fn glance_prepared(path: &Path, input: &Resizing, longest_px: u32) -> Result<[Glance; 2], String> {
    let whole = images::thumbnail_of(path, longest_px).and_then(|small| small.rgba());
    let seen = images::network_input(path, input);
    let (whole, seen) = whole.and_then(|whole| Ok((whole, seen?))).map_err(|error| error.to_string())?;
    let rgba = seen.rgb.chunks_exact(3).flat_map(|rgb| [rgb[0], rgb[1], rgb[2], 255]).collect();
    Ok([whole.into(), Glance { size_px: [input.width, input.height], rgba }])
}

/// One picture, at most `longest_px` wide and high; none where its file is large, or cannot be read.
pub fn glance_of(path: &Path, longest_px: u32) -> Option<Glance> {
    let is_small = fs::metadata(path).is_ok_and(|file| file.is_file() && file.len() <= FILE_BYTES);
    let made = is_small.then(|| images::thumbnail_of(path, longest_px).and_then(|small| small.rgba()));
    made?.ok().map(Glance::from)
}

/// Pictures of a folder, spread over their names; of one that has folders the first of some of them.
fn some_of(folder: &Path, count: usize) -> Vec<PathBuf> {
    let [pictures, folders] = listed(folder);
    let within = spread(&folders, count).filter_map(|folder| listed(folder)[0].first().cloned());
    within.chain(spread(&pictures, count).cloned()).take(count).collect()
}

fn spread(paths: &[PathBuf], count: usize) -> impl Iterator<Item = &PathBuf> {
    let taken = count.min(paths.len());
    (0..taken).map(move |place| &paths[place * paths.len() / taken])
}

/// The pictures and the folders in a folder, by their names.
fn listed(folder: &Path) -> [Vec<PathBuf>; 2] {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().take(ENTRIES);
    let (mut pictures, mut folders) = (Vec::new(), Vec::new());
    for entry in entries {
        let (path, is_hidden) = (entry.path(), entry.file_name().to_string_lossy().starts_with('.'));
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && !is_hidden => folders.push(path),
            Ok(kind) if kind.is_file() && !is_hidden && is_picture_name(&path) => pictures.push(path),
            Ok(_) | Err(_) => {}
        }
    }
    pictures.sort_unstable();
    folders.sort_unstable();
    [pictures, folders]
}
