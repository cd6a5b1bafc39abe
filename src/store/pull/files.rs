//! Files that are brought as they are.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use super::{PulledSoFar, here_now, refused};
use crate::domain::ImagePath;
use crate::store::driver::Driver;
use crate::store::manifests::manifests;
use crate::store::table::Table;
use crate::store::{StoreError, deleting, durable, plain_file, replacing};

const READING: &str = "cannot read a file of the workspace";
const WRITING: &str = "cannot write a file of the workspace";
/// Bytes that are copied between two questions whether to go on.
const PIECE_BYTES: usize = 4 << 20;
/// What says in an identity where the pictures lie; the second alone is exact where a name is not Unicode.
const FOLDER: &str = "image_folder";
const FOLDER_BYTES: &str = "image_folder_bytes";
/// Where a table's manifests lie.
const VERSIONS: &str = "_versions";

/// What was brought so far, and whether to go on.
pub(super) struct Copying<'a> {
    goes_on: &'a mut dyn FnMut(PulledSoFar) -> bool,
    so_far: PulledSoFar,
    pub(super) files: usize,
    pub(super) bytes: u64,
}

impl<'a> Copying<'a> {
    pub(super) fn new(goes_on: &'a mut dyn FnMut(PulledSoFar) -> bool) -> Self {
        Self { goes_on, so_far: PulledSoFar::default(), files: 0, bytes: 0 }
    }

    /// So many bytes more are to come.
    pub(super) fn expect(&mut self, bytes: u64) {
        self.so_far.expected_bytes += bytes;
    }

    /// Whether to go on, now that so many bytes were read there.
    pub(super) fn came(&mut self, bytes: u64, path: &Path) -> Result<(), StoreError> {
        self.so_far.came_bytes += bytes;
        match (self.goes_on)(self.so_far) {
            true => Ok(()),
            false => Err(StoreError::Stopped { path: path.to_owned() }),
        }
    }

    /// The same, and they are on the disk here.
    fn copied(&mut self, bytes: usize, path: &Path) -> Result<(), StoreError> {
        self.bytes += bytes as u64;
        self.came(bytes as u64, path)
    }

    /// Copies a file under another name until it is whole.
    fn copy(&mut self, from: &Path, to: &Path) -> Result<(), StoreError> {
        let part = beside(to);
        let outcome = self.copy_to(from, &part);
        let placed =
            outcome.and_then(|()| fs::rename(&part, to).map_err(|error| StoreError::from_io(WRITING, to, error)));
        if placed.is_err() {
            // It may not even have been begun.
            fs::remove_file(&part).ok();
        }
        placed?;
        self.files += 1;
        Ok(())
    }

