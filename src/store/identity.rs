//! `workspace.json`: what the folder is and whose images it knows.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::{StoreError, durable, plain_file};
use crate::domain::{ImagePath, Preference, StorageLayout};

/// The format of most workspaces: all vectors are in half precision, and every version of this program reads them.
const FIRST_FORMAT: u32 = 1;
/// Some layers are in single precision, which version 1 would not find.
const SINGLE_FORMAT: u32 = 2;
/// The latest format of workspaces this program reads and writes.
pub(super) const FORMAT: u32 = SINGLE_FORMAT;

/// Threads that change something here take turns, or one would undo what another wrote.
static CHANGING: Mutex<()> = Mutex::new(());

pub(super) const FILE: &str = "workspace.json";

/// The content of `workspace.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
    /// Columns of tables that do not say of themselves that no number in them was cut off, but were looked through.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    whole: BTreeMap<String, Vec<String>>,
    /// Whether the file is there but empty: what it said is lost, and nothing else is.
    #[serde(skip)]
    is_lost: bool,
}

impl Identity {
    /// A new workspace for the images in `image_folder`.
    pub(super) fn new(image_folder: &Path) -> Self {
        let path = ImagePath::from_relative(&absolute(image_folder));
        Self {
            format: FIRST_FORMAT,
            image_folder: path.text,
            image_folder_bytes: path.raw,
            created_unix_secs: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |age| age.as_secs()),
            made_by: concat!("tiramisu ", env!("CARGO_PKG_VERSION")).to_owned(),
            prefer: None,
            whole: BTreeMap::new(),
            is_lost: false,
        }
    }

    /// In the place of one that is lost. Some layers may be in single precision, for all that is known.
    pub(super) fn again(image_folder: &Path) -> Self {
        Self { format: FORMAT, ..Self::new(image_folder) }
    }

    fn lost() -> Self {
        Self { image_folder: String::new(), image_folder_bytes: None, is_lost: true, ..Self::again(Path::new("")) }
    }

    /// Whether its file is empty, as a full disk or a careless copy leaves it: then it is not known whose images these are.
    pub(super) fn is_lost(&self) -> bool {
        self.is_lost
    }

    /// Reads the identity of the workspace at `root`; `None` when there is none, and one that [is lost](Self::is_lost) when
    /// its file is empty.
    pub(super) fn read(root: &Path) -> Result<Option<Self>, StoreError> {
        let path = root.join(FILE);
        let text = match plain_file::read(&path) {
            Ok(text) => text,
            Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => return Ok(None),
            Err(e) => return Err(StoreError::from_io("cannot read the workspace", &path, e)),
        };
        if text.iter().all(|byte| *byte == 0 || byte.is_ascii_whitespace()) {
            return Ok(Some(Self::lost()));
        }
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

    /// Writes it so that at every moment there is the whole file or none, after a power cut as well.
    pub(super) fn write(&self, root: &Path) -> Result<(), StoreError> {
        let path = root.join(FILE);
        let text = serde_json::to_vec_pretty(self).expect("an identity is plain data");
        durable::replace(&path, &text).map_err(|e| StoreError::from_io("cannot write the workspace", &path, e))
    }

    /// Reads it, changes it, and writes it if it is another then.
    fn change(root: &Path, change: impl FnOnce(&mut Self)) -> Result<(), StoreError> {
        let _turn = CHANGING.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(before) = Self::read(root)?.filter(|identity| !identity.is_lost) else { return Ok(()) };
        let mut after = before.clone();
        change(&mut after);
        if after == before { Ok(()) } else { after.write(root) }
    }

    /// Remembers that the workspace at `root` has a layer in single precision: programs that know halves only are to say
    /// that they are too old, instead of missing a layer.
    ///
    /// # Errors
    /// When the disk does not let us.
    pub(super) fn note_single_precision(root: &Path) -> Result<(), StoreError> {
        Self::change(root, |identity| identity.format = identity.format.max(SINGLE_FORMAT))
    }

    /// Remembers that the pictures lie in `image_folder` now.
    ///
    /// # Errors
    /// When the disk does not let us.
    pub(super) fn note_image_folder(root: &Path, image_folder: &Path) -> Result<(), StoreError> {
        let path = ImagePath::from_relative(&absolute(image_folder));
        Self::change(root, |identity| {
            identity.image_folder = path.text;
            identity.image_folder_bytes = path.raw;
        })
    }

    /// Remembers what the person would rather have cheap.
    ///
    /// # Errors
    /// When the disk does not let us.
    pub(super) fn note_preference(root: &Path, prefer: Option<Preference>) -> Result<(), StoreError> {
        Self::change(root, |identity| identity.prefer = prefer)
    }

    /// Remembers that no number in these columns of a table was cut off; without columns, that nothing is known of it.
    ///
    /// # Errors
    /// When the disk does not let us.
    pub(super) fn note_whole(root: &Path, table: &str, columns: Vec<String>) -> Result<(), StoreError> {
        Self::change(root, |identity| {
            match columns.is_empty() {
                true => identity.whole.remove(table),
                false => identity.whole.insert(table.to_owned(), columns),
            };
        })
    }

    /// Forgets which columns were looked through: there are others now.
    ///
    /// # Errors
    /// When the disk does not let us.
    pub(super) fn forget_whole(root: &Path) -> Result<(), StoreError> {
        Self::change(root, |identity| identity.whole.clear())
    }

    /// Columns of a table in which no number was cut off.
    pub(super) fn whole(&self, table: &str) -> &[String] {
        self.whole.get(table).map_or(&[], Vec::as_slice)
    }

    /// What the person would rather have cheap.
    pub(super) fn preference(&self) -> Option<Preference> {
        self.prefer
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
