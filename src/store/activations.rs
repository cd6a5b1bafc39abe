//! Whole activations of a layer: `activations_<features>_<layer>.lance`.
//!
//! An activation is a value of bytes, half floats one after the other, or single floats where one of its numbers is beyond
//! half precision (twice as many bytes say so), since Lance compresses bytes of any length and leaves
//! lists of a fixed size as they are. Half of the numbers after a ReLU are zero.
//!
//! Each row says of which file's state it is (`file_bytes`, `modified`, `modified_nanos`): of a picture that has changed since, the
//! activation is not there any more, until it is made again.

mod about;
mod bytes;

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::{fs, io};

use arrow_array::cast::AsArray;
use arrow_array::types::UInt32Type;
use arrow_array::{
    ArrayRef, Int64Array, LargeBinaryArray, RecordBatch, RecordBatchIterator, StringArray, UInt32Array, UInt64Array,
};

use about::{About, COLUMN};
use bytes::{bytes_of, numbers_of};

use super::bytes_below::bytes_below;
use super::cut_off::is_cut_off;
use super::file_state::{FileState, nanos_column, nanos_field, states};
use super::file_times::FileTimes;
use super::identity::Identity;
use super::moves::{self, Moves};
use super::recorder::Results;
use super::table::{Table, damaged};
use super::{Recorder, StoreError, Workspace, deleting};
use crate::domain::{ImageId, ImageRecord, Numbers, NumbersRef, StoredActivations};

pub(super) use about::row_bytes;

const READ_ROWS: usize = 65_536;
/// Files of longer rows stay as they were committed.
const COMPACTED_BYTES: usize = 32 << 10;
/// Bytes of activations read at a time.
const READ_BYTES: usize = 8 << 20;

/// The activations of one layer. It sees the state at the time of opening and its own appends.
pub struct ActivationTable {
    table: Table,
    about: About,
    /// The row of each image, and the state of its file.
    rows: HashMap<ImageId, (u32, FileState)>,
    moves: Moves,
    /// When files were last changed: of the images in it or, where more are to come, of all.
    times: FileTimes,
    /// Whether no number in it was cut off: it says so, or was looked through.
    is_whole: bool,
    /// Those whose activation an earlier version cut off, as far as they were looked for.
    cut_off: HashSet<ImageId>,
}

impl Recorder {
    /// The activations of a layer of the table `features`, to append to; made if there are none yet. Those that an earlier
    /// version cut off at the largest half are taken for missing, so that they are made again.
    ///
    /// # Errors
    /// When activations of another shape are kept under this name, and when the disk does not let us.
    pub fn activations(&self, features: &str, layer: &str, shape: [usize; 3]) -> Result<ActivationTable, StoreError> {
        let wanted = About { layer: layer.to_owned(), shape, is_whole: true };
        let name = place(&self.reader(), features, layer)?.0;
        let path = self.path_of(&name);
        let schema = Arc::new(wanted.schema(vec![nanos_field()]));
        let table = Table::open_or_create(self.driver(), &path, schema)?;
        let mut found = ActivationTable::read(table, self.root(), &name)?;
        if (&found.about.layer, found.about.shape) != (&wanted.layer, wanted.shape) {
            let reason = format!("it holds activations of {} of shape {:?}", found.about.layer, found.about.shape);
            return Err(StoreError::RowsDoNotFit { reason, path });
        }
        found.forget_cut_off()?;
        if found.is_whole && !found.about.is_whole {
            Identity::note_whole(self.root(), &name, vec![COLUMN.to_owned()])?;
        }
        Ok(found)
    }

    /// Removes the activations of a layer; whether there were any.
    ///
    /// # Errors
    /// When the disk does not let us.
    pub fn drop_activations(&self, features: &str, layer: &str) -> Result<bool, StoreError> {
        match place(&self.reader(), features, layer)? {
            (name, Some(_)) => {
                // An earlier version may make one of this name.
                Identity::note_whole(self.root(), &name, Vec::new())?;
                deleting::delete(&self.path_of(&name)).map(|()| true)
            }
            (_, None) => Ok(false),
        }
    }
}

impl Workspace {
    /// Of which layers of the table `features` activations are kept, in the order of their tables' names.
    ///
    /// # Errors
    /// When the workspace cannot be read.
    pub fn stored_activations(&self, features: &str) -> Result<Vec<StoredActivations>, StoreError> {
        let prefix = prefix(features);
        let mut kept = Vec::new();
        for name in self.results().names(&prefix)? {
            let Some(table) = self.results().open(&format!("{prefix}{name}"))? else { continue };
            let About { layer, shape, .. } = About::of(&table)?;
            kept.push(StoredActivations { layer, shape, images: table.rows()?, bytes: bytes_below(table.path()) });
        }
        Ok(kept)
    }

