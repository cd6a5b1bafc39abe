//! Vectors that were read from the workspace and are kept for the next question.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::analysis::embedding::TernaryCodes;
use crate::analysis::{Cancelled, NeighbourIndex};
use crate::domain::{ImageId, IndexRecord, Matrix, Metric, Numbers, NumbersRef, Pooling, StoredLayer, Vectors};
use crate::engine::collection::embedding::{Embedding, expect_room_for_codes, reference_of};
use crate::engine::collection::free_memory;
use crate::engine::collection::reader::WorkspaceReader;
use crate::engine::message::Problem;
use crate::store::{FeatureTable, StoreError};

/// At most so many bytes of vectors are kept unless something else is said: 100,000 images at ten layers of 128 channels.
const CAPACITY_BYTES: usize = 256 << 20;

/// The vectors of so many images are looked up one by one, without reading those of all.
const FEW_IMAGES: usize = 1024;

/// The vectors of one layer, ready to be searched.
pub struct SearchableVectors {
    /// The vectors committed so far.
    pub vectors: Vectors,
    /// Their lengths.
    pub index: NeighbourIndex,
}

impl SearchableVectors {
    fn new(vectors: Vectors) -> Self {
        let index = NeighbourIndex::new(&vectors);
        Self { vectors, index }
    }
}

/// A layer in the state in which it is asked.
pub struct LayerNow {
    /// Its table.
    pub table: FeatureTable,
    /// How many numbers a vector has; 0 if the table does not hold the layer.
    pub channels: usize,
    /// Whether they are in single precision.
    pub is_in_single: bool,
    /// The index for the measure, if there is one.
    pub index: Option<IndexRecord>,
}

/// A reader of one features table with a cache of whole columns. One thread uses it at a time.
pub struct Library {
    workspace: Arc<WorkspaceReader>,
    table_name: String,
    /// Layers that the table is to have, and their channels: until they are begun, no image has a vector there.
    coming: Vec<(StoredLayer, usize)>,
    /// At most so many bytes of vectors are kept.
    capacity_bytes: usize,
    /// Below which the system says how much memory is free.
    system_root: PathBuf,
    open: Mutex<Open>,
    /// The embedding, with the versions of its table, of the vectors' and of the images' that it was read at.
    embedding: Mutex<Option<(EmbeddingState, Arc<Embedding>)>>,
}

type EmbeddingState = (Option<u64>, u64, u64);

#[derive(Default)]
struct Open {
    table: Option<FeatureTable>,
    /// Most recently used last.
    cache: Vec<CachedVectors>,
}

struct CachedVectors {
    source: StoredLayer,
    version: u64,
    /// What they take, or will take when they are read.
    bytes: usize,
    cell: Arc<Cell>,
}

/// Held while the vectors are read: who wants the same ones waits for them, who wants others does not.
type Cell = Mutex<Option<Arc<SearchableVectors>>>;

impl Library {
    /// Reads the features table `table_name` of a workspace, which is to have the layers `coming`. Nothing is opened yet.
    pub fn new(workspace: Arc<WorkspaceReader>, table_name: String, coming: Vec<(StoredLayer, usize)>) -> Self {
        let (open, embedding) = Default::default();
        let (capacity_bytes, system_root) = (CAPACITY_BYTES, PathBuf::from("/"));
        Self { workspace, table_name, coming, capacity_bytes, system_root, open, embedding }
    }

    /// The same of a table that is open.
    pub fn opened(workspace: Arc<WorkspaceReader>, table: FeatureTable, coming: Vec<(StoredLayer, usize)>) -> Self {
        let table_name = table.spec().table_name();
        let open = Mutex::new(Open { table: Some(table), cache: Vec::new() });
        Self { open, ..Self::new(workspace, table_name, coming) }
    }

    /// The same, keeping so many bytes of vectors, and one layer beside them where the system says below `system_root` that as much
    /// memory is free.
    #[must_use]
    pub fn keeping(self, capacity_bytes: usize, system_root: PathBuf) -> Self {
        Self { capacity_bytes, system_root, ..self }
    }

    /// Below which the system says how much memory is free.
    pub fn system_root(&self) -> &Path {
        &self.system_root
    }

