//! Words that a person gave to images: `tags.lance`.
//!
//! Columns: `id` and `path` of the image, `tag`. A tag that is added is appended, one that is taken away is removed, each
//! as one commit.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::UInt32Type;
use arrow_array::{RecordBatch, RecordBatchIterator, StringArray, UInt32Array};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use lance::deps::datafusion::logical_expr::{ident, lit};

use super::recorder::{Results, damaged};
use super::table::Table;
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
        let known = read(&self.reader())?;
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
        let mut table = Table::open_or_create(self.runtime(), &self.path_of(TABLE), schema())?;
        table.append(Box::new(RecordBatchIterator::new([Ok(rows)], schema())))?;
        // Putting fragments together is a convenience: what was asked for is committed.
        if let Err(error) = table.compact(ROW_BYTES) {
            tracing::warn!("{error}");
        }
        Ok(new)
    }

    /// Takes a tag from images, and returns those that bore it, ascending.
    ///
    /// # Errors
    /// When the disk does not let us.
    pub fn remove_tag(&self, ids: &[ImageId], tag: &str) -> Result<Vec<ImageId>, StoreError> {
        let Some(mut table) = self.reader().open(TABLE)? else { return Ok(Vec::new()) };
        let known = read_table(&table)?;
        let Some(bearers) = known.images.get(tag) else { return Ok(Vec::new()) };
        let mut bore: Vec<ImageId> = ids.iter().copied().filter(|id| bearers.binary_search(id).is_ok()).collect();
        bore.sort_unstable();
        bore.dedup();
        let is_it = || ident("tag").eq(lit(tag));
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
}

/// Whether a table of this name is ours: it says nothing of itself but by its columns.
pub(super) fn is_ours(of_table: &Schema) -> bool {
    schema()
        .fields()
        .iter()
        .all(|field| of_table.field_with_name(field.name()).is_ok_and(|found| found.data_type() == field.data_type()))
}

/// The ids of images with tags that mean another picture among `images` than when the tags were given, or none, by the
/// paths of the rows; ascending. An image that is the right one by any of its rows is not among them.
pub(super) fn of_other_pictures(table: &Table, images: &[ImageRecord]) -> Result<Vec<u32>, StoreError> {
    let (mut right, mut wrong) = (BTreeSet::new(), BTreeSet::new());
    table.scan(&["id", "path"], READ_ROWS, |batch| {
        let columns = batch.column(0).as_primitive_opt::<UInt32Type>().zip(batch.column(1).as_string_opt::<i32>());
        let (ids, paths) = columns.ok_or_else(|| damaged(table, "its columns have other types"))?;
        for (id, path) in ids.values().iter().zip(paths) {
            let image = images.get(*id as usize);
            // Of a row without a path nothing is known but the id.
            let is_right = image.is_some_and(|image| path.is_none_or(|path| image.path.text == path));
            if is_right {
                right.insert(*id)
            } else {
                wrong.insert(*id)
            };
        }
        Ok(())
    })?;
    Ok(wrong.difference(&right).copied().collect())
}

impl Workspace {
    /// Makes the table of tags, without any, unless it is there.
    ///
    /// # Errors
    /// When the disk does not let us.
    pub(super) fn ensure_tags(&self) -> Result<(), StoreError> {
        Table::open_or_create(self.runtime(), &self.table_path(TABLE), schema()).map(drop)
    }

    /// All tags.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn tags(&self) -> Result<Tags, StoreError> {
        read(&self.results())
    }
}

fn read(results: &Results<'_>) -> Result<Tags, StoreError> {
    match results.open(TABLE)? {
        Some(table) => read_table(&table),
        None => Ok(Tags::default()),
    }
}

fn read_table(table: &Table) -> Result<Tags, StoreError> {
    let mut tags = Tags::default();
    table.scan(&["id", "tag"], READ_ROWS, |batch| {
        let columns = batch.column(0).as_primitive_opt::<UInt32Type>().zip(batch.column(1).as_string_opt::<i32>());
        let (ids, names) = columns.ok_or_else(|| damaged(table, "its columns have other types"))?;
        for (id, name) in ids.values().iter().zip(names) {
            let name = name.ok_or_else(|| damaged(table, "a row has no tag"))?;
            match tags.images.get_mut(name) {
                Some(images) => images.push(ImageId(*id)),
                None => drop(tags.images.insert(name.to_owned(), vec![ImageId(*id)])),
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