    /// The activations of a layer of the table `features`; `None` if none are kept.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn activations(&self, features: &str, layer: &str) -> Result<Option<ActivationTable>, StoreError> {
        let (name, table) = place(&self.results(), features, layer)?;
        let Some(table) = table else { return Ok(None) };
        let mut found = ActivationTable::read(table, self.root(), &name)?;
        let ActivationTable { rows, times, .. } = &mut found;
        times.keep_only(|id| rows.contains_key(&id));
        Ok(Some(found))
    }

    /// Whether any activations may be kept in the workspace at `root`: quick, and nothing is opened.
    pub fn may_have_activations(root: &Path, features: &str) -> bool {
        let prefix = prefix(features);
        let is_one = |entry: io::Result<fs::DirEntry>| {
            entry.is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with(&prefix))
        };
        root.read_dir().is_ok_and(|mut entries| entries.any(is_one))
    }
}

impl ActivationTable {
    /// `name` is that of the table in the workspace at `root`.
    fn read(table: Table, root: &Path, name: &str) -> Result<Self, StoreError> {
        let about = About::of(&table)?;
        let was_looked_through = || -> Result<bool, StoreError> {
            let identity = Identity::read(root)?;
            Ok(identity.is_some_and(|identity| identity.whole(name).iter().any(|column| column == COLUMN)))
        };
        let is_whole = about.is_whole || was_looked_through()?;
        let moves = Moves::of(moves::table(&table.driver, root)?.as_ref())?;
        let images = Results { root, driver: &table.driver }.image_count();
        let (rows, times, cut_off) = (HashMap::new(), FileTimes::read(root, images), HashSet::new());
        let mut this = Self { table, about, rows, moves, times, is_whole, cut_off };
        this.reload()?;
        Ok(this)
    }

    fn reload(&mut self) -> Result<(), StoreError> {
        let mut rows = HashMap::with_capacity(self.table.rows()?);
        let mut next = 0;
        self.table.scan(&FileState::columns(&self.table), READ_ROWS, |batch| {
            for (id, state) in states(batch, &self.moves).ok_or_else(|| self.damaged())? {
                // Another program may have appended an image twice: the last row counts.
                rows.insert(id, (next, state));
                next += 1;
            }
            Ok(())
        })?;
        self.rows = rows;
        Ok(())
    }

    /// Takes those for missing that an earlier version cut off. Where there are none, the table is whole.
    fn forget_cut_off(&mut self) -> Result<(), StoreError> {
        if self.is_whole {
            return Ok(());
        }
        let mut cut_off = HashSet::new();
        self.scan_all(|ids, activations| {
            let of_each = activations.chunks(self.numbers().max(1)).zip(ids);
            cut_off.extend(of_each.filter(|(activation, _)| is_cut_off(*activation)).map(|(_, id)| *id));
            ControlFlow::Continue(())
        })?;
        self.is_whole = cut_off.is_empty();
        // The rows stay until others take their place.
        self.cut_off = cut_off;
        Ok(())
    }

    /// Of one image: `[channels, height, width]`.
    pub fn shape(&self) -> [usize; 3] {
        self.about.shape
    }

    /// Number of images whose activation is kept.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Whether the activation of an image is kept, as its file is now.
    pub fn holds(&self, record: &ImageRecord) -> bool {
        let now = || FileState::of(record.borrowed(), &self.moves, &self.times);
        let is_as_it_was = |(_, then): &(u32, FileState)| then.is_still(&now());
        self.rows.get(&record.id).is_some_and(is_as_it_was) && !self.cut_off.contains(&record.id)
    }

