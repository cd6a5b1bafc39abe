//! The newest version of a table that can be read, where the latest cannot.

use std::path::Path;
use std::sync::Arc;

use crate::store::driver::Driver;

use super::Table;
use crate::store::StoreError;
use crate::store::aside::{in_words, rename};
use crate::store::manifests::{is_cut, manifests};

impl Table {
    /// Opens the newest version of the table at `path` that can be read, where the latest cannot; `None` when there is none.
    pub(super) fn open_newest_whole(driver: &Arc<Driver>, path: &Path) -> Option<Self> {
        let mut torn = Vec::new();
        for manifest in manifests(path) {
            if is_cut(&manifest) {
                torn.push(manifest.path);
                continue;
            }
            match Self::load(driver, path, (!torn.is_empty()).then_some(manifest.number)) {
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

    /// Takes later versions that cannot be read out of the way of the next commit, and says so. Only with the write lock held.
    ///
    /// # Errors
    /// When the disk does not let us.
    pub(in crate::store) fn set_torn_aside(&mut self) -> Result<Option<String>, StoreError> {
        let torn = std::mem::take(&mut self.torn);
        let latest = manifests(&self.path).first().map(|latest| latest.number);
        let name = self.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        torn.iter().try_for_each(|manifest| rename(manifest))?;
        Ok(latest.filter(|_| !torn.is_empty()).map(|latest| in_words(&name, latest, Some(self.version()))))
    }
}
