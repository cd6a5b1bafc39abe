//! Which tables were found to fit the images on record: `.checked.json` in the workspace.
//!
//! `{"images": STATE, "tables": {NAME: STATE}}`, where a state is the version of a table and when it was committed: of
//! the same two states the same is true. It spares reading all paths at every opening, and that is all: without the file,
//! or with one that cannot be read, tables are compared again.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

use serde::{Deserialize, Serialize};

use super::Stamp;

const FILE: &str = ".checked.json";

/// The tables that fit one state of the images.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Checked {
    images: Option<Stamp>,
    tables: BTreeMap<String, Stamp>,
    #[serde(skip)]
    is_news: bool,
}

impl Checked {
    /// Those that are known to fit this state of the images of the workspace at `root`.
    pub(super) fn read(root: &Path, images: Stamp) -> Self {
        let text = fs::read(root.join(FILE)).unwrap_or_default();
        let known: Self = serde_json::from_slice(&text).unwrap_or_default();
        if known.images == Some(images) { known } else { Self { images: Some(images), ..Self::default() } }
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
        // Who only reads may write this too, beside another who does: whole files take each other's place.
        let beside = root.join(format!("{FILE}.{}.new", std::process::id()));
        let write = || -> io::Result<()> {
            fs::write(&beside, serde_json::to_vec(self)?)?;
            fs::rename(&beside, root.join(FILE))
        };
        if let Err(error) = write() {
            tracing::debug!(%error, "which tables fit is not remembered");
            fs::remove_file(&beside).ok();
        }
    }
}
