//! The full-network embedding: `embedding_<features>.lance` and what it is measured by, `reference_<features>.lance`.
//!
//! `embedding_…`: `id`, `path`, `label` of the image, `positive` and `negative`: fixed-size binaries, one bit a feature
//! (feature `f` is bit `f % 8` of byte `f / 8`), set in the one where the feature is unusually strong, in the other where
//! it is unusually weak; `file_bytes`, `modified` and `modified_nanos` of the file they were made from (tables of earlier
//! versions lack them). `reference_…`: one row a feature, in that order: `layer`, `channel`, `mean`, `std`, `low` and
//! `high` (null for a silent side). The metadata's key `result` says how both were made.

use std::collections::HashMap;
use std::ops::{ControlFlow, Range};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, UInt32Type};
use arrow_array::{
    Array, ArrayRef, FixedSizeBinaryArray, Float64Array, RecordBatch, RecordBatchIterator, StringArray, UInt32Array,
};
use arrow_schema::{ArrowError, DataType, Field, Schema};
use serde::{Deserialize, Serialize};

use super::file_state::state_columns;
use super::recorder::{METADATA_KEY, about, rows_of_results};
use super::table::{Table, batch_rows, damaged};
use super::{Recorder, StoreError, Workspace};
use crate::domain::{ImageId, ImageRecord};

const READ_ROWS: usize = 16_384;

/// An embedding as plain numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StoredEmbedding {
    /// How thresholds were found, as JSON.
    pub thresholds: String,
    /// What is usual at each layer, in network order.
    pub layers: Vec<LayerNumbers>,
    /// The images, ascending. What is said of each is read and written apart ([`EmbeddingCodes`]), some at a time.
    pub ids: Vec<ImageId>,
    /// Those of `ids`, ascending, whose files have changed since, or are gone. Told by the workspace; not looked at when saving.
    pub changed: Vec<ImageId>,
}

/// What is usual at one layer: a number a channel in every list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LayerNumbers {
    /// The layer's name.
    pub layer: String,
    /// Means.
    pub means: Vec<f64>,
    /// Population deviations.
    pub stds: Vec<f64>,
    /// Below so many deviations from the mean a feature is weak; `None` where it never is.
    pub lows: Vec<Option<f64>>,
    /// Above so many it is strong.
    pub highs: Vec<Option<f64>>,
}

impl StoredEmbedding {
    /// Features of all layers.
    pub fn features(&self) -> usize {
        self.layers.iter().map(|layer| layer.means.len()).sum()
    }

    /// Bytes of one plane of one image.
    fn plane_bytes(&self) -> usize {
        self.features().div_ceil(8)
    }
}

/// What a kept embedding says of each image.
pub struct EmbeddingCodes {
    table: Table,
    plane_bytes: usize,
}

/// What is not per image.
#[derive(Serialize, Deserialize)]
struct About {
    thresholds: String,
    features: usize,
    /// The version of the reference's table that the codes were made by.
    reference: u64,
}

