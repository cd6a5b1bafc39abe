//! The manifests of a table: a version is in it when its manifest has its name.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};

use super::StoreError;

/// What every whole manifest ends with.
const END: &[u8] = b"LANC";

/// A version's number and its file.
pub(super) struct Manifest {
    pub number: u64,
    pub path: PathBuf,
}

/// The manifests of the table at `path`, the newest first.
pub(super) fn manifests(path: &Path) -> Vec<Manifest> {
    let entries = path.join("_versions").read_dir().into_iter().flatten().flatten();
    let manifest = |path: PathBuf| {
        let stem = path.file_stem()?.to_str().filter(|_| path.extension().is_some_and(|end| end == "manifest"))?;
        let written: u64 = stem.parse().ok()?;
        // Newer tables count down, with leading zeros, for the newest to be the first in a listing.
        let number = if stem.len() == 20 { u64::MAX - written } else { written };
        Some(Manifest { number, path })
    };
    let mut found: Vec<Manifest> = entries.filter_map(|entry| manifest(entry.path())).collect();
    found.sort_by_key(|manifest| std::cmp::Reverse(manifest.number));
    found
}

/// A file, so that it is told from another of its name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct ManifestFile {
    number: u64,
    bytes: u64,
    modified_unix_nanos: u64,
}

impl ManifestFile {
    /// The version that it is of.
    pub(super) fn number(&self) -> u64 {
        self.number
    }
}

/// The latest manifest of the table at `path`, which need not be there.
pub(super) fn latest_manifest_at(path: &Path) -> Result<Option<ManifestFile>, StoreError> {
    let Some(manifest) = manifests(path).into_iter().next() else { return Ok(None) };
    let failed = |error| StoreError::from_io("cannot read the workspace", &manifest.path, error);
    let metadata = fs::metadata(&manifest.path).map_err(failed)?;
    let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    // A time that the system does not tell is no other time's.
    let Some(modified) = modified.and_then(|time| u64::try_from(time.as_nanos()).ok()) else { return Ok(None) };
    Ok(Some(ManifestFile { number: manifest.number, bytes: metadata.len(), modified_unix_nanos: modified }))
}

/// Whether a manifest lacks its end, or what its end points at runs beyond it, on which Lance would panic. One that has both
/// may still be damaged inside.
pub(super) fn is_cut(manifest: &Manifest) -> bool {
    // The last 16 bytes are the place of the message, two numbers of the format's version, and the mark. The message begins
    // with its length.
    let is_whole = || -> std::io::Result<bool> {
        let mut file = File::open(&manifest.path)?;
        let size = file.metadata()?.len();
        let mut end = [0; 16];
        if size < end.len() as u64 {
            return Ok(false);
        }
        file.seek(SeekFrom::End(-16))?;
        file.read_exact(&mut end)?;
        let (place, rest) = end.split_at(8);
        let place = u64::from_le_bytes(place.try_into().map_err(std::io::Error::other)?);
        if !rest.ends_with(END) || place > size.saturating_sub(20) {
            return Ok(false);
        }
        file.seek(SeekFrom::Start(place))?;
        let mut length = [0; 4];
        file.read_exact(&mut length)?;
        Ok(place + 4 + u64::from(u32::from_le_bytes(length)) <= size - 16)
    };
    matches!(is_whole(), Ok(false))
}

/// Whether the latest version of the table at `path` lacks its end.
pub(super) fn is_latest_cut(path: &Path) -> bool {
    manifests(path).first().is_some_and(is_cut)
}

/// Whether the table at `path` never had a version that was whole.
pub(super) fn is_hopeless(path: &Path) -> bool {
    let manifests = manifests(path);
    !manifests.is_empty() && manifests.iter().all(is_cut)
}

/// Whether a table was ever committed at `path`.
pub(super) fn is_table(path: &Path) -> bool {
    path.join("_versions").read_dir().is_ok_and(|mut manifests| {
        manifests.any(|entry| entry.is_ok_and(|entry| entry.path().extension().is_some_and(|end| end == "manifest")))
    })
}