    /// The name of the features table.
    pub fn table_name(&self) -> &str {
        &self.table_name
    }

    /// The vectors committed so far.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub fn vectors(&self, source: &StoredLayer) -> Result<Arc<SearchableVectors>, Problem> {
        self.find(source).map_err(|error| {
            // A table that failed once is opened anew the next time.
            self.open().table = None;
            Problem::new("The vectors could not be read", error)
        })
    }

    /// The vectors of a layer, if they are at hand as they are in a state of the table: nothing is read, nor waited for.
    pub fn at_hand(&self, source: &StoredLayer, table: &FeatureTable) -> Option<Arc<SearchableVectors>> {
        let open = self.open();
        let cached = open.cache.iter().find(|cached| cached.source == *source && cached.version == table.version())?;
        cached.cell.try_lock().ok()?.clone()
    }

    /// Whether the vectors of a layer are not at hand, and would let go of no others than are let go of anyway. More than is kept
    /// otherwise is worth it where a quarter of what is free holds it, and while the table `stays` as it is: each state of it would
    /// have to be read anew.
    pub fn is_worth_reading_ahead(&self, source: &StoredLayer, stays: bool) -> bool {
        let Ok(table) = self.reader() else { return false };
        let bytes = bytes_of(&table, source);
        let has_room = || stays && bytes as u64 <= self.free_bytes() / 4;
        (bytes <= self.capacity_bytes || has_room()) && self.at_hand(source, &table).is_none()
    }

    /// Bytes of memory that are free; none where nobody says.
    fn free_bytes(&self) -> u64 {
        free_memory::free_memory(&self.system_root).unwrap_or(0)
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The table as it is now, to be read on another thread while it moves on.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn reader(&self) -> Result<FeatureTable, Problem> {
        let mut open = self.open();
        let table = self.table(&mut open).map_err(|error| Problem::new("The vectors could not be read", error))?;
        Ok(table.reader())
    }

    /// What the features table holds, in its order, and how many channels each has.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub fn columns(&self) -> Result<Vec<(StoredLayer, usize)>, Problem> {
        let mut open = self.open();
        let table = self.table(&mut open).map_err(|error| Problem::new("The vectors could not be read", error))?;
        Ok(table.columns())
    }

    /// What there is at a layer to answer a question by a measure with, all of one moment.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub fn at(&self, source: &StoredLayer, metric: Metric) -> Result<LayerNow, Problem> {
        let unread = |error: StoreError| Problem::new("The vectors could not be read", error);
        let mut open = self.open();
        let table = self.table(&mut open).map_err(unread)?.reader();
        drop(open);
        let channels = table.columns().into_iter().find(|(stored, _)| stored == source).map_or(0, |(_, c)| c);
        let known = table.indices().map_err(|error| Problem::new("The indices could not be read", error))?;
        let index = known.into_iter().find(|record| record.source == *source && record.metric == metric);
        Ok(LayerNow { channels, is_in_single: table.in_single().contains(source), index, table })
    }

    /// The vector of one image, without reading those of others.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub fn vector(&self, source: &StoredLayer, image: ImageId) -> Result<Option<Vec<f32>>, Problem> {
        self.reader()?.vector(source, image).map_err(|error| Problem::new("The vectors could not be read", error))
    }

    /// Gives back the memory of the embedding: another is made.
    pub fn forget_embedding(&self) {
        *self.embedding.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// The full-network embedding of the images committed so far. Those that came after it was made are measured by the
    /// reference it was made by.
    ///
    /// # Errors
    /// When there is none, or it cannot be read.
    pub fn embedding(&self, cancelled: Cancelled) -> Result<Arc<Embedding>, Problem> {
        let unread = |error: &dyn std::fmt::Display| Problem::new("The embedding could not be read", error);
        let workspace = self.workspace.now().map_err(|error| unread(&error))?;
        let made = workspace.embedding_version(&self.table_name).map_err(|error| unread(&error))?;
        let (ids, version) = {
            let mut open = self.open();
            let table = self.table(&mut open).map_err(|error| unread(&error))?;
            (table.ids().to_vec(), table.version())
        };
        // The record of a picture that changed is committed after its vectors.
        let state = (made, version, workspace.version());
        let mut kept = self.embedding.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, embedding)) = kept.as_ref().filter(|(of, _)| *of == state) {
            return Ok(embedding.clone());
        }
        let (stored, said) =
            workspace.embedding(&self.table_name).map_err(|error| unread(&error))?.ok_or_else(|| {
                Problem::new("There is no full-network embedding yet", "it is made of all stored layers, once")
                    .with_remedy("Make it first: `tiramisu embed FOLDER`, or Neighbours > Whole network > Make it.")
            })?;
        // Pictures that came later, or are others now.
        let is_known = |id: &ImageId| stored.changed.binary_search(id).is_err() && stored.ids.binary_search(id).is_ok();
        let missing: Vec<ImageId> = ids.iter().copied().filter(|id| !is_known(id)).collect();
        let reference = reference_of(stored.layers);
        // Those of before need as much room.
        *kept = None;
        expect_room_for_codes(&self.system_root, ids.len(), reference.features())?;
        let mut codes = TernaryCodes::zeros(ids, reference.features());
        let mut bad = None;
        let read = said.read(|id, bytes| {
            let row = codes.row_of(id).filter(|_| missing.binary_search(&id).is_err());
            bad = row.and_then(|row| codes.set_bytes(row, bytes).err());
            if bad.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        read.map_err(|error| unread(&error))?;
        bad.map_or(Ok(()), |error| Err(unread(&error)))?;
        let mut embedding = Embedding { reference, codes };
        if !missing.is_empty() {
            self.encode(&missing, &mut embedding, cancelled)?;
        }
        let embedding = Arc::new(embedding);
        *kept = Some((state, embedding.clone()));
        Ok(embedding)
    }

    /// Fills in the codes of some images, ascending.
    fn encode(&self, missing: &[ImageId], embedding: &mut Embedding, cancelled: Cancelled) -> Result<(), Problem> {
        let unread = |error: StoreError| Problem::new("The vectors could not be read", error);
        let table = self.reader()?;
        let Embedding { reference, codes } = embedding;
        for (number, layer) in reference.layers.iter().enumerate() {
            let source = StoredLayer { layer: layer.name.clone(), pooling: Pooling::Average };
            let mut write = |ids: &[ImageId], values: NumbersRef<'_>| match reference
                .encode_some(number, ids, values, codes, cancelled)
            {
                Some(()) => ControlFlow::Continue(()),
                None => ControlFlow::Break(()),
            };
            if missing.len() <= FEW_IMAGES {
                let found = table.vectors_of(&source, missing).map_err(unread)?;
                let there = missing.iter().zip(found).filter_map(|(id, vector)| Some((*id, vector?)));
                let (ids, vectors): (Vec<ImageId>, Vec<Vec<f32>>) = there.unzip();
                let _ = write(&ids, NumbersRef::Single(&vectors.concat()));
            } else {
                let read = table.each_batch(&source, |ids, values| {
                    let is_wanted = |place: &usize| missing.binary_search(&ids[*place]).is_ok();
                    let wanted: Vec<usize> = (0..ids.len()).filter(is_wanted).collect();
                    let channels = values.len() / ids.len().max(1);
                    let mut some = Numbers::new(values.precision());
                    wanted.iter().for_each(|place| some.extend(values.slice(place * channels, channels)));
                    write(&wanted.into_iter().map(|place| ids[place]).collect::<Vec<_>>(), some.as_ref())
                });
                read.map_err(unread)?;
            }
            if cancelled() {
                return Err(Problem::new("The embedding was not finished", "it was stopped"));
            }
        }
        Ok(())
    }

    /// The table as it is now.
    fn table<'a>(&self, open: &'a mut Open) -> Result<&'a mut FeatureTable, StoreError> {
        match &mut open.table {
            Some(table) => table.refresh()?,
            None => open.table = Some(self.workspace.now()?.read_features(&self.table_name)?),
        }
        Ok(open.table.as_mut().expect("it is open by now"))
    }

    fn find(&self, source: &StoredLayer) -> Result<Arc<SearchableVectors>, StoreError> {
        let table = self.table(&mut self.open())?.reader();
        if !stores(&table, source) {
            let so_far = self.find_in_progress(source);
            if let Ok(Some(searchable)) = so_far {
                return Ok(searchable);
            }
            // Perhaps it was finished this moment, and what was read went away while its columns moved into the table.
            let table = self.table(&mut self.open())?.reader();
            if !stores(&table, source) {
                so_far?;
                if let Some((_, channels)) = self.coming.iter().find(|(coming, _)| coming == source) {
                    let matrix = Matrix::new(*channels, Vec::new());
                    return Ok(Arc::new(SearchableVectors::new(Vectors { ids: Vec::new(), matrix })));
                }
            }
        }
        let (table, cell) = {
            let mut open = self.open();
            let table = self.table(&mut open)?.reader();
            let cell = open.cell(source, &table, self.capacity_bytes, &|| self.free_bytes());
            (table, cell)
        };
        let mut cell = cell.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(match &*cell {
            Some(searchable) => searchable.clone(),
            None => cell.insert(Arc::new(SearchableVectors::new(table.vectors(source)?))).clone(),
        })
    }

    /// What there is so far of a layer that is being added; `None` if it is not.
    fn find_in_progress(&self, source: &StoredLayer) -> Result<Option<Arc<SearchableVectors>>, StoreError> {
        let workspace = self.workspace.now()?;
        let Some(supplement) = workspace.supplement_in_progress(&self.table_name) else { return Ok(None) };
        let table = workspace.read_features(&supplement)?;
        match stores(&table, source) {
            true => Ok(Some(Arc::new(SearchableVectors::new(table.vectors(source)?)))),
            false => Ok(None),
        }
    }
}