impl Recorder {
    /// Writes an embedding and its reference in the place of those that are there; returns the version of its table. Some
    /// images at a time: nothing of it is in memory twice.
    ///
    /// `codes` appends what is said of the image in a row of [`StoredEmbedding::ids`]: the bits of strong features to the first,
    /// those of weak ones to the second, each plane filled up to a whole byte. `record` says what is known of an image.
    ///
    /// # Errors
    /// When there are more or fewer bytes than the features need, or the disk does not let us.
    pub fn save_embedding(
        &self,
        features: &str,
        embedding: &StoredEmbedding,
        codes: impl Fn(usize, [&mut Vec<u8>; 2]) + Send + 'static,
        record: impl Fn(ImageId) -> Option<ImageRecord> + Send + 'static,
    ) -> Result<u64, StoreError> {
        let name = format!("embedding_{features}");
        let plane_bytes = embedding.plane_bytes();
        let refused = |reason: String| StoreError::RowsDoNotFit { reason, path: self.path_of(&name) };
        if plane_bytes == 0 {
            return Err(refused("an embedding without features".to_owned()));
        }
        // The codes name the reference they were made by: killed between the two, nobody mistakes another for it.
        let reference = self.save_reference(&format!("reference_{features}"), embedding).map_err(|e| match e {
            ReferenceError::Arrow(error) => refused(error.to_string()),
            ReferenceError::Store(error) => error,
        })?;
        let about = About { thresholds: embedding.thresholds.clone(), features: embedding.features(), reference };
        let (ids, times) = (embedding.ids.clone(), self.file_times());
        let batch = move |rows: Range<usize>| {
            let ids = &ids[rows.clone()];
            let mut further: Vec<(Field, ArrayRef)> = state_columns(ids, &times, &record).into();
            let mut planes = [0; 2].map(|_: u8| Vec::with_capacity(rows.len() * plane_bytes));
            let [strong, weak] = &mut planes;
            rows.for_each(|row| codes(row, [&mut *strong, &mut *weak]));
            let width = i32::try_from(plane_bytes).expect("a code has fewer than 2^31 bytes");
            for (column, plane) in ["positive", "negative"].into_iter().zip(planes) {
                if plane.len() != ids.len() * plane_bytes {
                    let reason = format!("{} bytes for the codes of {} images", plane.len(), ids.len());
                    return Err(ArrowError::InvalidArgumentError(reason));
                }
                let array = FixedSizeBinaryArray::try_new(width, plane.into(), None)?;
                further.push((Field::new(column, DataType::FixedSizeBinary(width), false), Arc::new(array)));
            }
            rows_of_results(&about, ids, &record, further)
        };
        let schema = batch(0..0).map_err(|error| refused(error.to_string()))?.schema();
        let (count, at_once) = (embedding.ids.len(), batch_rows(2 * plane_bytes));
        let portions = (0..count).step_by(at_once).map(move |first| batch(first..(first + at_once).min(count)));
        Table::overwrite(self.driver(), &self.path_of(&name), Box::new(RecordBatchIterator::new(portions, schema)))
    }

    fn save_reference(&self, name: &str, embedding: &StoredEmbedding) -> Result<u64, ReferenceError> {
        let layers = || embedding.layers.iter();
        // Collected: arrow's arrays of plain values want to know their number beforehand.
        let names = layers().flat_map(|layer| layer.means.iter().map(|_| Some(layer.layer.as_str())));
        let channels = layers().flat_map(|layer| 0..layer.means.len() as u32).collect::<Vec<_>>();
        let means = layers().flat_map(|layer| layer.means.iter().copied()).collect::<Vec<_>>();
        let stds = layers().flat_map(|layer| layer.stds.iter().copied()).collect::<Vec<_>>();
        let arrays: Vec<ArrayRef> = vec![
            Arc::new(names.collect::<StringArray>()),
            Arc::new(UInt32Array::from(channels)),
            Arc::new(Float64Array::from(means)),
            Arc::new(Float64Array::from(stds)),
            Arc::new(layers().flat_map(|layer| layer.lows.iter().copied()).collect::<Float64Array>()),
            Arc::new(layers().flat_map(|layer| layer.highs.iter().copied()).collect::<Float64Array>()),
        ];
        let fields = vec![
            Field::new("layer", DataType::Utf8, false),
            Field::new("channel", DataType::UInt32, false),
            Field::new("mean", DataType::Float64, false),
            Field::new("std", DataType::Float64, false),
            Field::new("low", DataType::Float64, true),
            Field::new("high", DataType::Float64, true),
        ];
        let made = HashMap::from([(METADATA_KEY.to_owned(), embedding.thresholds.clone())]);
        let schema = Arc::new(Schema::new_with_metadata(fields, made));
        let rows = RecordBatch::try_new(schema.clone(), arrays).map_err(ReferenceError::Arrow)?;
        let reader = Box::new(RecordBatchIterator::new([Ok(rows)], schema));
        Table::overwrite(self.driver(), &self.path_of(name), reader).map_err(ReferenceError::Store)
    }
}

enum ReferenceError {
    Arrow(ArrowError),
    Store(StoreError),
}

