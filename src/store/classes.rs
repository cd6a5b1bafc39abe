//! Class vectors: `classes_<features>.lance`, one row a class.
//!
//! Columns: `class`, `images` (how many it was taken over), `by` (`label`, `tag`, `cluster`, `where`, `selection`: which
//! images those are), `of` (the clustering or the predicate), `members` (the paths, of a selection), and for each layer a
//! fixed-size list of floats under the name that its averages have in the table of features. The metadata's key `result`
//! holds how they were made.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, UInt64Type};
use arrow_array::{
    Array, ArrayRef, FixedSizeListArray, Float32Array, ListArray, RecordBatch, RecordBatchIterator, StringArray,
    UInt64Array,
};
use arrow_schema::{ArrowError, DataType, Field, Schema};

use super::columns::name_columns;
use super::recorder::METADATA_KEY;
use super::table::{Table, damaged};
use super::{Recorder, StoreError, Workspace};
use crate::domain::{ClassOrigin, Pooling, StoredLayer};

const READ_ROWS: usize = 1024;
/// The key of a column's metadata that names its layer.
const LAYER_KEY: &str = "layer";

/// Class vectors as plain numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StoredClasses {
    /// How they were made, as JSON.
    pub made: String,
    /// Names and channels of the layers.
    pub layers: Vec<(String, usize)>,
    /// Names of the classes.
    pub classes: Vec<String>,
    /// Images each was taken over.
    pub images: Vec<usize>,
    /// Which images those are.
    pub origins: Vec<ClassOrigin>,
    /// `[classes, channels of all layers]`, row-major.
    pub values: Vec<f32>,
}

impl Recorder {
    /// Writes class vectors in the place of those that are there; returns the version of their table.
    ///
    /// # Errors
    /// When there are more or fewer numbers than classes and layers need, or the disk does not let us.
    pub fn save_classes(&self, features: &str, stored: &StoredClasses) -> Result<u64, StoreError> {
        let path = self.path_of(&format!("classes_{features}"));
        let refused = |reason: String| StoreError::RowsDoNotFit { reason, path: path.clone() };
        let width: usize = stored.layers.iter().map(|(_, channels)| channels).sum();
        if stored.values.len() != width * stored.classes.len() || !is_whole(stored) {
            let (numbers, classes) = (stored.values.len(), stored.classes.len());
            return Err(refused(format!("{numbers} numbers for {classes} classes of {width} features")));
        }
        let averages = |(layer, channels): &(String, usize)| {
            (StoredLayer { layer: layer.clone(), pooling: Pooling::Average }, *channels)
        };
        let columns = name_columns(&stored.layers.iter().map(averages).collect::<Vec<_>>(), &[]);
        let mut fields =
            vec![Field::new("class", DataType::Utf8, false), Field::new("images", DataType::UInt64, false)];
        let mut arrays: Vec<ArrayRef> = vec![
            Arc::new(StringArray::from_iter_values(&stored.classes)),
            Arc::new(UInt64Array::from_iter_values(stored.images.iter().map(|count| *count as u64))),
        ];
        for (field, array) in origin_columns(&stored.origins) {
            fields.push(field);
            arrays.push(array);
        }
        let mut first = 0;
        for (column, (layer, channels)) in columns.iter().zip(&stored.layers) {
            let rows =
                stored.values.chunks_exact(width.max(1)).flat_map(|row| row[first..first + channels].iter().copied());
            let list =
                list(Float32Array::from(rows.collect::<Vec<f32>>()), *channels).map_err(|e| refused(e.to_string()))?;
            let named = HashMap::from([(LAYER_KEY.to_owned(), layer.clone())]);
            fields.push(Field::new(&column.name, list.data_type().clone(), false).with_metadata(named));
            arrays.push(Arc::new(list));
            first += channels;
        }
        let made = HashMap::from([(METADATA_KEY.to_owned(), stored.made.clone())]);
        let schema = Arc::new(Schema::new_with_metadata(fields, made));
        let rows = RecordBatch::try_new(schema.clone(), arrays).map_err(|e| refused(e.to_string()))?;
        Table::overwrite(self.driver(), &path, Box::new(RecordBatchIterator::new([Ok(rows)], schema)))
    }
}

fn is_whole(stored: &StoredClasses) -> bool {
    [stored.images.len(), stored.origins.len()] == [stored.classes.len(); 2]
}

fn origin_columns(origins: &[ClassOrigin]) -> Vec<(Field, ArrayRef)> {
    let by = StringArray::from_iter_values(origins.iter().map(ClassOrigin::word));
    let of: StringArray = origins.iter().map(ClassOrigin::detail).collect();
    let mut members = ListBuilder::new(StringBuilder::new());
    for origin in origins {
        match origin {
            ClassOrigin::Selection(paths) => members.append_value(paths.iter().map(Some)),
            ClassOrigin::Label | ClassOrigin::Tag | ClassOrigin::Cluster(_) | ClassOrigin::Where(_) => {
                members.append_null();
            }
        }
    }
    let members = members.finish();
    vec![
        (Field::new("by", DataType::Utf8, false), Arc::new(by)),
        (Field::new("of", DataType::Utf8, true), Arc::new(of)),
        (Field::new("members", members.data_type().clone(), true), Arc::new(members)),
    ]
}

