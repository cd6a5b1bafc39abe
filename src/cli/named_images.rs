//! Images that are named one by one: by their numbers, or by their files.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use anyhow::{Context, bail};

use crate::engine::NamedImage;

/// Stands for standard input.
const INPUT: &str = "-";
/// Names of some millions of images.
const MOST_BYTES: u64 = 1 << 30;

/// Images named by words, of which `-` stands for the lines of standard input.
///
/// # Errors
/// When that cannot be read, or is too long for a list of images.
pub(super) fn of_words(words: &[OsString]) -> anyhow::Result<Vec<NamedImage>> {
    let mut images = Vec::with_capacity(words.len());
    for word in words {
        match word.to_str() {
            Some(INPUT) => images.extend(of_lines(io::stdin().lock(), "standard input")?),
            _ => images.push(image(word)),
        }
    }
    Ok(images)
}

/// Images named by the lines of a file, or by those of standard input if it is `-`.
///
/// # Errors
/// When it cannot be read, or is too long for a list of images.
pub(super) fn of_file(path: &Path) -> anyhow::Result<Vec<NamedImage>> {
    if path == Path::new(INPUT) {
        return of_lines(io::stdin().lock(), "standard input");
    }
    let said = path.display().to_string();
    let file = File::open(path).with_context(|| format!("the list of images cannot be read: {said}"))?;
    of_lines(file, &said)
}

fn of_lines(input: impl Read, said: &str) -> anyhow::Result<Vec<NamedImage>> {
    let mut text = Vec::new();
    let cannot = || format!("the list of images cannot be read: {said}");
    input.take(MOST_BYTES + 1).read_to_end(&mut text).with_context(cannot)?;
    if text.len() as u64 > MOST_BYTES {
        bail!("there is more than {} MiB of it, which is no list of images: {said}", MOST_BYTES >> 20);
    }
    // Names of files may be no Unicode.
    let lines = text.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    Ok(lines.filter(|line| !line.is_empty()).map(|line| image(&word_of(line))).collect())
}

/// A number, or else a file.
fn image(word: &OsString) -> NamedImage {
    let number = word.to_str().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    match number.and_then(|text| text.parse().ok()) {
        Some(id) => NamedImage::Id(id),
        None => NamedImage::At(word.into()),
    }
}

#[cfg(unix)]
fn word_of(line: &[u8]) -> OsString {
    use std::os::unix::ffi::OsStrExt;
    std::ffi::OsStr::from_bytes(line).to_owned()
}

#[cfg(not(unix))]
fn word_of(line: &[u8]) -> OsString {
    String::from_utf8_lossy(line).into_owned().into()
}