    fn copy_to(&mut self, from: &Path, part: &Path) -> Result<(), StoreError> {
        let unread = |error: io::Error| {
            if error.kind() == io::ErrorKind::NotFound {
                let why = "a file is gone that was there: the workspace changed meanwhile, so try again";
                return refused(why.to_owned(), from);
            }
            StoreError::from_io(READING, from, error)
        };
        let unwritten = |error| StoreError::from_io(WRITING, part, error);
        if let Some(folder) = part.parent() {
            fs::create_dir_all(folder).map_err(unwritten)?;
        }
        let (mut source, mut target) = (File::open(from).map_err(unread)?, File::create(part).map_err(unwritten)?);
        let mut piece = vec![0; PIECE_BYTES];
        loop {
            let count = match source.read(&mut piece) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(unread(error)),
            };
            target.write_all(&piece[..count]).map_err(unwritten)?;
            self.copied(count, from)?;
        }
        target.sync_all().map_err(unwritten)
    }

    /// Brings the small files beside the tables, where they are others. Hidden ones are of that machine.
    pub(super) fn small_files(
        &mut self,
        from: &Path,
        to: &Path,
        is_left_out: &dyn Fn(&str) -> bool,
    ) -> Result<(), StoreError> {
        for (path, name) in listed(from)? {
            if !name.ends_with(".json") || name.starts_with('.') || is_left_out(&name) {
                continue;
            }
            if plain_file::expect(&path).is_ok() {
                let content = plain_file::read(&path).map_err(|error| StoreError::from_io(READING, &path, error))?;
                self.replace(&to.join(&name), &content)?;
            }
        }
        Ok(())
    }

    /// Brings what the workspace is. Its pictures may lie elsewhere here: in `folder`, or where the one that is here already
    /// says, if that is not what the one there said when it was last brought (`said_there`). Returns where they lie, and what the
    /// one there says now.
    pub(super) fn identity(
        &mut self,
        from: &Path,
        to: &Path,
        folder: Option<&Path>,
        said_there: Option<&str>,
    ) -> Result<(PathBuf, String), StoreError> {
        let content = plain_file::read(from).map_err(|error| StoreError::from_io(READING, from, error))?;
        let not_json = |error: serde_json::Error| refused(format!("it is not JSON: {error}"), from);
        let mut said: Value = serde_json::from_slice(&content).map_err(not_json)?;
        let there = named(&said).to_owned();
        let before = plain_file::read(to).ok().and_then(|before| serde_json::from_slice::<Value>(&before).ok());
        let chosen = before.clone().filter(|before| ![said_there.unwrap_or(&there), ""].contains(&named(before)));
        let pictures = match (folder, chosen) {
            (Some(folder), _) => {
                let folder =
                    std::path::absolute(folder).map_err(|error| StoreError::from_io(READING, folder, error))?;
                let ImagePath { text, raw } = ImagePath::from_relative(&folder);
                Some((text.into(), raw.map(Value::from)))
            }
            (None, Some(mut before)) => {
                let raw = before.get_mut(FOLDER_BYTES).map(Value::take);
                Some((before[FOLDER].take(), raw))
            }
            (None, None) => None,
        };
        let content = match pictures {
            Some((text, raw)) => {
                said[FOLDER] = text;
                match raw {
                    Some(raw) => said[FOLDER_BYTES] = raw,
                    None => drop(said.as_object_mut().and_then(|said| said.remove(FOLDER_BYTES))),
                }
                serde_json::to_vec_pretty(&said).map_err(not_json)?
            }
            None => content,
        };
        // Another program may have written the same in another order.
        if before.as_ref() != Some(&said) {
            self.replace(to, &content)?;
        }
        Ok((PathBuf::from(named(&said)), there))
    }

    /// Puts a small file in the place of another, unless it is the same.
    fn replace(&mut self, path: &Path, content: &[u8]) -> Result<(), StoreError> {
        if plain_file::read(path).is_ok_and(|known| known == content) {
            return Ok(());
        }
        write(path, content)?;
        self.files += 1;
        self.copied(content.len(), path)
    }
}

/// Brings a table with all versions that it has there, the newest last. Where it was made anew there, or the version that is here
/// was deleted, it is brought beside the one here, which stays until the other is whole. What both have does not come again.
pub(super) fn bring_table(
    table: &Table,
    path: &Path,
    driver: &Arc<Driver>,
    copying: &mut Copying<'_>,
) -> Result<(), StoreError> {
    if !table.dataset.manifest().base_paths.is_empty() {
        return Err(refused("part of the table's data lies in another folder".to_owned(), table.path()));
    }
    let is_another = |path: &Path| Ok(here_now(driver, path)?.is_some_and(|here| !table.has_version(here)));
    let part = replacing::part_of(path);
    if !is_another(path)? {
        if part.exists() {
            // The one that it was to replace is gone.
            deleting::delete(&part)?;
        }
        return bring_files(table, path, None, copying);
    }
    if is_another(&part)? {
        // It is another again since that was begun.
        deleting::delete(&part)?;
    }
    bring_files(table, &part, Some(path), copying)?;
    replacing::replace(path)
}

/// How many bytes of a table are not here yet, at `path` or where it was begun beside that.
pub(super) fn lacking_bytes(table: &Table, path: &Path) -> Result<u64, StoreError> {
    let part = replacing::part_of(path);
    let mut bytes = 0;
    below(table.path(), Path::new(""), &mut |file| {
        if !path.join(&file).exists() && !part.join(&file).exists() {
            bytes += table.path().join(&file).metadata().map_or(0, |file| file.len());
        }
    })?;
    Ok(bytes)
}

