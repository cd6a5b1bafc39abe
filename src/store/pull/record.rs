//! What is remembered of what was brought, in `.brought.json`. The Python package reads and writes the same
//! (`src/python/tiramisu_vision/pull_record.py`).

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{DOING, files, refused};
use crate::store::{Stamp, StoreError, plain_file};

/// Where it is remembered, in the workspace that was brought.
const RECORD: &str = ".brought.json";
/// Where Python's `pull` remembered it before, in another way.
const FORMER: &str = ".pulled.json";

/// What is remembered.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Record {
    /// From where: a folder, or the address of a store, which Python reached.
    from: PathBuf,
    /// The layers, sorted; all if none are named.
    layers: Option<Vec<String>>,
    /// The folder of pictures that the workspace there named when it was last brought: where the one here names another, that was
    /// chosen here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) pictures_there: Option<String>,
    /// The tables, by name.
    pub(super) tables: BTreeMap<String, BroughtTable>,
}

/// A table that was brought.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct BroughtTable {
    /// Which state it had there.
    pub(super) there: Stamp,
    /// Which state it has here; `None` while it is being written.
    pub(super) here: Option<Stamp>,
    /// What its rows here were read from, where only some layers are here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) fragments: Vec<String>,
}

/// How the absolute `path` is written down and compared: without `..` and what else is too much. Python does the same
/// (`os.path.abspath`), and no disk is asked, so that a place that is not there now is the same.
pub(super) fn in_few_words(path: &Path) -> PathBuf {
    let mut few = PathBuf::new();
    for component in path.components() {
        match component {
            // There is nothing above the root.
            Component::ParentDir => drop(few.pop()),
            Component::CurDir => {}
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => few.push(component),
        }
    }
    few
}

/// Makes the folder `to`, unless it is there.
///
/// # Errors
/// When it cannot be made, and when something lies there that was not brought.
pub(super) fn make_folder(to: &Path) -> Result<(), StoreError> {
    fs::create_dir_all(to).map_err(|error| StoreError::from_io("cannot make the workspace's folder", to, error))?;
    let is_shown = |entry: fs::DirEntry| !entry.file_name().as_encoded_bytes().starts_with(b".");
    let has_something = || fs::read_dir(to).is_ok_and(|mut found| found.any(|entry| entry.is_ok_and(is_shown)));
    if to.join(RECORD).exists() || !has_something() {
        return Ok(());
    }
    let why = match to.join(FORMER).exists() {
        true => "the folder was brought by an earlier version, and what it noted of that is not read any more",
        false => "the folder has something else in it",
    };
    Err(refused(format!("{why}; choose another"), to))
}

impl Record {
    /// What was brought to `to` before, if it was from there and the same layers; else a new record, which is written.
    ///
    /// # Errors
    /// When something else lies there, or what was brought from elsewhere or with other layers.
    pub(super) fn of(to: &Path, from: &Path, layers: &Option<Vec<String>>) -> Result<Self, StoreError> {
        let path = to.join(RECORD);
        if !path.exists() {
            make_folder(to)?;
            let tables = BTreeMap::new();
            let record = Self { from: from.to_owned(), layers: layers.clone(), pictures_there: None, tables };
            record.keep(to)?;
            return Ok(record);
        }
        let text = plain_file::read(&path).map_err(|error| StoreError::from_io(DOING, &path, error))?;
        let record: Self = serde_json::from_slice(&text).map_err(|error| {
            let why =
                format!("it is not known any more what was brought ({error}); bring the workspace into another folder");
            refused(why, &path)
        })?;
        if in_few_words(&record.from) != from {
            let why = format!("the folder has what was brought from {}; choose another", record.from.display());
            return Err(refused(why, to));
        }
        if record.layers != *layers {
            let what = record.layers.as_ref().map_or_else(|| "all layers".to_owned(), |layers| layers.join(", "));
            return Err(refused(format!("the folder was brought with {what}; name the same, or choose another"), to));
        }
        Ok(record)
    }

    /// Writes it down.
    pub(super) fn keep(&self, to: &Path) -> Result<(), StoreError> {
        let text = serde_json::to_vec_pretty(self).expect("names and numbers make JSON");
        files::write(&to.join(RECORD), &text)
    }
}
