//! What is to be restored, on disk while it is done: `.put_back.json` in the workspace.
//!
//! Several tables change one after the other. Killed in between, whoever next opens the workspace to write goes on with
//! what the journal says: `{"tables": [{"table": ..., "from": version or null, "misfits": [ids]}]}`. All of it can be done
//! twice.

use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::store::{StoreError, aside, durable, plain_file};

const FILE: &str = ".put_back.json";

/// Everything that is to be done, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Journal {
    /// The tables, that of the images last.
    pub tables: Vec<Step>,
}

/// What is to be done with one table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Its name; what is no name of a table of the workspace is passed over.
    pub table: String,
    /// The version to restore, if any.
    pub from: Option<u64>,
    /// Ids of rows to remove after that.
    pub misfits: Vec<u32>,
}

impl Journal {
    /// What was begun and not finished; `None` when nothing was.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(root: &Path) -> Result<Option<Self>, StoreError> {
        let path = root.join(FILE);
        match plain_file::read(&path) {
            Ok(text) => serde_json::from_slice(&text)
                .map(Some)
                .map_err(|error| StoreError::Damaged { reason: error.to_string(), path }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                Err(StoreError::Damaged { reason: error.to_string(), path })
            }
            Err(error) => Err(StoreError::from_io("cannot read what was begun", &path, error)),
        }
    }

    /// Puts it on disk before anything is done.
    ///
    /// # Errors
    /// When the disk does not let us.
    pub fn write(&self, root: &Path) -> Result<(), StoreError> {
        let path = root.join(FILE);
        let text = serde_json::to_vec(self).expect("a journal is plain data");
        durable::replace(&path, &text)
            .map_err(|error| StoreError::from_io("cannot write what is to be done", &path, error))
    }

    /// Takes one that cannot be read out of the way: nobody can finish what it says, and it would keep everybody from writing.
    ///
    /// # Errors
    /// When the disk does not let us.
    pub fn set_aside(root: &Path) -> Result<(), StoreError> {
        aside::rename(&root.join(FILE))
    }

    /// All is done.
    ///
    /// # Errors
    /// When the disk does not let us.
    pub fn remove(root: &Path) -> Result<(), StoreError> {
        let path = root.join(FILE);
        let failed = |error| StoreError::from_io("cannot remove what was done", &path, error);
        match fs::remove_file(&path) {
            // Back after a power cut it would undo what was done since.
            Ok(()) => durable::sync_folder(root).map_err(failed),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(failed(error)),
        }
    }
}
