//! Vectors that were read from the workspace and are kept for the next question.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use super::Problem;
use crate::analysis::NeighbourIndex;
use crate::domain::{Matrix, StoredLayer, Vectors};
use crate::store::{FeatureTable, StoreError, Workspace};

/// At most so many bytes of vectors are kept: 100,000 images at ten layers of 128 channels.
const CAPACITY_BYTES: usize = 256 << 20;

/// The vectors of one layer, ready to be searched.
pub struct Shelf {
    /// The vectors committed so far.
    pub vectors: Vectors,
    /// Their lengths.
    pub index: NeighbourIndex,
}

impl Shelf {
    fn new(vectors: Vectors) -> Self {
        let index = NeighbourIndex::new(&vectors);
        Self { vectors, index }
    }
}

/// A reader of one features table with a cache of whole columns. One thread uses it at a time.
pub struct Library {
    root: PathBuf,
    table_name: String,
    /// Layers that the table is to have, and their channels: until they are begun, no image has a vector there.
    coming: Vec<(StoredLayer, usize)>,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    table: Option<FeatureTable>,
    /// Most recently used last.
    shelves: Vec<Kept>,
}

struct Kept {
    source: StoredLayer,
    version: u64,
    shelf: Arc<Shelf>,
}

impl Library {
    /// Reads the features table `table_name` of the workspace at `root`, which is to have the layers `coming`. Nothing is
    /// opened yet.
    pub fn new(root: PathBuf, table_name: String, coming: Vec<(StoredLayer, usize)>) -> Self {
        Self { root, table_name, coming, open: Mutex::default() }
    }

    /// The name of the features table.
    pub fn table_name(&self) -> &str {
        &self.table_name
    }

    /// The vectors committed so far.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub fn vectors(&self, source: &StoredLayer) -> Result<Arc<Shelf>, Problem> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        self.find(&mut open, source).map_err(|error| {
            // A table that failed once is opened anew the next time.
            open.table = None;
            Problem::new("The vectors could not be read", error)
        })
    }

    fn find(&self, open: &mut Open, source: &StoredLayer) -> Result<Arc<Shelf>, StoreError> {
        let table = match &mut open.table {
            Some(table) => {
                table.refresh()?;
                table
            }
            None => open.table.insert(Workspace::open(&self.root)?.read_features(&self.table_name)?),
        };
        if !stores(table, source) {
            let so_far = self.find_in_progress(source);
            if let Ok(Some(shelf)) = so_far {
                return Ok(shelf);
            }
            // Perhaps it was finished this moment, and what was read went away while its columns moved into the table.
            table.refresh()?;
            if !stores(table, source) {
                so_far?;
                if let Some((_, channels)) = self.coming.iter().find(|(coming, _)| coming == source) {
                    let matrix = Matrix::new(*channels, Vec::new());
                    return Ok(Arc::new(Shelf::new(Vectors { ids: Vec::new(), matrix })));
                }
            }
        }
        let version = table.version();
        let place = open.shelves.iter().position(|kept| kept.source == *source);
        let shelf = match place.map(|place| open.shelves.remove(place)) {
            Some(kept) if kept.version == version => kept.shelf,
            _ => Arc::new(Shelf::new(table.vectors(source)?)),
        };
        open.shelves.push(Kept { source: source.clone(), version, shelf: shelf.clone() });
        while open.shelves.len() > 1 && held_bytes(&open.shelves) > CAPACITY_BYTES {
            open.shelves.remove(0);
        }
        Ok(shelf)
    }

    /// What there is so far of a layer that is being added; `None` if it is not.
    fn find_in_progress(&self, source: &StoredLayer) -> Result<Option<Arc<Shelf>>, StoreError> {
        let workspace = Workspace::open(&self.root)?;
        let Some(supplement) = workspace.supplement_in_progress(&self.table_name) else { return Ok(None) };
        let table = workspace.read_features(&supplement)?;
        match stores(&table, source) {
            true => Ok(Some(Arc::new(Shelf::new(table.vectors(source)?)))),
            false => Ok(None),
        }
    }
}

fn stores(table: &FeatureTable, source: &StoredLayer) -> bool {
    table.columns().iter().any(|(stored, _)| stored == source)
}

fn held_bytes(shelves: &[Kept]) -> usize {
    shelves.iter().map(|kept| size_of_val(kept.shelf.vectors.matrix.values())).sum()
}
