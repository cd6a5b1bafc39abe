//! Vectors that were read from the workspace and are kept for the next question.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use super::Problem;
use crate::analysis::NeighbourIndex;
use crate::domain::{StoredLayer, Vectors};
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
    /// Reads the features table `table_name` of the workspace at `root`. Nothing is opened yet.
    pub fn new(root: PathBuf, table_name: String) -> Self {
        Self { root, table_name, open: Mutex::default() }
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
        if !table.columns().iter().any(|(stored, _)| stored == source) {
            // Perhaps the layer is being added: what there is of it so far.
            let workspace = Workspace::open(&self.root)?;
            let table = match workspace.supplement_in_progress(&self.table_name) {
                Some(supplement) => workspace.read_features(&supplement)?,
                None => return Ok(Arc::new(Shelf::new(table.vectors(source)?))),
            };
            return Ok(Arc::new(Shelf::new(table.vectors(source)?)));
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
}

fn held_bytes(shelves: &[Kept]) -> usize {
    shelves.iter().map(|kept| size_of_val(kept.shelf.vectors.matrix.values())).sum()
}