/// What the columns of origins say; `None` where they contradict each other.
fn origins_of(by: &StringArray, of: &StringArray, members: &ListArray) -> Option<Vec<ClassOrigin>> {
    let origin = |row: usize| {
        let detail = || of.is_valid(row).then(|| of.value(row).to_owned());
        Some(match by.value(row) {
            "label" => ClassOrigin::Label,
            "tag" => ClassOrigin::Tag,
            "cluster" => ClassOrigin::Cluster(detail()?),
            "where" => ClassOrigin::Where(detail()?),
            "selection" => {
                let paths = members.value(row);
                let paths = paths.as_string_opt::<i32>()?;
                ClassOrigin::Selection(paths.iter().flatten().map(str::to_owned).collect())
            }
            _ => return None,
        })
    };
    (0..by.len()).map(origin).collect()
}

fn list(values: Float32Array, channels: usize) -> Result<FixedSizeListArray, ArrowError> {
    let size = i32::try_from(channels).map_err(|error| ArrowError::InvalidArgumentError(error.to_string()))?;
    FixedSizeListArray::try_new(Arc::new(Field::new("item", DataType::Float32, true)), size, Arc::new(values), None)
}

impl Workspace {
    /// Whether there are class vectors of a table of features.
    pub(super) fn has_classes(&self, features: &str) -> Result<bool, StoreError> {
        Ok(self.results().open(&format!("classes_{features}"))?.is_some())
    }

    /// What the classes of a table of features are called, and which images each is taken over; none where there are none. Vectors are
    /// not read.
    ///
    /// # Errors
    /// When they cannot be read.
    pub(super) fn class_origins(&self, features: &str) -> Result<Vec<(String, ClassOrigin)>, StoreError> {
        let Some(table) = self.results().open(&format!("classes_{features}"))? else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        table.scan(described_by(&table), READ_ROWS, |batch| {
            let (classes, _, origins) = described(batch).ok_or_else(|| of_other_types(&table))?;
            found.extend(classes.iter().flatten().map(str::to_owned).zip(origins));
            Ok(())
        })?;
        Ok(found)
    }

    /// The class vectors of a table of features; `None` when there are none.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn classes(&self, features: &str) -> Result<Option<StoredClasses>, StoreError> {
        let Some(table) = self.results().open(&format!("classes_{features}"))? else { return Ok(None) };
        let wrong = || of_other_types(&table);
        let schema = table.schema();
        let mut found = StoredClasses {
            made: schema.metadata().get(METADATA_KEY).cloned().unwrap_or_default(),
            ..StoredClasses::default()
        };
        let mut names = described_by(&table).to_vec();
        let first_layer = names.len();
        for field in schema.fields() {
            let Some(layer) = field.metadata().get(LAYER_KEY) else { continue };
            let DataType::FixedSizeList(_, size) = field.data_type() else { return Err(wrong()) };
            found.layers.push((layer.clone(), *size as usize));
            names.push(field.name());
        }
        table.scan(&names, READ_ROWS, |batch| {
            let (classes, images, origins) = described(batch).ok_or_else(wrong)?;
            found.origins.extend(origins);
            let lists: Vec<&FixedSizeListArray> = (first_layer..batch.num_columns())
                .map(|column| batch.column(column).as_fixed_size_list_opt().ok_or_else(wrong))
                .collect::<Result<_, _>>()?;
            for row in 0..batch.num_rows() {
                found.classes.push(classes.value(row).to_owned());
                found.images.push(images.value(row) as usize);
                for list in &lists {
                    let numbers = list.value(row);
                    let numbers = numbers.as_primitive_opt::<Float32Type>().ok_or_else(wrong)?;
                    found.values.extend(numbers.values().iter());
                }
            }
            Ok(())
        })?;
        Ok(Some(found))
    }
}

fn of_other_types(table: &Table) -> StoreError {
    damaged(table, "its columns have other types")
}

/// The columns that describe classes, and are no layers.
const DESCRIBED_BY: [&str; 5] = ["class", "images", "by", "of", "members"];

/// Those of them that a table has: tables of before know labels only.
fn described_by(table: &Table) -> &'static [&'static str] {
    match table.schema().column_with_name("by") {
        Some(_) => &DESCRIBED_BY,
        None => &DESCRIBED_BY[..2],
    }
}

/// What the first columns say of classes: their names, of how many images they are, and of which; `None` where they contradict each
/// other or have other types.
fn described(batch: &RecordBatch) -> Option<(&StringArray, &UInt64Array, Vec<ClassOrigin>)> {
    let classes = batch.column(0).as_string_opt::<i32>()?;
    let images = batch.column(1).as_primitive_opt::<UInt64Type>()?;
    let has_origins = batch.schema_ref().column_with_name("by").is_some();
    let origins = match has_origins {
        true => {
            let (by, of) = (batch.column(2).as_string_opt::<i32>()?, batch.column(3).as_string_opt::<i32>()?);
            origins_of(by, of, batch.column(4).as_list_opt::<i32>()?)?
        }
        false => vec![ClassOrigin::Label; batch.num_rows()],
    };
    Some((classes, images, origins))
}