/// What the vectors of a layer take in memory.
fn bytes_of(table: &FeatureTable, source: &StoredLayer) -> usize {
    let channels = table.columns().iter().find(|(stored, _)| stored == source).map_or(0, |(_, channels)| *channels);
    let width = if table.in_single().contains(source) { 4 } else { 2 };
    table.rows() * channels * width
}

fn stores(table: &FeatureTable, source: &StoredLayer) -> bool {
    table.columns().iter().any(|(stored, _)| stored == source)
}

impl Open {
    /// The place for the vectors of a layer as the table has them now, from now on the most recently used. Those of another
    /// version are let go, and those that were not used for longest, as far as room is needed.
    fn cell(
        &mut self,
        source: &StoredLayer,
        table: &FeatureTable,
        capacity_bytes: usize,
        free_bytes: &dyn Fn() -> u64,
    ) -> Arc<Cell> {
        let version = table.version();
        let place = self.cache.iter().position(|cached| cached.source == *source);
        let cached = match place.map(|place| self.cache.remove(place)) {
            Some(cached) if cached.version == version => cached,
            Some(_) | None => {
                CachedVectors { source: source.clone(), version, bytes: bytes_of(table, source), cell: Arc::default() }
            }
        };
        let cell = cached.cell.clone();
        self.cache.push(cached);
        self.make_room(capacity_bytes, free_bytes);
        cell
    }

    /// Who is reading or using what is let go holds it for as long. What is being read is let go of last but the newest: whoever
    /// asks for it next would read it a second time.
    fn make_room(&mut self, capacity_bytes: usize, free_bytes: &dyn Fn() -> u64) {
        // One layer that takes more than that by itself is kept beside the others, while as much again is free.
        let last_large = self.cache.iter().rev().find(|cached| cached.bytes > capacity_bytes);
        let beside = last_large.filter(|large| large.bytes as u64 <= free_bytes()).map(|large| large.source.clone());
        let taken = |cached: &CachedVectors| if beside.as_ref() == Some(&cached.source) { 0 } else { cached.bytes };
        while self.cache.len() > 1 && self.cache.iter().map(taken).sum::<usize>() > capacity_bytes {
            let older = &self.cache[..self.cache.len() - 1];
            let is_read = |cached: &CachedVectors| cached.cell.try_lock().is_ok() && taken(cached) > 0;
            let place = older.iter().position(is_read).unwrap_or(0);
            self.cache.remove(place);
        }
    }
}