    /// The activation of an image, as its file is now; `None` if it is not kept, or was cut off by an earlier version.
    ///
    /// # Shapes
    /// Returns `[channels, height, width]`, row-major.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn get(&self, record: &ImageRecord) -> Result<Option<Numbers>, StoreError> {
        let Some((row, _)) = self.rows.get(&record.id).filter(|_| self.holds(record)) else { return Ok(None) };
        let batch = self.table.take(&[u64::from(*row)], &[COLUMN])?;
        let found = numbers_of(batch.column(0), self.numbers()).ok_or_else(|| self.damaged())?;
        Ok(Some(found).filter(|found| self.is_whole || !is_cut_off(found.as_ref())))
    }

    /// Hands the activations to `each`, a few images at a time, in the table's order, without those that an earlier version
    /// cut off; stops when it says so.
    ///
    /// # Shapes
    /// `each` gets the images and `[images, channels, height, width]`, row-major.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn scan(&self, mut each: impl FnMut(&[ImageId], NumbersRef<'_>) -> ControlFlow<()>) -> Result<(), StoreError> {
        if self.is_whole {
            return self.scan_all(each);
        }
        let numbers = self.numbers().max(1);
        self.scan_all(|ids, activations| {
            let is_whole: Vec<bool> = activations.chunks(numbers).map(|activation| !is_cut_off(activation)).collect();
            if !is_whole.contains(&false) {
                return each(ids, activations);
            }
            let whole: Vec<ImageId> = ids.iter().zip(&is_whole).filter(|(_, is)| **is).map(|(id, _)| *id).collect();
            let mut kept = Numbers::new(activations.precision());
            activations.chunks(numbers).zip(&is_whole).filter(|(_, is)| **is).for_each(|(of, _)| kept.extend(of));
            if whole.is_empty() { ControlFlow::Continue(()) } else { each(&whole, kept.as_ref()) }
        })
    }

    fn scan_all(&self, mut each: impl FnMut(&[ImageId], NumbersRef<'_>) -> ControlFlow<()>) -> Result<(), StoreError> {
        self.table.scan_where(None, &["id", COLUMN], rows_at_a_time(self.numbers() * 2), |batch| {
            let ids = batch.column(0).as_primitive_opt::<UInt32Type>().ok_or_else(|| self.damaged())?;
            let found = numbers_of(batch.column(1), self.numbers()).ok_or_else(|| self.damaged())?;
            let ids: Vec<ImageId> = ids.values().iter().map(|id| ImageId(*id)).collect();
            Ok(each(&ids, found.as_ref()))
        })
    }

    /// Appends the activations of images, as one commit, each in half precision if its numbers fit; those that images had
    /// before are removed, as one before it.
    ///
    /// # Shapes
    /// `values`: `[records, channels, height, width]`, row-major.
    ///
    /// # Errors
    /// When there are more or fewer numbers than that, or the disk does not let us.
    pub fn append(&mut self, records: &[ImageRecord], values: impl Into<Numbers>) -> Result<(), StoreError> {
        let values = values.into();
        if records.is_empty() {
            return Ok(());
        }
        if values.len() != records.len() * self.numbers() {
            let reason = format!("{} numbers for {} images of {:?}", values.len(), records.len(), self.about.shape);
            return Err(StoreError::RowsDoNotFit { reason, path: self.table.path().to_owned() });
        }
        let before: Vec<u32> =
            records.iter().filter(|record| self.rows.contains_key(&record.id)).map(|record| record.id.0).collect();
        if !before.is_empty() {
            self.table.remove(&before)?;
        }
        // A table that an earlier version made has no parts of a second.
        let nanos = self.table.schema().column_with_name(nanos_field().name()).map(|_| nanos_field());
        let schema = Arc::new(self.about.schema(nanos.clone().into_iter().collect()));
        let bytes = values.as_ref().chunks(self.numbers().max(1)).map(bytes_of);
        let activations = LargeBinaryArray::from_iter_values(bytes);
        let mut columns: Vec<ArrayRef> = vec![
            Arc::new(UInt32Array::from_iter_values(records.iter().map(|record| record.id.0))),
            Arc::new(StringArray::from_iter_values(records.iter().map(|record| record.path.text.as_str()))),
            Arc::new(UInt64Array::from_iter_values(records.iter().map(|record| record.file_bytes))),
            Arc::new(Int64Array::from_iter_values(records.iter().map(|record| record.modified_unix_secs))),
            Arc::new(activations),
        ];
        columns.extend(nanos.map(|_| nanos_column(records.iter().map(Some), &self.times)));
        let batch = RecordBatch::try_new(schema.clone(), columns).expect("one entry an image in every column");
        self.table.append(Box::new(RecordBatchIterator::new([Ok(batch)], schema)))?;
        self.cut_off.retain(|id| !records.iter().any(|record| record.id == *id));
        // Putting fragments together is a convenience: what was asked for is committed.
        let row_bytes = self.numbers() * 2;
        if may_be_compacted(row_bytes)
            && let Err(error) = self.table.compact(row_bytes)
        {
            tracing::warn!("{error}");
        }
        self.reload()
    }

    fn numbers(&self) -> usize {
        self.about.numbers()
    }

    fn damaged(&self) -> StoreError {
        damaged(&self.table, "its columns have other types")
    }
}

/// Whether files of such rows are put together: a dozen pieces of sixteen rows and more are on their way then, and one file
/// more costs little beside what it holds.
pub(super) fn may_be_compacted(row_bytes: usize) -> bool {
    row_bytes <= COMPACTED_BYTES
}

/// As many rows of so many bytes as are read at a time.
pub(super) fn rows_at_a_time(row_bytes: usize) -> usize {
    (READ_BYTES / row_bytes.max(1)).clamp(1, 1024)
}

fn prefix(features: &str) -> String {
    format!("activations_{features}_")
}

/// The table that holds the activations of a layer, and its name; or a name that is free for one. Layers whose names differ
/// in signs alone (`conv1/a`, `conv1_a`) would have the same: the later one gets a number.
fn place(results: &Results<'_>, features: &str, layer: &str) -> Result<(String, Option<Table>), StoreError> {
    let plain: String = layer.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let prefix = prefix(features);
    let mut taken = Vec::new();
    for rest in results.names(&prefix)? {
        let name = format!("{prefix}{rest}");
        // Some file systems do not tell small letters from capitals.
        if !rest.to_ascii_lowercase().starts_with(&plain.to_ascii_lowercase()) {
            continue;
        }
        let Some(table) = results.open(&name)? else { continue };
        if About::of(&table)?.layer == layer {
            return Ok((name, Some(table)));
        }
        taken.push(name.to_ascii_lowercase());
    }
    let name = (1..)
        .map(|turn| if turn == 1 { format!("{prefix}{plain}") } else { format!("{prefix}{plain}_{turn}") })
        .find(|name| !taken.contains(&name.to_ascii_lowercase()));
    Ok((name.expect("some number is free"), None))
}
