//! Which picture an id means.
//!
//! Rows belong to images by id, and ids are places in `images.lance`. If that table is replaced by an older one (restored
//! from a backup, restored by another program, or the version before one that did not reach the disk whole), the next
//! images get ids that rows have already, and what was learned of one picture would be taken for another's. Each row says
//! the path of its picture, too, so it can be seen.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use super::driver::Driver;
use arrow_array::cast::AsArray;
use arrow_array::types::UInt32Type;

use super::StoreError;
use super::checked::Checked;
use super::moves::{self, Moves};
use super::names::{IMAGES, table_path};
use super::path_keys::{key_of, path_key, path_keys};
use super::recorder::Results;
use super::table::{Table, damaged};
use crate::domain::ImageRecord;

const READ_ROWS: usize = 65_536;

/// What tells each image from others, by id.
pub(super) struct Pictures {
    keys: Vec<Option<u64>>,
    /// What those were called before that were moved, ascending.
    before: Vec<(u32, u64)>,
    moves: Moves,
}

impl Pictures {
    /// By their paths, as `images` has them on record.
    fn on_record(images: &Table, moves: Moves) -> Result<Self, StoreError> {
        let mut keys = vec![None; images.rows()?];
        for (id, path) in made_from(images)? {
            if let Some(key) = keys.get_mut(id as usize) {
                *key = path;
            }
        }
        let mut before: Vec<(u32, u64)> = Vec::new();
        for id in moves.images() {
            let Some(now) = keys.get(id as usize).copied().flatten() else { continue };
            before.extend(moves.names(id, now).into_iter().filter(|name| *name != now).map(|name| (id, name)));
        }
        before.sort_unstable();
        Ok(Self { keys, before, moves })
    }

    /// Of so many images, each of which is to be taken in.
    pub(super) fn of(count: usize) -> Self {
        Self { keys: vec![None; count], before: Vec::new(), moves: Moves::default() }
    }

    /// Takes an image in by its path and the state of its file. One that was moved is the same in all its places. Says whether its
    /// id is below the count, and no other's.
    pub(super) fn take_in(&mut self, record: &ImageRecord, moves: &Moves) -> bool {
        let name = moves.one_name(record.id.0, path_key(&record.path.text));
        // What was moved has the same key in all its places, and the bytes of but one name are known.
        let raw = record.path.raw.as_ref().filter(|_| !moves.is_of(record.id.0));
        let key = key_of((name, raw, record.file_bytes, record.modified_unix_secs));
        self.keys.get_mut(record.id.index()).is_some_and(|place| place.replace(key).is_none())
    }

    /// What tells the picture of an id from others; `None` if none has the id.
    pub(super) fn key(&self, id: u32) -> Option<u64> {
        self.keys.get(id as usize).copied().flatten()
    }

    /// Whether an id is that of the picture that a row was made from. Of a row without a path nothing is known but the id.
    pub(super) fn fits(&self, id: u32, made_from: Option<u64>) -> bool {
        self.key(id).is_some_and(|key| {
            made_from.is_none_or(|from| from == key || self.before.binary_search(&(id, from)).is_ok())
        })
    }

    /// The ids of rows that were made from other pictures than these, ascending.
    pub(super) fn misfits(&self, rows: impl IntoIterator<Item = (u32, Option<u64>)>) -> Vec<u32> {
        let misfit = |(id, made_from): (u32, Option<u64>)| (!self.fits(id, made_from)).then_some(id);
        let mut misfits: Vec<u32> = rows.into_iter().filter_map(misfit).collect();
        misfits.sort_unstable();
        misfits.dedup();
        misfits
    }

    /// The id of each picture, also by what it was called before if nothing is called so now; none where several cannot be told
    /// apart.
    pub(super) fn ids(&self) -> HashMap<u64, Option<u32>> {
        let mut ids = HashMap::with_capacity(self.keys.len());
        for (id, key) in (0..).zip(&self.keys) {
            if let Some(key) = key {
                ids.entry(*key).and_modify(|known| *known = None).or_insert(Some(id));
            }
        }
        let mut before: HashMap<u64, Option<u32>> = HashMap::new();
        for (id, name) in self.before.iter().filter(|(_, name)| !ids.contains_key(name)) {
            before.entry(*name).and_modify(|known| *known = None).or_insert(Some(*id));
        }
        ids.extend(before);
        ids
    }

