//! What outlives a power cut: what is on the disk, and whose name is, too.
//!
//! The system keeps what was written in memory for half a minute and writes it in an order of its own. So before a version of a
//! table gets its name, the files that it refers to are put on the disk, and before anybody hears of the version, so is the
//! manifest. Lance does neither. Files of a table are never written again, so each is put there once.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use super::StoreError;
use super::draft::write_draft;

/// A clock of files that is coarser than ours.
const CLOCK_TOLERANCE: Duration = Duration::from_secs(3);

/// The folders of a table in the order in which their files are put on the disk. What is in a folder of the indices is there
/// before anything names it, and the manifests are last.
const BEFORE: [&str; 3] = ["data", "_deletions", "_transactions"];
const INDICES: &str = "_indices";
const MANIFESTS: &str = "_versions";
/// Where names of versions lie. These files alone are written again, by other programs.
const NAMES: &str = "_refs/tags";

/// Which files of tables are known to be on the disk.
#[derive(Debug)]
pub(super) struct OnDisk {
    /// What was written before is another process's, and that has seen to it, or the system has long since.
    since: SystemTime,
    tables: Mutex<HashMap<PathBuf, HashSet<PathBuf>>>,
}

impl Default for OnDisk {
    fn default() -> Self {
        let since = SystemTime::now().checked_sub(CLOCK_TOLERANCE).unwrap_or(SystemTime::UNIX_EPOCH);
        Self { since, tables: Mutex::default() }
    }
}

impl OnDisk {
    /// Puts all that was written of the table at `path` on the disk, with the names of its files, and returns which files those
    /// were. What is still being written is left alone.
    ///
    /// # Errors
    /// When the disk does not let us: then nobody may be told that it is saved.
    pub(super) fn settle(&self, path: &Path) -> Result<HashSet<PathBuf>, StoreError> {
        let _sync = tracing::debug_span!("sync").entered();
        let failed = |error| StoreError::from_io("cannot make sure that the table is on the disk", path, error);
        let lock = || self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        // Taken out, so that another table need not wait for this one.
        let before = lock().remove(path).unwrap_or_default();
        let mut found = HashSet::with_capacity(before.len());
        let new = self.settle_all(path, &before, &mut found).map_err(failed)?;
        lock().insert(path.to_owned(), found);
        Ok(new)
    }

    fn settle_all(
        &self,
        table: &Path,
        before: &HashSet<PathBuf>,
        found: &mut HashSet<PathBuf>,
    ) -> io::Result<HashSet<PathBuf>> {
        // Of a table that was not met before, what is older than this process is not its own to see to. Later all that is new is:
        // clocks of other machines say nothing.
        let is_first = before.is_empty();
        let is_to_be_synced = |path: &Path| !is_first || self.is_of_ours(path);
        let indices = table.join(INDICES);
        let mut folders: Vec<PathBuf> = BEFORE.iter().map(|folder| table.join(folder)).collect();
        folders.extend(below(&indices)?.into_iter().filter(|path| path.is_dir()));
        folders.extend([indices, table.join(NAMES), table.join(MANIFESTS)]);
        let (mut named_in, mut new) = (BTreeSet::new(), HashSet::new());
        for folder in folders {
            if !folder.is_dir() {
                continue;
            }
            let is_written_again = folder.ends_with(NAMES);
            let mut has_new = false;
            for path in below(&folder)? {
                if (is_written_again || !before.contains(&path)) && is_to_be_synced(&path) && sync_file(&path)? {
                    has_new = true;
                    new.insert(path.clone());
                }
                found.insert(path);
            }
            let is_new_folder = !before.contains(&folder) && is_to_be_synced(&folder);
            if has_new || is_new_folder {
                sync_folder(&folder)?;
            }
            if is_new_folder {
                // The names of the folder and of those that it lies in, up to the table's own.
                let above = folder.ancestors().skip(1).take_while(|above| above.starts_with(table));
                named_in.extend(above.chain(table.parent()).map(Path::to_owned));
            }
            found.insert(folder);
        }
        named_in.iter().try_for_each(|folder| sync_folder(folder))?;
        Ok(new)
    }

    fn is_of_ours(&self, path: &Path) -> bool {
        let modified = fs::metadata(path).and_then(|metadata| metadata.modified());
        modified.is_ok_and(|modified| modified >= self.since)
    }
}

/// What lies in a folder, but for what is still being written; nothing where there is no folder.
fn below(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let is_draft = |entry: &fs::DirEntry| {
        let name = entry.file_name();
        let name = name.as_encoded_bytes();
        name.starts_with(b".") || name.contains(&b'#')
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        if !is_draft(&entry) {
            found.push(entry.path());
        }
    }
    Ok(found)
}

/// Whether there was a file to put on the disk: one that went meanwhile needs none, and opening a pipe waits for who writes into it.
fn sync_file(path: &Path) -> io::Result<bool> {
    match fs::metadata(path) {
        Ok(found) if found.is_file() => {}
        Ok(_) => return Ok(false),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    }
    // Where only who may write a file may put it on the disk.
    let opened = if cfg!(windows) { File::options().write(true).open(path) } else { File::open(path) };
    match opened {
        Ok(file) => file.sync_data().map(|()| true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Puts the names in a folder on the disk.
///
/// # Errors
/// When the disk does not let us. A file system that has no such thing is taken at its word.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(windows) {
        // The system writes names down by itself there.
        return Ok(());
    }
    let outcome = File::open(folder).and_then(|folder| folder.sync_all());
    match outcome {
        Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => {
            tracing::debug!(%error, "names of files cannot be put on this disk: {}", folder.display());
            Ok(())
        }
        outcome => outcome,
    }
}

/// Puts `content` in the place of what the file at `target` holds: at every moment, after a power cut as well, one of the two is
/// there whole.
///
/// # Errors
/// When the disk does not let us; what was there stays then.
pub(super) fn replace(target: &Path, content: &[u8]) -> io::Result<()> {
    write_draft(target, &[content], File::sync_all)?;
    sync_folder(target.parent().unwrap_or(Path::new(".")))
}
