//! What no one can make again: tags that a person gave, labels and boxes that were imported.
//!
//! No row of these tables is ever given up because its id means another picture now (see [`pictures`](super::pictures)): it goes
//! by its path. Where that is on record under another id, it belongs to that image; where it is not, but the picture is on record
//! where it was moved to, to that one. Where neither is so the row waits, and nobody sees it until the picture is there again.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::UInt32Type;
use arrow_array::{ArrayRef, RecordBatch, RecordBatchIterator, StringArray, UInt32Array};
use arrow_schema::{DataType, Schema};
use lance::deps::datafusion::logical_expr::{Expr, lit};

pub(super) use super::names::{BOXES, LABELS, TAGS};
use super::path_keys::{path_key, path_keys};
use super::pictures::Comparison;
use super::table::{Table, damaged};
use super::{Recorder, StoreError};
use crate::domain::{ImageId, ImageRecord};

/// Each with a column that it is known by: it says nothing of itself but by its columns.
const TABLES: [(&str, &str, DataType); 3] =
    [(TAGS, "tag", DataType::Utf8), (LABELS, "label_count", DataType::UInt32), (BOXES, "box", DataType::UInt32)];

const READ_ROWS: usize = 65_536;
/// The id of a picture that is not on record: no image has it, so the row waits for its path.
pub(super) const NOT_ON_RECORD: u32 = u32::MAX;

/// Whether a table is one of these, and ours.
pub(super) fn is_one(name: &str, of_table: &Schema) -> bool {
    let has = |column: &str, kind: &DataType| of_table.field_with_name(column).is_ok_and(|it| it.data_type() == kind);
    TABLES.iter().any(|(known, own, kind)| {
        *known == name && has("id", &DataType::UInt32) && has("path", &DataType::Utf8) && has(own, kind)
    })
}

/// Whether a table of this name is one of these.
pub(super) fn is_called_so(name: &str) -> bool {
    TABLES.iter().any(|(known, ..)| *known == name)
}

/// Tags, or labels and boxes, whose ids do not mean their pictures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TagsApart {
    /// Images that are on record under another id.
    pub moved: usize,
    /// Pictures that are not on record.
    pub waiting: usize,
}

/// That something is to be kept of an image of which nothing is known, not even where it lies.
pub(super) fn unknown(image: ImageId, path: PathBuf) -> StoreError {
    StoreError::RowsDoNotFit { reason: format!("nothing is known of image {}, so nothing was kept", image.0), path }
}

/// What is known of an image that was met, also if it is not on record yet.
pub(super) type Known<'a> = &'a dyn Fn(ImageId) -> Option<ImageRecord>;

/// Whose rows those are that do not fit the images on record: rows are named by their id and the key of their path.
#[derive(Default)]
pub(super) struct Owners {
    moved: HashMap<(u32, u64), u32>,
    /// Those of them that have another name as well.
    renamed: HashSet<(u32, u64)>,
    waiting: HashSet<(u32, u64)>,
}

impl Owners {
    /// Of the table called `name`.
    pub(super) fn of(
        name: &str,
        table: &Table,
        comparison: &mut Comparison,
        known: Known<'_>,
    ) -> Result<Self, StoreError> {
        let mut owners = Self::default();
        if comparison.misfits(name, table)?.is_empty() {
            return Ok(owners);
        }
        let pictures = comparison.pictures()?;
        let by_path = pictures.ids();
        let mut met: HashMap<u32, Option<u64>> = HashMap::new();
        table.scan(&["id", "path"], READ_ROWS, |batch| {
            let columns = batch.column(0).as_primitive_opt::<UInt32Type>().zip(path_keys(batch.column(1)));
            let (ids, paths) = columns.ok_or_else(|| damaged(table, "its columns have other types"))?;
            for (id, path) in ids.values().iter().zip(paths) {
                let Some(path) = path.filter(|path| !pictures.fits(*id, Some(*path))) else { continue };
                // Met by somebody who has not put it on record yet.
                let of_met = || known(ImageId(*id)).map(|record| path_key(&record.path.text));
                if pictures.key(*id).is_none() && *met.entry(*id).or_insert_with(of_met) == Some(path) {
                    continue;
                }
                match by_path.get(&path) {
                    Some(Some(now)) => drop(owners.moved.insert((*id, path), *now)),
                    // Of several that are called so now nobody knows which.
                    Some(None) => drop(owners.waiting.insert((*id, path))),
                    None => match pictures.moved_from(*id, path, &by_path) {
                        Some(now) => {
                            owners.moved.insert((*id, path), now);
                            owners.renamed.insert((*id, path));
                        }
                        None => drop(owners.waiting.insert((*id, path))),
                    },
                }
            }
            Ok(())
        })?;
        Ok(owners)
    }

    /// The image that a row belongs to; `None` while it waits.
    pub(super) fn id_of(&self, id: u32, path: Option<u64>) -> Option<u32> {
        let Some(path) = path else { return Some(id) };
        match self.waiting.contains(&(id, path)) {
            true => None,
            false => Some(self.moved.get(&(id, path)).copied().unwrap_or(id)),
        }
    }