    /// The id, by `ids`, of the picture that lay at `name` when it was image `id`, and was moved then: neither its name nor its id
    /// is what it was once images of before are back. `None` where several cannot be told apart.
    pub(super) fn moved_from(&self, id: u32, name: u64, ids: &HashMap<u64, Option<u32>>) -> Option<u32> {
        let mut found = self.moves.names(id, name).into_iter().filter_map(|name| ids.get(&name).copied().flatten());
        let first = found.next()?;
        found.all(|other| other == first).then_some(first)
    }
}

/// Compares tables with the images on record. Their paths are read once, and only if there is a table that was not found to
/// fit before.
pub(super) struct Comparison {
    images: Table,
    moves: Option<Table>,
    pictures: Option<Pictures>,
    checked: Checked,
}

impl Comparison {
    /// With the images of the workspace at `root` as they are now. Open what is to be compared before: images are appended
    /// before what is made from them, and moves are told before them.
    pub(super) fn new(driver: &Arc<Driver>, root: &Path) -> Result<Self, StoreError> {
        let images = Table::open(driver, &table_path(root, IMAGES))?;
        let moves = moves::table(driver, root)?;
        let checked = Checked::read(root, images.stamp());
        Ok(Self { images, moves, pictures: None, checked })
    }

    /// The images on record.
    pub(super) fn pictures(&mut self) -> Result<&Pictures, StoreError> {
        let pictures = match self.pictures.take() {
            Some(pictures) => pictures,
            None => Pictures::on_record(&self.images, Moves::of(self.moves.as_ref())?)?,
        };
        Ok(self.pictures.insert(pictures))
    }

    /// The images that `table` has rows of which were made from another picture, or from one that is not on record:
    /// ascending. None of a table whose rows do not name pictures.
    pub(super) fn misfits(&mut self, name: &str, table: &Table) -> Result<Vec<u32>, StoreError> {
        let schema = table.schema();
        let names_pictures = ["id", "path"].iter().all(|column| schema.column_with_name(column).is_some());
        if !names_pictures || self.checked.has(name, table.stamp()) {
            return Ok(Vec::new());
        }
        let rows = made_from(table)?;
        let misfits = if rows.is_empty() { Vec::new() } else { self.pictures()?.misfits(rows) };
        if misfits.is_empty() {
            self.note(name, table);
        }
        Ok(misfits)
    }

    /// Where images on record lie.
    pub(super) fn paths_of(&self, images: &HashSet<u32>) -> Result<HashMap<u32, String>, StoreError> {
        let mut paths = HashMap::with_capacity(images.len());
        if images.is_empty() {
            return Ok(paths);
        }
        self.images.scan(&["id", "path"], READ_ROWS, |batch| {
            let columns = batch.column(0).as_primitive_opt::<UInt32Type>().zip(batch.column(1).as_string_opt::<i32>());
            let (ids, texts) = columns.ok_or_else(|| damaged(&self.images, "its columns have other types"))?;
            let wanted = ids.values().iter().zip(texts).filter(|(id, _)| images.contains(id));
            paths.extend(wanted.filter_map(|(id, path)| Some((*id, path?.to_owned()))));
            Ok(())
        })?;
        Ok(paths)
    }

    /// All rows of `table` are of the pictures on record.
    pub(super) fn note(&mut self, name: &str, table: &Table) {
        self.checked.note(name, table.stamp());
    }

    /// Which tables were found to fit.
    pub(super) fn into_checked(self) -> Checked {
        self.checked
    }
}

impl Results<'_> {
    /// What compares tables that were opened before with the images on record now.
    pub(super) fn comparison(&self) -> Result<Comparison, StoreError> {
        Comparison::new(self.driver, self.root)
    }

    /// The images of a table that were other pictures when its rows were made, or are not on record: ascending. Nobody may
    /// take those rows for what is known of the images with these ids.
    pub(super) fn misfits(&self, name: &str, table: &Table) -> Result<Vec<u32>, StoreError> {
        self.comparison()?.misfits(name, table)
    }
}

/// The id of each row, and the key of its picture's path.
fn made_from(table: &Table) -> Result<Vec<(u32, Option<u64>)>, StoreError> {
    let mut rows = Vec::with_capacity(table.rows()?);
    table.scan(&["id", "path"], READ_ROWS, |batch| {
        let columns = batch.column(0).as_primitive_opt::<UInt32Type>().zip(path_keys(batch.column(1)));
        let (ids, paths) = columns.ok_or_else(|| damaged(table, "its columns have other types"))?;
        rows.extend(ids.values().iter().copied().zip(paths));
        Ok(())
    })?;
    Ok(rows)
}
