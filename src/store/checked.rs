//! Which tables were found to fit the images on record: `.checked.json` in the workspace.
//!
//! `{"images": STATE, "tables": {NAME: STATE}, "manifests": {NAME: FILE}}`, where a state is the version of a table and when
//! it was committed: of the same two states the same is true. The manifests are the files that say what the latest version
//! of each table is, where all tables were looked at together and there was nothing to be said of any: while they are the
//! same files, no table need be opened to know that. It spares reading all paths at every opening, and that is all: without
//! the file, or with one that cannot be read, tables are compared again.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::draft::write_whole;
use super::manifests::{ManifestFile, latest_manifest_at};
use super::names::{table_path, tables_in};
use super::{Stamp, StoreError, plain_file};

const FILE: &str = ".checked.json";

/// The tables that fit one state of the images.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Checked {
    images: Option<Stamp>,
    tables: BTreeMap<String, Stamp>,
    #[serde(default)]
    manifests: Latest,
    #[serde(skip)]
    is_news: bool,
}

/// The latest manifest of each table.
pub(super) type Latest = BTreeMap<String, ManifestFile>;

/// The latest manifests of all tables of the workspace at `root`, none of which is opened.
pub(super) fn latest_manifests(root: &Path) -> Result<Latest, StoreError> {
    let mut latest = Latest::new();
    for name in tables_in(root)? {
        if let Some(file) = latest_manifest(root, &name)? {
            latest.insert(name, file);
        }
    }
    Ok(latest)
}

/// The latest manifest of one table, which need not be there.
pub(super) fn latest_manifest(root: &Path, table: &str) -> Result<Option<ManifestFile>, StoreError> {
    latest_manifest_at(&table_path(root, table))
}

impl Checked {
    /// Those that are known to fit this state of the images of the workspace at `root`.
    pub(super) fn read(root: &Path, images: Stamp) -> Self {
        let text = plain_file::read(&root.join(FILE)).unwrap_or_default();
        let known: Self = serde_json::from_slice(&text).unwrap_or_default();
        match known.images == Some(images) {
            // Who opens the tables says anew whether there is something to be said of any.
            true => Self { manifests: Latest::new(), is_news: !known.manifests.is_empty(), ..known },
            false => Self { images: Some(images), ..Self::default() },
        }
    }

    /// Whether all tables of the workspace at `root` were looked at as they are now, and there was nothing to be said of any.
    pub(super) fn is_as_it_was(root: &Path, latest: &Latest) -> bool {
        let text = plain_file::read(&root.join(FILE)).unwrap_or_default();
        let known: Self = serde_json::from_slice(&text).unwrap_or_default();
        !latest.is_empty() && known.manifests == *latest
    }

    /// All tables were looked at as they are with these manifests, and there was nothing to be said of any.
    pub(super) fn note_all(&mut self, latest: Latest) {
        self.is_news |= self.manifests != latest;
        self.manifests = latest;
    }

    /// Whether this state of a table fits.
    pub(super) fn has(&self, table: &str, state: Stamp) -> bool {
        self.tables.get(table) == Some(&state)
    }

    /// This state of a table fits.
    pub(super) fn note(&mut self, table: &str, state: Stamp) {
        self.is_news |= self.tables.insert(table.to_owned(), state) != Some(state);
    }

    /// Writes it if there is something new in it. Where that cannot be done, tables are compared again the next time.
    pub(super) fn write(&self, root: &Path) {
        if !self.is_news {
            return;
        }
        let text = serde_json::to_vec(self).expect("names and numbers make JSON");
        if let Err(error) = write_whole(&root.join(FILE), &[&text]) {
            tracing::debug!(%error, "which tables fit is not remembered");
        }
    }
}
