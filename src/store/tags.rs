//! Words that a person gave to images: `tags.lance`.
//!
//! Columns: `id` and `path` of the image, `tag`. A tag that is added is appended, one that is taken away is removed, each
//! as one commit.
//!
//! Nobody can make tags again, so no row is ever given up because its id means another picture now (see
//! [`pictures`](super::pictures)): it goes by its path. Where that is on record under another id, it is a tag of that image.
//! Where it is not on record the row waits, and nobody sees it until the picture is there again.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::UInt32Type;
use arrow_array::{ArrayRef, RecordBatch, RecordBatchIterator, StringArray, UInt32Array};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use lance::deps::datafusion::logical_expr::{Expr, ident, lit};

use super::pictures::{Comparison, path_key, path_keys};
use super::recorder::Results;
use super::table::{Table, damaged};
use super::{Recorder, StoreError, Workspace};
use crate::domain::{ImageId, ImageRecord, Tags};

pub(super) const TABLE: &str = "tags";
const READ_ROWS: usize = 65_536;
/// What a row weighs when fragments are put together.
const ROW_BYTES: usize = 64;
/// So many ids are named at a time when a tag is taken from some of its images.
const PORTION: usize = 16_384;

fn schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("id", DataType::UInt32, false),
        Field::new("path", DataType::Utf8, true),
        Field::new("tag", DataType::Utf8, false),
    ]))
}

/// Tags whose ids do not mean their pictures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TagsApart {
    /// Images that are on record under another id.
    pub moved: usize,
    /// Pictures that are not on record.
    pub waiting: usize,
}

/// What is known of an image that was met, also if it is not on record yet.
type Known<'a> = &'a dyn Fn(ImageId) -> Option<ImageRecord>;

impl Recorder {
    /// Gives images a tag, and returns those that did not bear it before, ascending. `record` says what is known of an
    /// image.
    ///
    /// # Errors
    /// When the disk does not let us; nothing is changed then.
    pub fn add_tag(
        &self,
        ids: &[ImageId],
        tag: &str,
        record: impl Fn(ImageId) -> Option<ImageRecord>,
    ) -> Result<Vec<ImageId>, StoreError> {
        let known = read(&self.reader(), &record)?;
        let mut new: Vec<ImageId> = ids.iter().copied().filter(|id| !known.has(tag, *id)).collect();
        new.sort_unstable();
        new.dedup();
        if new.is_empty() {
            return Ok(new);
        }
        let records: Vec<Option<ImageRecord>> = new.iter().map(|id| record(*id)).collect();
        let rows = RecordBatch::try_new(
            schema(),
            vec![
                Arc::new(UInt32Array::from_iter_values(new.iter().map(|id| id.0))),
                Arc::new(records.iter().map(|record| Some(&record.as_ref()?.path.text)).collect::<StringArray>()),
                Arc::new(StringArray::from_iter_values(std::iter::repeat_n(tag, new.len()))),
            ],
        )
        .expect("one entry an image in every column");
        let mut table = Table::open_or_create(self.driver(), &self.path_of(TABLE), schema())?;
        table.append(Box::new(RecordBatchIterator::new([Ok(rows)], schema())))?;
        // Putting fragments together is a convenience: what was asked for is committed.
        if let Err(error) = table.compact(ROW_BYTES) {
            tracing::warn!("{error}");
        }
        Ok(new)
    }

    /// Takes a tag from images on record, and returns those that bore it, ascending. Pictures that are not on record keep
    /// theirs.
    ///
    /// # Errors
    /// When the disk does not let us.
    pub fn remove_tag(&self, ids: &[ImageId], tag: &str) -> Result<Vec<ImageId>, StoreError> {
        self.remove_tag_of_met(ids, tag, |_| None)
    }