    /// Whether a row of these images may have another id, or one of their ids be that of a row that is not theirs.
    pub(super) fn concern(&self, images: &HashSet<u32>) -> bool {
        let mut ids = self.moved.iter().flat_map(|((id, _), now)| [id, now]);
        ids.any(|id| images.contains(id)) || self.waiting.iter().any(|(id, _)| images.contains(id))
    }

    /// The images whose rows call them by another name than they have now.
    fn renamed(&self) -> HashSet<u32> {
        self.renamed.iter().filter_map(|row| self.moved.get(row).copied()).collect()
    }

    /// The image that a row belongs to, if it has another name now than the row says.
    fn renamed_to(&self, id: u32, path: Option<u64>) -> Option<u32> {
        let row = (id, path?);
        self.renamed.contains(&row).then(|| self.moved.get(&row).copied()).flatten()
    }

    fn counted(&self) -> TagsApart {
        let moved: HashSet<u32> = self.moved.values().copied().collect();
        let waiting: HashSet<u64> = self.waiting.iter().map(|(_, path)| *path).collect();
        TagsApart { moved: moved.len(), waiting: waiting.len() }
    }

    /// The paths of rows that wait, as they are written.
    pub(super) fn waiting_paths(&self, table: &Table) -> Result<Vec<Expr>, StoreError> {
        if self.waiting.is_empty() {
            return Ok(Vec::new());
        }
        let waiting: HashSet<u64> = self.waiting.iter().map(|(_, path)| *path).collect();
        let mut found = HashSet::new();
        table.scan(&["path"], READ_ROWS, |batch| {
            let paths = batch.column(0).as_string_opt::<i32>();
            let paths = paths.ok_or_else(|| damaged(table, "its columns have other types"))?;
            found.extend(paths.iter().flatten().filter(|path| waiting.contains(&path_key(path))).map(str::to_owned));
            Ok(())
        })?;
        Ok(found.into_iter().map(lit).collect())
    }
}

/// Rows of the table called `name` whose ids do not mean their pictures.
pub(super) fn apart(name: &str, table: &Table, comparison: &mut Comparison) -> Result<TagsApart, StoreError> {
    Ok(Owners::of(name, table, comparison, &|_| None)?.counted())
}

impl Recorder {
    /// Gives rows the ids that their pictures have now, as one commit, for whoever reads the table by ids. Returns what was
    /// so, and what still waits.
    pub(super) fn settle(&self, name: &str, comparison: &mut Comparison) -> Result<TagsApart, StoreError> {
        let table = self.reader().open(name)?.filter(|table| is_one(name, &table.schema()));
        let Some(mut table) = table else { return Ok(TagsApart::default()) };
        table.set_torn_aside()?;
        let owners = Owners::of(name, &table, comparison, &|_| None)?;
        let apart = owners.counted();
        if apart.moved == 0 {
            return Ok(apart);
        }
        let renamed = comparison.paths_of(&owners.renamed())?;
        // With what other programs may have added to it.
        let schema = Arc::new(table.schema());
        let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        let wrong = || damaged(&table, "its columns have other types");
        let mut batches = Vec::new();
        table.scan(&names, READ_ROWS, |batch| {
            let column = |name| schema.index_of(name).ok().map(|place| (place, batch.column(place)));
            let (place, ids) = column("id").ok_or_else(wrong)?;
            let ids = ids.as_primitive_opt::<UInt32Type>().ok_or_else(wrong)?;
            let (path_place, paths) = column("path").ok_or_else(wrong)?;
            let keys = path_keys(paths).ok_or_else(wrong)?;
            let rows = || ids.values().iter().zip(keys.iter().copied());
            let now = rows().map(|(id, path)| owners.id_of(*id, path).unwrap_or(*id));
            let mut columns = batch.columns().to_vec();
            columns[place] = Arc::new(UInt32Array::from_iter_values(now)) as ArrayRef;
            if !renamed.is_empty() {
                // What a row was called by its former id is not known of the new one.
                let before = paths.as_string_opt::<i32>().ok_or_else(wrong)?;
                let name = |(id, path): (&u32, Option<u64>)| renamed.get(&owners.renamed_to(*id, path)?);
                let names = rows().zip(before).map(|(row, before)| name(row).map(String::as_str).or(before));
                columns[path_place] = Arc::new(names.collect::<StringArray>());
            }
            batches.push(RecordBatch::try_new(schema.clone(), columns));
            Ok(())
        })?;
        Table::overwrite(self.driver(), table.path(), Box::new(RecordBatchIterator::new(batches, schema.clone())))?;
        if apart.waiting == 0 {
            comparison.note(name, &Table::open(self.driver(), table.path())?);
        }
        Ok(apart)
    }

    /// Gives imported labels and boxes to pictures that are on record again, under another id perhaps.
    ///
    /// # Errors
    /// When the disk does not let us.
    pub fn take_up_imported(&self) -> Result<(), StoreError> {
        for name in [LABELS, BOXES] {
            self.settle(name, &mut self.reader().comparison()?)?;
        }
        Ok(())
    }
}
