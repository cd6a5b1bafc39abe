//! Paths as other programs write them.

use std::path::PathBuf;

use crate::engine::collection::naming::{ImageNames, Named};

/// Says where what a row names lies.
pub(super) struct RowPaths {
    /// The folder with the pictures.
    pub(super) folder: PathBuf,
    /// The beginning of paths that stands for it.
    pub(super) prefix: Option<String>,
}

impl RowPaths {
    /// What a path names, or why it names nothing.
    pub(super) fn look_up(&self, written: &str, names: &ImageNames) -> Result<Named, &'static str> {
        let candidates = self.candidates(written)?;
        candidates.iter().find_map(|path| names.look_up(path)).ok_or("there is no such picture in the folder")
    }

    fn candidates(&self, written: &str) -> Result<Vec<PathBuf>, &'static str> {
        if let Some(rest) = self.prefix.as_ref().and_then(|prefix| written.strip_prefix(prefix.as_str())) {
            return Ok(both(rest.trim_start_matches('/'), |rest| self.folder.join(rest)));
        }
        if let Some(rest) = written.strip_prefix("file:") {
            // `file:/a`, `file:///a` and `file://localhost/a` are the same.
            let rest = rest.strip_prefix("//").unwrap_or(rest);
            return Ok(both(rest.strip_prefix("localhost").unwrap_or(rest), |rest| PathBuf::from(rest)));
        }
        match written.contains("://") {
            true => Err("it lies elsewhere; --prefix says which beginning of paths stands for the folder"),
            false => Ok(vec![PathBuf::from(written)]),
        }
    }
}

/// A path as it is, and without the percent signs that stand for other letters in addresses.
fn both(written: &str, place: impl Fn(&str) -> PathBuf) -> Vec<PathBuf> {
    let mut found = vec![place(written)];
    found.extend(without_percents(written).map(|plain| place(&plain)));
    found
}

/// `None` where there are none, or they make no text.
fn without_percents(written: &str) -> Option<String> {
    if !written.contains('%') {
        return None;
    }
    let mut plain = Vec::with_capacity(written.len());
    let mut rest = written.as_bytes();
    while let [first, more @ ..] = rest {
        let digits = more.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.filter(|_| *first == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                plain.push(byte);
                rest = &more[2..];
            }
            None => {
                plain.push(*first);
                rest = more;
            }
        }
    }
    String::from_utf8(plain).ok()
}