    /// The same, also of images that were met and are not on record yet: `record` says what is known of them.
    ///
    /// # Errors
    /// When the disk does not let us.
    pub fn remove_tag_of_met(
        &self,
        ids: &[ImageId],
        tag: &str,
        record: impl Fn(ImageId) -> Option<ImageRecord>,
    ) -> Result<Vec<ImageId>, StoreError> {
        self.settle_tags(&mut self.reader().comparison()?)?;
        let Some(mut table) = self.reader().open(TABLE)? else { return Ok(Vec::new()) };
        table.set_torn_aside()?;
        let owners = Owners::of(&table, &mut self.reader().comparison()?, &record)?;
        let known = read_table(&table, &owners)?;
        let Some(bearers) = known.images.get(tag) else { return Ok(Vec::new()) };
        let mut bore: Vec<ImageId> = ids.iter().copied().filter(|id| bearers.binary_search(id).is_ok()).collect();
        bore.sort_unstable();
        bore.dedup();
        let waiting = owners.waiting_paths(&table)?;
        let is_it = || {
            let is_tag = ident("tag").eq(lit(tag));
            match waiting.is_empty() {
                true => is_tag,
                // An image may have the id that another's tag was given with.
                false => is_tag.and(ident("path").is_null().or(ident("path").in_list(waiting.clone(), true))),
            }
        };
        if bore.len() == bearers.len() {
            table.remove_where(is_it())?;
            return Ok(bore);
        }
        for portion in bore.chunks(PORTION) {
            let ids = portion.iter().map(|id| lit(id.0)).collect();
            table.remove_where(is_it().and(ident("id").in_list(ids, false)))?;
        }
        Ok(bore)
    }

    /// Gives rows the ids that their pictures have now, as one commit, for whoever reads the table by ids. Returns what was
    /// so, and what still waits.
    pub(super) fn settle_tags(&self, comparison: &mut Comparison) -> Result<TagsApart, StoreError> {
        let table = self.reader().open(TABLE)?.filter(|table| is_ours(&table.schema()));
        let Some(mut table) = table else { return Ok(TagsApart::default()) };
        table.set_torn_aside()?;
        let owners = Owners::of(&table, comparison, &|_| None)?;
        let apart = owners.counted();
        if apart.moved == 0 {
            return Ok(apart);
        }
        // With what other programs may have added to it.
        let schema = Arc::new(table.schema());
        let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        let wrong = || damaged(&table, "its columns have other types");
        let mut batches = Vec::new();
        table.scan(&names, READ_ROWS, |batch| {
            let column = |name| schema.index_of(name).ok().map(|place| (place, batch.column(place)));
            let (place, ids) = column("id").ok_or_else(wrong)?;
            let ids = ids.as_primitive_opt::<UInt32Type>().ok_or_else(wrong)?;
            let paths = column("path").and_then(|(_, paths)| path_keys(paths)).ok_or_else(wrong)?;
            let now = ids.values().iter().zip(paths).map(|(id, path)| owners.id_of(*id, path).unwrap_or(*id));
            let mut columns = batch.columns().to_vec();
            columns[place] = Arc::new(UInt32Array::from_iter_values(now)) as ArrayRef;
            batches.push(RecordBatch::try_new(schema.clone(), columns));
            Ok(())
        })?;
        Table::overwrite(self.driver(), table.path(), Box::new(RecordBatchIterator::new(batches, schema.clone())))?;
        if apart.waiting == 0 {
            comparison.note(TABLE, &Table::open(self.driver(), table.path())?);
        }
        Ok(apart)
    }

    /// Puts tags back on pictures that are on record again, under another id perhaps.
    ///
    /// # Errors
    /// When the disk does not let us.
    pub fn take_up_tags(&self) -> Result<TagsApart, StoreError> {
        self.settle_tags(&mut self.reader().comparison()?)
    }
}

/// Whether a table of this name is ours: it says nothing of itself but by its columns.
pub(super) fn is_ours(of_table: &Schema) -> bool {
    schema()
        .fields()
        .iter()
        .all(|field| of_table.field_with_name(field.name()).is_ok_and(|found| found.data_type() == field.data_type()))
}