/// Brings the files of a table that are not at `path` yet; what the table at `former` has of them is taken from there.
fn bring_files(table: &Table, path: &Path, former: Option<&Path>, copying: &mut Copying<'_>) -> Result<(), StoreError> {
    // Listed first: what they refer to was there before them. One beyond what was opened is torn, or came since.
    let mut versions = manifests(table.path());
    versions.retain(|manifest| manifest.number <= table.version());
    let (mut others, mut changing) = (Vec::new(), Vec::new());
    below(table.path(), Path::new(""), &mut |file| {
        // Names of versions, and where to begin to look for the newest one; a wrong one would hide it.
        if file.extension().is_some_and(|ending| ending == "json") {
            changing.push(file);
        } else if !file.starts_with(VERSIONS) {
            others.push(file);
        }
    })?;
    let mut folders = BTreeSet::new();
    for file in others {
        let to = path.join(&file);
        if !to.exists() {
            let from = table.path().join(&file);
            if !former.is_some_and(|former| is_kept(&former.join(&file), &from, &to)) {
                copying.copy(&from, &to)?;
            }
            // Up to the folder that the table lies in: any of them may be new.
            folders.extend(to.ancestors().skip(1).take_while(|above| above.starts_with(path)).map(Path::to_owned));
        }
    }
    folders.extend(path.parent().map(Path::to_owned));
    sync_names(&folders)?;
    versions.reverse();
    for manifest in &versions {
        let Some(name) = manifest.path.file_name() else { continue };
        let to = path.join(VERSIONS).join(name);
        if !to.exists() {
            copying.copy(&manifest.path, &to)?;
        }
    }
    folders.clear();
    if !versions.is_empty() {
        folders.extend([path.join(VERSIONS), path.to_owned()]);
    }
    for file in changing {
        let to = path.join(&file);
        copying.copy(&table.path().join(&file), &to)?;
        folders.extend(to.ancestors().skip(1).take_while(|above| above.starts_with(path)).map(Path::to_owned));
    }
    sync_names(&folders)
}

/// Whether a file that is here already could be kept under a second name, being that of there: these files never change, and their
/// names are drawn by chance, but for those of versions.
fn is_kept(here: &Path, there: &Path, to: &Path) -> bool {
    let size = |path: &Path| path.symlink_metadata().ok().filter(|file| file.is_file()).map(|file| file.len());
    let is_the_same = size(here).is_some_and(|bytes| size(there) == Some(bytes));
    // Where files cannot have two names, it is brought.
    is_the_same
        && to.parent().is_some_and(|folder| fs::create_dir_all(folder).is_ok())
        && fs::hard_link(here, to).is_ok()
}

/// Puts the names in these folders on the disk; what the files hold is there already.
fn sync_names(folders: &BTreeSet<PathBuf>) -> Result<(), StoreError> {
    folders.iter().try_for_each(|folder| {
        durable::sync_folder(folder).map_err(|error| StoreError::from_io(WRITING, folder, error))
    })
}

/// Every file below a folder, by where it lies there. Hidden ones are on their way.
fn below(root: &Path, folder: &Path, each: &mut dyn FnMut(PathBuf)) -> Result<(), StoreError> {
    for (path, name) in listed(&root.join(folder))? {
        if name.starts_with('.') {
            continue;
        }
        let kind = fs::symlink_metadata(&path).map_err(|error| StoreError::from_io(READING, &path, error))?;
        if kind.is_dir() {
            below(root, &folder.join(&name), each)?;
        } else if kind.is_file() {
            each(folder.join(&name));
        } else {
            // What lies behind a link is no part of it, and a pipe would be waited for.
            return Err(refused("it is neither a file nor a folder, and no table has such a thing".to_owned(), &path));
        }
    }
    Ok(())
}

fn listed(folder: &Path) -> Result<Vec<(PathBuf, String)>, StoreError> {
    let failed = |error| StoreError::from_io("cannot list the workspace", folder, error);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        found.push((entry.path(), entry.file_name().to_string_lossy().into_owned()));
    }
    found.sort();
    Ok(found)
}

/// Puts a file in the place of another so that at every moment, after a power cut as well, there is one of them, whole.
pub(super) fn write(path: &Path, content: &[u8]) -> Result<(), StoreError> {
    durable::replace(path, content).map_err(|error| StoreError::from_io(WRITING, path, error))
}

/// Where an identity says that the pictures lie.
fn named(identity: &Value) -> &str {
    identity[FOLDER].as_str().unwrap_or_default()
}

/// A hidden name in the same folder.
fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.part"))
}
