//! Workspace maintenance: files put together, indices brought up to date, old versions forgotten, as the person
//! prefers.

use lance::index::DatasetIndexExt;
use lance_index::optimize::OptimizeOptions;

use super::activations;
use super::columns::{Column, columns_of};
use super::identity::Identity;
use super::names::IMAGES;
use super::table::Table;
use super::workspace::IMAGE_ROW_BYTES;
use super::{StoreError, Workspace};
use crate::domain::{IndexMaintenance, Preference, StorageLayout};

/// What maintenance came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MaintenanceDone {
    /// Tables whose small files were put together.
    pub compacted: Vec<String>,
    /// Indices that were brought up to date.
    pub indexed: Vec<String>,
    /// Indices that were dropped.
    pub dropped: Vec<String>,
    /// Bytes freed on disk.
    pub freed_bytes: u64,
}

impl Workspace {
    /// What is to be cheap; `None` for a middle way.
    pub fn preference(&self) -> Option<Preference> {
        self.identity.preference()
    }

    /// How tables are laid out for it.
    pub fn layout(&self) -> StorageLayout {
        self.identity.layout()
    }

    /// Remembers what is to be cheap. Tables opened from now on are laid out for it; [`Workspace::maintain`] brings
    /// what is there into that layout.
    ///
    /// # Errors
    /// When the disk does not let us.
    pub fn prefer(&mut self, preference: Option<Preference>) -> Result<(), StoreError> {
        self.expect_writable()?;
        Identity::note_preference(self.root(), preference)?;
        if let Some(identity) = Identity::read(self.root())? {
            self.identity = identity;
        }
        self.images = self.read_table(IMAGES)?;
        Ok(())
    }

    /// Brings all tables into the layout that the preference asks for: puts small files together where there are too many
    /// (with `all_small`, wherever there is more than one), brings indices up to date or drops them, forgets old versions.
    /// `tell` is told how far that is, as `(done, total)`, and answers whether to go on.
    ///
    /// # Errors
    /// When the disk does not let us, and when `tell` says to stop; every table is whole all the same. Where old versions of one must
    /// stay, at the end.
    pub fn maintain(
        &mut self,
        all_small: bool,
        tell: &mut dyn FnMut(usize, usize) -> bool,
    ) -> Result<MaintenanceDone, StoreError> {
        self.expect_writable()?;
        let layout = self.layout();
        let mut kept = MaintenanceDone::default();
        let names = self.tables()?;
        let mut refused = None;
        for (done, name) in names.iter().enumerate() {
            if !tell(done, names.len()) {
                self.refresh()?;
                return Err(StoreError::Stopped { path: self.root().to_owned() });
            }
            let mut table = self.read_table(name)?;
            if all_small {
                table = table.tolerating(1);
            }
            let is_compacted = activations::row_bytes(&table.schema()).is_none_or(activations::may_be_compacted);
            if is_compacted && table.compact(row_bytes(name, &table))? {
                kept.compacted.push(name.clone());
            }
            for index in table.indices()? {
                match layout.index {
                    IndexMaintenance::None => {
                        table.drop_index(&index.name)?;
                        kept.dropped.push(index.name);
                    }
                    maintenance @ (IndexMaintenance::Appended | IndexMaintenance::Rebuilt) => {
                        if index.rows_outside > 0 {
                            table.update_index(&index.name, maintenance)?;
                            kept.indexed.push(index.name);
                        }
                    }
                }
            }
            if let Some(versions) = layout.versions_kept {
                match table.delete_old_versions(versions) {
                    Ok(bytes) => kept.freed_bytes += bytes,
                    Err(error) => refused = refused.or(Some(error)),
                }
            }
        }
        tell(names.len(), names.len());
        self.refresh()?;
        refused.map_or(Ok(kept), Err)
    }
}

/// What a row weighs when files are put together.
fn row_bytes(name: &str, table: &Table) -> usize {
    match name {
        IMAGES => IMAGE_ROW_BYTES,
        _ => activations::row_bytes(&table.schema())
            .unwrap_or_else(|| columns_of(&table.schema()).iter().map(Column::width).sum()),
    }
}

impl Table {
    fn drop_index(&mut self, name: &str) -> Result<(), StoreError> {
        self.driver
            .block_on(self.dataset.drop_index(name))
            .map_err(|e| StoreError::from_lance("cannot drop the index", &self.path, e))?;
        self.settle()
    }

    fn update_index(&mut self, name: &str, maintenance: IndexMaintenance) -> Result<(), StoreError> {
        let options = match maintenance {
            IndexMaintenance::Rebuilt => OptimizeOptions::retrain(),
            IndexMaintenance::Appended | IndexMaintenance::None => OptimizeOptions::append(),
        };
        self.driver
            .block_on(self.dataset.optimize_indices(&options.index_names(vec![name.to_owned()])))
            .map_err(|e| StoreError::from_lance("cannot bring the index up to date", &self.path, e))?;
        self.settle()
    }
}