/// Whose rows those are that do not fit the images on record: rows are named by their id and the key of their path.
#[derive(Default)]
struct Owners {
    moved: HashMap<(u32, u64), u32>,
    waiting: HashSet<(u32, u64)>,
}

impl Owners {
    fn of(table: &Table, comparison: &mut Comparison, known: Known<'_>) -> Result<Self, StoreError> {
        let mut owners = Self::default();
        if comparison.misfits(TABLE, table)?.is_empty() {
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
                    _ => drop(owners.waiting.insert((*id, path))),
                }
            }
            Ok(())
        })?;
        Ok(owners)
    }

    /// The image that a row belongs to; `None` while it waits.
    fn id_of(&self, id: u32, path: Option<u64>) -> Option<u32> {
        let Some(path) = path else { return Some(id) };
        match self.waiting.contains(&(id, path)) {
            true => None,
            false => Some(self.moved.get(&(id, path)).copied().unwrap_or(id)),
        }
    }

    fn counted(&self) -> TagsApart {
        let moved: HashSet<u32> = self.moved.values().copied().collect();
        let waiting: HashSet<u64> = self.waiting.iter().map(|(_, path)| *path).collect();
        TagsApart { moved: moved.len(), waiting: waiting.len() }
    }

    /// The paths of rows that wait, as they are written.
    fn waiting_paths(&self, table: &Table) -> Result<Vec<Expr>, StoreError> {
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

/// Tags of `table` whose ids do not mean their pictures.
pub(super) fn apart(table: &Table, comparison: &mut Comparison) -> Result<TagsApart, StoreError> {
    Ok(Owners::of(table, comparison, &|_| None)?.counted())
}

impl Workspace {
    /// Makes the table of tags, without any, unless it is there.
    ///
    /// # Errors
    /// When the disk does not let us.
    pub(super) fn ensure_tags(&self) -> Result<(), StoreError> {
        Table::open_or_create(self.driver(), &self.table_path(TABLE), schema()).map(drop)
    }

    /// All tags of images on record.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn tags(&self) -> Result<Tags, StoreError> {
        self.tags_of_met(|_| None)
    }

    /// All tags, also of images that were met and are not on record yet: `record` says what is known of them.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn tags_of_met(&self, record: impl Fn(ImageId) -> Option<ImageRecord>) -> Result<Tags, StoreError> {
        read(&self.results(), &record)
    }
}

fn read(results: &Results<'_>, known: Known<'_>) -> Result<Tags, StoreError> {
    let Some(table) = results.open(TABLE)? else { return Ok(Tags::default()) };
    let owners = Owners::of(&table, &mut results.comparison()?, known)?;
    read_table(&table, &owners)
}

fn read_table(table: &Table, owners: &Owners) -> Result<Tags, StoreError> {
    let mut tags = Tags::default();
    table.scan(&["id", "tag", "path"], READ_ROWS, |batch| {
        let columns = batch.column(0).as_primitive_opt::<UInt32Type>().zip(batch.column(1).as_string_opt::<i32>());
        let columns = columns.zip(path_keys(batch.column(2)));
        let ((ids, names), paths) = columns.ok_or_else(|| damaged(table, "its columns have other types"))?;
        for ((id, name), path) in ids.values().iter().zip(names).zip(paths) {
            let name = name.ok_or_else(|| damaged(table, "a row has no tag"))?;
            let Some(id) = owners.id_of(*id, path) else { continue };
            match tags.images.get_mut(name) {
                Some(images) => images.push(ImageId(id)),
                None => drop(tags.images.insert(name.to_owned(), vec![ImageId(id)])),
            }
        }
        Ok(())
    })?;
    for images in tags.images.values_mut() {
        images.sort_unstable();
        images.dedup();
    }
    Ok(tags)
}
