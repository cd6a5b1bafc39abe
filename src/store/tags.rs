//! Words that a person gave to images: `tags.lance`.
//!
//! Columns: `id` and `path` of the image, `tag`. A tag that is added is appended, one that is taken away is removed, and those
//! that an import makes take the place of the ones before, each as one commit.
//!
//! Nobody can make tags again: they go by the paths of their pictures (see [`handwork`](super::handwork)).

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::UInt32Type;
use arrow_array::{BooleanArray, RecordBatch, RecordBatchIterator, StringArray, UInt32Array, new_null_array};
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Schema, SchemaRef};
use lance::deps::datafusion::arrow::compute::filter_record_batch;
use lance::deps::datafusion::logical_expr::{ident, lit};

pub(super) use super::handwork::TAGS as TABLE;
use super::handwork::{Known, Owners, TagsApart};
use super::path_keys::path_keys;
use super::recorder::Results;
use super::table::{Table, damaged};
use super::{Recorder, StoreError, Workspace};
use crate::domain::{ImageId, ImageRecord, ImageSet, Tags};

const READ_ROWS: usize = 65_536;
/// What a row weighs when fragments are put together.
const ROW_BYTES: usize = 64;
/// So many ids may be named when a tag is taken from some of its images; for more the table is written anew.
const MOST_NAMED: usize = 16_384;

pub(super) fn schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("id", DataType::UInt32, false),
        Field::new("path", DataType::Utf8, true),
        Field::new("tag", DataType::Utf8, false),
    ]))
}

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
        self.append_tags(&new.iter().map(|id| (*id, tag)).collect::<Vec<_>>(), record)?;
        Ok(new)
    }

    /// Makes the tags that begin with `prefix` of `ids` just these, as one commit: whoever is killed meanwhile leaves all of the
    /// earlier ones or all of the new ones. `record` says what is known of an image.
    ///
    /// # Errors
    /// When the disk does not let us; nothing is changed then.
    pub fn replace_tags(
        &self,
        prefix: &str,
        ids: &ImageSet,
        tags: &[(ImageId, String)],
        record: impl Fn(ImageId) -> Option<ImageRecord>,
    ) -> Result<(), StoreError> {
        // What is written anew has the ids of now, and by those no former name is known.
        self.settle(TABLE, &mut self.reader().comparison()?)?;
        let wanted: HashSet<(ImageId, &str)> = tags.iter().map(|(id, tag)| (*id, tag.as_str())).collect();
        let table = self.reader().open(TABLE)?;
        let owners = match &table {
            Some(table) => Owners::of(TABLE, table, &mut self.reader().comparison()?, &record)?,
            None => Owners::default(),
        };
        let known = table.as_ref().map(|table| read_table(table, &owners)).transpose()?.unwrap_or_default();
        let mut new: Vec<(ImageId, &str)> = wanted.iter().copied().filter(|(id, tag)| !known.has(tag, *id)).collect();
        new.sort_unstable_by(|a, b| (a.1, a.0).cmp(&(b.1, b.0)));
        let is_to_go =
            |id: ImageId, tag: &str| tag.starts_with(prefix) && ids.contains(id) && !wanted.contains(&(id, tag));
        let some_go = known.iter().any(|(tag, bearers)| bearers.iter().any(|id| is_to_go(*id, tag)));
        match table {
            Some(table) if some_go => {
                let mut batches = rows_without(&table, &owners, is_to_go)?;
                if !new.is_empty() {
                    batches.push(to_batch(&new, record).and_then(|rows| widened(&rows, &Arc::new(table.schema()))));
                }
                let rows = Box::new(RecordBatchIterator::new(batches, Arc::new(table.schema())));
                Table::overwrite(self.driver(), table.path(), rows).map(drop)
            }
            Some(_) | None => self.append_tags(&new, record),
        }
    }

    fn append_tags(
        &self,
        new: &[(ImageId, &str)],
        record: impl Fn(ImageId) -> Option<ImageRecord>,
    ) -> Result<(), StoreError> {
        if new.is_empty() {
            return Ok(());
        }
        let mut table = Table::open_or_create(self.driver(), &self.path_of(TABLE), schema())?;
        table.append(Box::new(RecordBatchIterator::new([to_batch(new, record)], schema())))?;
        // Putting fragments together is a convenience: what was asked for is committed.
        if let Err(error) = table.compact(ROW_BYTES) {
            tracing::warn!("{error}");
        }
        Ok(())
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
        self.settle(TABLE, &mut self.reader().comparison()?)?;
        let Some(mut table) = self.reader().open(TABLE)? else { return Ok(Vec::new()) };
        table.set_torn_aside()?;
        let owners = Owners::of(TABLE, &table, &mut self.reader().comparison()?, &record)?;
        let known = read_table(&table, &owners)?;
        if !known.is_known(tag) {
            return Ok(Vec::new());
        }
        let mut bore: Vec<ImageId> = ids.iter().copied().filter(|id| known.has(tag, *id)).collect();
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
        if bore.len() == known.count(tag) {
            table.remove_where(is_it())?;
            return Ok(bore);
        }
        if bore.len() <= MOST_NAMED {
            let ids = bore.iter().map(|id| lit(id.0)).collect();
            table.remove_where(is_it().and(ident("id").in_list(ids, false)))?;
        } else {
            // In several commits some might be gone and others not.
            let is_to_go = |id: ImageId, known: &str| known == tag && bore.binary_search(&id).is_ok();
            let batches = rows_without(&table, &owners, is_to_go)?;
            let rows = Box::new(RecordBatchIterator::new(batches, Arc::new(table.schema())));
            Table::overwrite(self.driver(), table.path(), rows)?;
        }
        Ok(bore)
    }

    /// Puts tags back on pictures that are on record again, under another id perhaps.
    ///
    /// # Errors
    /// When the disk does not let us.
    pub fn take_up_tags(&self) -> Result<TagsApart, StoreError> {
        self.settle(TABLE, &mut self.reader().comparison()?)
    }
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

