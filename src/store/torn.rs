//! Versions that did not reach the disk whole.
//!
//! A version is in a table when its manifest has its name, and nothing is synced to the platter: after a power cut the name
//! may be there and the content not. The version before is whole, so it is what the table is then. Who reads passes over
//! what cannot be read; who may write also takes it out of the way, since the next commit needs its number. Nothing is
//! deleted: what is set aside ends in `.torn`.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::runtime::Runtime;

use super::StoreError;
use super::history::IMAGES;
use super::names::{table_path, tables_in};
use super::table::Table;

/// What every whole manifest ends with.
const END: &[u8] = b"LANC";
/// The ending of what is set aside.
const ASIDE: &str = "torn";

/// A version's number and its file.
struct Manifest {
    number: u64,
    path: PathBuf,
}

/// The manifests of the table at `path`, the newest first.
fn manifests(path: &Path) -> Vec<Manifest> {
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

/// Whether a manifest lacks its end, or what its end points at runs beyond it, on which Lance would panic. One that has both
/// may still be damaged inside.
fn is_cut(manifest: &Manifest) -> bool {
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

impl Table {
    /// Opens the newest version of the table at `path` that can be read, where the latest cannot; `None` when there is none.
    pub(super) fn open_newest_whole(runtime: &Arc<Runtime>, path: &Path) -> Option<Self> {
        let mut torn = Vec::new();
        for manifest in manifests(path) {
            if is_cut(&manifest) {
                torn.push(manifest.path);
                continue;
            }
            match Self::load(runtime, path, (!torn.is_empty()).then_some(manifest.number)) {
                Ok(table) => return Some(Self { torn, ..table }),
                Err(StoreError::Damaged { .. }) => torn.push(manifest.path),
                // Not the file but the way to it: an older version would not be the newest whole one.
                Err(error) => {
                    tracing::warn!("{error}");
                    return None;
                }
            }
        }
        None
    }
}

/// What there is to say of the tables of the workspace at `root` whose latest versions are not whole. Nothing is changed.
pub(super) fn look(root: &Path) -> Vec<String> {
    let remark = |name: String| {
        if is_hopeless(&table_path(root, &name)) {
            return Some(format!(
                "{name}.lance cannot be read, perhaps because the power failed while it was written, and has no earlier \
                 version. It is passed over, and has to be made again"
            ));
        }
        let manifests = manifests(&table_path(root, &name));
        let whole = manifests.iter().find(|manifest| !is_cut(manifest))?;
        let latest = manifests.first().filter(|latest| latest.number != whole.number)?;
        Some(in_words(&name, latest.number, Some(whole.number)))
    };
    tables_in(root).unwrap_or_default().into_iter().filter_map(remark).collect()
}

/// Takes versions that lack their end out of the way of the next commit, in all tables of the workspace at `root`, and says
/// of each what it did. Only with the write lock held: a commit that is under way is not whole either. No other table is
/// opened: this is done before every result that is saved.
///
/// # Errors
/// When the disk does not let us.
pub(super) fn set_aside(runtime: &Arc<Runtime>, root: &Path) -> Result<Vec<String>, StoreError> {
    let mut remarks = Vec::new();
    for name in tables_in(root)? {
        let path = table_path(root, &name);
        if !is_latest_cut(&path) {
            continue;
        }
        match Table::open(runtime, &path) {
            Ok(mut table) => remarks.extend(table.set_torn_aside()?),
            // Nothing was ever whole in it. Without images nobody could say what the other tables are about.
            Err(StoreError::Damaged { .. }) if name != IMAGES && is_hopeless(&path) => {
                remarks.push(in_words(&name, 1, None));
                rename(&path)?;
            }
            Err(error) => tracing::warn!("{error}"),
        }
    }
    remarks.iter().for_each(|remark| tracing::warn!("{remark}"));
    Ok(remarks)
}

impl Table {
    /// Takes later versions that cannot be read out of the way of the next commit, and says so. Only with the write lock held.
    ///
    /// # Errors
    /// When the disk does not let us.
    pub(super) fn set_torn_aside(&mut self) -> Result<Option<String>, StoreError> {
        let torn = std::mem::take(&mut self.torn);
        let latest = manifests(&self.path).first().map(|latest| latest.number);
        let name = self.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        torn.iter().try_for_each(|manifest| rename(manifest))?;
        Ok(latest.filter(|_| !torn.is_empty()).map(|latest| in_words(&name, latest, Some(self.version()))))
    }
}

fn in_words(name: &str, latest: u64, whole: Option<u64>) -> String {
    match whole {
        Some(whole) => format!(
            "{name}.lance: version {latest} cannot be read, perhaps because the power failed while it was written. \
             Version {whole} is used instead; what was written to this table after it has to be made again"
        ),
        None => format!(
            "{name}.lance cannot be read, perhaps because the power failed while it was written, and has no earlier \
             version. It is kept as {name}.lance.{ASIDE} and has to be made again"
        ),
    }
}

/// Adds an ending that no other program takes for a manifest or a table.
fn rename(path: &Path) -> Result<(), StoreError> {
    let with_ending = |ending: String| {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    };
    let numbered = (2..).map(|number| with_ending(format!(".{number}.{ASIDE}")));
    let aside = std::iter::once(with_ending(format!(".{ASIDE}"))).chain(numbered).find(|path| !path.exists());
    let aside = aside.unwrap_or_else(|| with_ending(format!(".{ASIDE}")));
    fs::rename(path, aside).map_err(|e| StoreError::from_io("cannot set aside what is not whole", path, e))
}