impl Workspace {
    /// The version of the embedding of a table of features; `None` when there is none.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn embedding_version(&self, features: &str) -> Result<Option<u64>, StoreError> {
        Ok(self.results().open(&format!("embedding_{features}"))?.map(|table| table.version()))
    }

    /// The embedding of a table of features, and where to read what it says of each image; `None` when there is none, or only
    /// part of one.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn embedding(&self, features: &str) -> Result<Option<(StoredEmbedding, EmbeddingCodes)>, StoreError> {
        let table_name = format!("embedding_{features}");
        let opened = |name: &str| self.results().open(&format!("{name}_{features}"));
        let (Some(table), Some(reference)) = (opened("embedding")?, opened("reference")?) else { return Ok(None) };
        let About { thresholds, features, reference: made_by } = about(&table)?;
        if reference.version() != made_by {
            return Ok(None);
        }
        let mut found = StoredEmbedding { thresholds, layers: read_reference(&reference)?, ..Default::default() };
        if found.features() != features {
            return Err(damaged(&table, "its reference has another number of features"));
        }
        table.scan(&["id"], READ_ROWS, |batch| {
            let ids = batch.column(0).as_primitive_opt::<UInt32Type>().ok_or_else(|| wrong_types(&table))?;
            found.ids.extend(ids.values().iter().map(|id| ImageId(*id)));
            Ok(())
        })?;
        found.ids.sort_unstable();
        found.ids.dedup();
        // Tables of earlier versions do not say of which state of a file they are, but of which file.
        let misfits = self.results().misfits(&table_name, &table)?;
        found.ids.retain(|id| misfits.binary_search(&id.0).is_err());
        found.changed = self.changed_since(&table)?;
        found.changed.retain(|id| found.ids.binary_search(id).is_ok());
        let plane_bytes = found.plane_bytes();
        Ok(Some((found, EmbeddingCodes { table, plane_bytes })))
    }
}

impl EmbeddingCodes {
    /// Hands what is said of each image to `each`, in the table's order, as [`Recorder::save_embedding`] was given it; stops when
    /// it says so.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(&self, mut each: impl FnMut(ImageId, [&[u8]; 2]) -> ControlFlow<()>) -> Result<(), StoreError> {
        let columns = ["id", "positive", "negative"];
        self.table.scan_where(None, &columns, batch_rows(2 * self.plane_bytes), |batch| {
            let wrong = || wrong_types(&self.table);
            let ids = batch.column(0).as_primitive_opt::<UInt32Type>().ok_or_else(wrong)?;
            let planes = [1, 2].map(|column| batch.column(column).as_fixed_size_binary_opt());
            let [Some(positive), Some(negative)] = planes else { return Err(wrong()) };
            if [positive, negative].iter().any(|column| column.value_length() as usize != self.plane_bytes) {
                return Err(wrong());
            }
            let mut rows =
                (0..batch.num_rows()).map(|row| [positive.value(row), negative.value(row)]).zip(ids.values());
            Ok(rows.try_for_each(|(planes, id)| each(ImageId(*id), planes)))
        })
    }
}

fn wrong_types(table: &Table) -> StoreError {
    damaged(table, "its columns have other types")
}

fn read_reference(table: &Table) -> Result<Vec<LayerNumbers>, StoreError> {
    let mut layers: Vec<LayerNumbers> = Vec::new();
    table.scan(&["layer", "channel", "mean", "std", "low", "high"], READ_ROWS, |batch| {
        let wrong = || damaged(table, "its columns have other types");
        let names = batch.column(0).as_string_opt::<i32>().ok_or_else(wrong)?;
        let channels = batch.column(1).as_primitive_opt::<UInt32Type>().ok_or_else(wrong)?;
        let number = |column: usize| batch.column(column).as_primitive_opt::<Float64Type>();
        let [Some(means), Some(stds), Some(lows), Some(highs)] = [2, 3, 4, 5].map(number) else { return Err(wrong()) };
        for row in 0..batch.num_rows() {
            if channels.value(row) == 0 {
                layers.push(LayerNumbers { layer: names.value(row).to_owned(), ..Default::default() });
            }
            let is_next = |layer: &&mut LayerNumbers| {
                layer.layer == names.value(row) && layer.means.len() == channels.value(row) as usize
            };
            let layer = layers.last_mut().filter(is_next).ok_or_else(|| damaged(table, "its rows are in disorder"))?;
            layer.means.push(means.value(row));
            layer.stds.push(stds.value(row));
            layer.lows.push(lows.is_valid(row).then(|| lows.value(row)));
            layer.highs.push(highs.is_valid(row).then(|| highs.value(row)));
        }
        Ok(())
    })?;
    Ok(layers)
}