fn to_batch(
    new: &[(ImageId, &str)],
    record: impl Fn(ImageId) -> Option<ImageRecord>,
) -> Result<RecordBatch, ArrowError> {
    let records: Vec<Option<ImageRecord>> = new.iter().map(|(id, _)| record(*id)).collect();
    RecordBatch::try_new(
        schema(),
        vec![
            Arc::new(UInt32Array::from_iter_values(new.iter().map(|(id, _)| id.0))),
            Arc::new(records.iter().map(|record| Some(&record.as_ref()?.path.text)).collect::<StringArray>()),
            Arc::new(StringArray::from_iter_values(new.iter().map(|(_, tag)| *tag))),
        ],
    )
}

/// Rows with nothing in the columns that other programs may have added.
fn widened(rows: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, ArrowError> {
    let column = |field: &FieldRef| {
        let known = rows.column_by_name(field.name()).cloned();
        known.unwrap_or_else(|| new_null_array(field.data_type(), rows.num_rows()))
    };
    RecordBatch::try_new(schema.clone(), schema.fields().iter().map(column).collect())
}

/// The rows of the table but those that are to go, each with the id that its picture has now.
fn rows_without(
    table: &Table,
    owners: &Owners,
    is_to_go: impl Fn(ImageId, &str) -> bool,
) -> Result<Vec<Result<RecordBatch, ArrowError>>, StoreError> {
    let schema = Arc::new(table.schema());
    let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    let wrong = || damaged(table, "its columns have other types");
    let mut batches = Vec::new();
    table.scan(&names, READ_ROWS, |batch| {
        let column = |name| batch.column_by_name(name).ok_or_else(wrong);
        let ids = column("id")?.as_primitive_opt::<UInt32Type>().ok_or_else(wrong)?;
        let tags = column("tag")?.as_string_opt::<i32>().ok_or_else(wrong)?;
        let paths = path_keys(column("path")?).ok_or_else(wrong)?;
        let (mut now, mut stays) = (Vec::with_capacity(ids.len()), Vec::with_capacity(ids.len()));
        for ((id, tag), path) in ids.values().iter().zip(tags).zip(paths) {
            let owner = owners.id_of(*id, path);
            now.push(owner.unwrap_or(*id));
            let goes = owner.zip(tag).is_some_and(|(owner, tag)| is_to_go(ImageId(owner), tag));
            stays.push(!goes);
        }
        let mut columns = batch.columns().to_vec();
        columns[schema.index_of("id").map_err(|_| wrong())?] = Arc::new(UInt32Array::from(now));
        let rows = RecordBatch::try_new(schema.clone(), columns);
        batches.push(rows.and_then(|rows| filter_record_batch(&rows, &BooleanArray::from(stays))));
        Ok(())
    })?;
    Ok(batches)
}

fn read(results: &Results<'_>, known: Known<'_>) -> Result<Tags, StoreError> {
    let Some(table) = results.open(TABLE)? else { return Ok(Tags::default()) };
    let owners = Owners::of(TABLE, &table, &mut results.comparison()?, known)?;
    read_table(&table, &owners)
}

fn read_table(table: &Table, owners: &Owners) -> Result<Tags, StoreError> {
    let mut tags: BTreeMap<String, Vec<ImageId>> = BTreeMap::new();
    table.scan(&["id", "tag", "path"], READ_ROWS, |batch| {
        let columns = batch.column(0).as_primitive_opt::<UInt32Type>().zip(batch.column(1).as_string_opt::<i32>());
        let columns = columns.zip(path_keys(batch.column(2)));
        let ((ids, names), paths) = columns.ok_or_else(|| damaged(table, "its columns have other types"))?;
        for ((id, name), path) in ids.values().iter().zip(names).zip(paths) {
            let name = name.ok_or_else(|| damaged(table, "a row has no tag"))?;
            let Some(id) = owners.id_of(*id, path) else { continue };
            match tags.get_mut(name) {
                Some(images) => images.push(ImageId(id)),
                None => drop(tags.insert(name.to_owned(), vec![ImageId(id)])),
            }
        }
        Ok(())
    })?;
    Ok(tags.into_iter().collect())
}
