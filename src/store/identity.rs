//! `workspace.json`: what the folder is and whose images it knows.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::StoreError;
use crate::domain::{ImagePath, Preference, StorageLayout};

/// The latest format of workspaces this program reads and writes.
pub(super) const FORMAT: u32 = 1;

const FILE: &str = "workspace.json";

/// The content of `workspace.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Identity {
    /// See [`FORMAT`].
    format: u32,
    /// The image folder, absolute; lossy where its name is not Unicode.
    image_folder: String,
    /// Its exact bytes, only where its name is not Unicode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    image_folder_bytes: Option<Vec<u8>>,
    /// When the workspace was made.
    created_unix_secs: u64,
    /// What made it, for people who look inside.
    made_by: String,
    /// What the person would rather have cheap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    prefer: Option<Preference>,
}

impl Identity {
    /// A new workspace for the images in `image_folder`.
    pub(super) fn new(image_folder: &Path) -> Self {
        let path = ImagePath::from_relative(&absolute(image_folder));
        Self {
            format: FORMAT,
            image_folder: path.text,
            image_folder_bytes: path.raw,
            created_unix_secs: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |age| age.as_secs()),
            made_by: concat!("tiramisu ", env!("CARGO_PKG_VERSION")).to_owned(),
            prefer: None,
        }
    }

    /// Reads the identity of the workspace at `root`; `None` when there is none.
    pub(super) fn read(root: &Path) -> Result<Option<Self>, StoreError> {
        let path = root.join(FILE);
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => return Ok(None),
            Err(e) => return Err(StoreError::from_io("cannot read the workspace", &path, e)),
        };
        let damaged = |reason: String| StoreError::Damaged { reason, path: path.clone() };
        // The format first: a later one may have other fields.
        let value: serde_json::Value =
            serde_json::from_slice(&text).map_err(|e| damaged(format!("{FILE} is not JSON: {e}")))?;
        let format = value.get("format").and_then(serde_json::Value::as_u64);
        match format.and_then(|format| u32::try_from(format).ok()) {
            Some(found) if found > FORMAT => {
                Err(StoreError::NewerFormat { root: root.to_owned(), found, known: FORMAT })
            }
            Some(_) => serde_json::from_value(value).map(Some).map_err(|e| damaged(format!("{FILE}: {e}"))),
            None => Err(damaged(format!("{FILE} names no format"))),
        }
    }

    /// Writes it so that at every moment there is the whole file or none.
    pub(super) fn write(&self, root: &Path) -> Result<(), StoreError> {
        let path = root.join(FILE);
        let beside = root.join(".workspace.json.new");
        let text = serde_json::to_vec_pretty(self).expect("an identity is plain data");
        let write = || -> io::Result<()> {
            let mut file = File::create(&beside)?;
            file.write_all(&text)?;
            file.sync_all()?;
            fs::rename(&beside, &path)
        };
        write().map_err(|e| StoreError::from_io("cannot write the workspace", &path, e))
    }

    /// What the person would rather have cheap.
    pub(super) fn preference(&self) -> Option<Preference> {
        self.prefer
    }

    /// The same with another preference.
    pub(super) fn preferring(mut self, prefer: Option<Preference>) -> Self {
        self.prefer = prefer;
        self
    }

    /// How tables are laid out.
    pub(super) fn layout(&self) -> StorageLayout {
        StorageLayout::of(self.prefer)
    }

    /// The image folder.
    pub(super) fn image_folder(&self) -> PathBuf {
        ImagePath { text: self.image_folder.clone(), raw: self.image_folder_bytes.clone() }.below(Path::new(""))
    }

    /// Whether it is the workspace of `folder`, by another name perhaps.
    pub(super) fn is_about(&self, folder: &Path) -> bool {
        self.image_folder() == absolute(folder)
    }
}

/// Links resolved where the folder is there, so that one folder has one name; a vanished folder still has a name.
fn absolute(folder: &Path) -> PathBuf {
    folder.canonicalize().or_else(|_| std::path::absolute(folder)).unwrap_or_else(|_| folder.to_owned())
}
