//! Rows on their way into a feature table.

use std::sync::Arc;

use arrow_array::{ArrayRef, FixedSizeListArray, Float16Array, Float32Array, RecordBatch, StringArray, UInt32Array};
use arrow_schema::ArrowError;
use half::f16;

use super::columns::{Column, columns_of};
use super::identity::Identity;
use super::{FeatureRows, FeatureTable, StoreError};
use crate::domain::{Numbers, Precision, StoredLayer, fits_half};

impl FeatureTable {
    /// Refuses rows that are not as many numbers as they should be.
    pub(super) fn expect_whole(&self, rows: &FeatureRows) -> Result<(), StoreError> {
        let FeatureRows { ids, paths, labels, values } = rows;
        let count = ids.len();
        if paths.len() != count || labels.len() != count {
            let reason = format!("{count} ids, {} paths and {} labels", paths.len(), labels.len());
            return Err(self.does_not_fit(reason));
        }
        for column in &self.columns {
            let Some((_, values)) = values.iter().find(|(layer, _)| *layer == column.stored) else {
                return Err(self.does_not_fit(format!("no values for {}", column.name)));
            };
            if values.len() != count * column.channels {
                let reason =
                    format!("{} values for {count} rows of {} in {}", values.len(), column.channels, column.name);
                return Err(self.does_not_fit(reason));
            }
        }
        let is_strange = |layer: &StoredLayer| !self.columns.iter().any(|column| column.stored == *layer);
        if let Some((layer, _)) = values.iter().find(|(layer, _)| is_strange(layer)) {
            return Err(self.does_not_fit(format!("layer {} has no column", layer.layer)));
        }
        if values.len() != self.columns.len() {
            return Err(self.does_not_fit("a layer has values twice".to_owned()));
        }
        Ok(())
    }

    /// Gives columns single precision whose halves do not hold what is to come, as a commit of its own.
    pub(super) fn make_room(&mut self, rows: &FeatureRows) -> Result<(), StoreError> {
        let is_too_large = |(_, values): &&(StoredLayer, Numbers)| match values {
            Numbers::Half(_) => false,
            Numbers::Single(values) => values.iter().any(|value| !fits_half(*value)),
        };
        let too_large: Vec<StoredLayer> =
            rows.values.iter().filter(is_too_large).map(|(layer, _)| layer.clone()).collect();
        self.keep_single(&too_large)
    }

    /// Gives these columns single precision, unless they have it, as a commit of its own.
    pub(super) fn keep_single(&mut self, layers: &[StoredLayer]) -> Result<(), StoreError> {
        let is_narrow = |column: &&Column| column.precision == Precision::Half && layers.contains(&column.stored);
        let narrow: Vec<Column> = self.columns.iter().filter(is_narrow).cloned().collect();
        if narrow.is_empty() {
            return Ok(());
        }
        if let Some(root) = self.path().parent() {
            Identity::note_single_precision(root)?;
        }
        self.table.widen(&narrow)?;
        self.columns = columns_of(&self.table.schema());
        Ok(())
    }

    /// Rows as one batch, in the table's order of columns. Values in the column's precision move, they are not copied.
    pub(super) fn batch(&self, rows: FeatureRows) -> Result<RecordBatch, StoreError> {
        let FeatureRows { ids, paths, labels, mut values } = rows;
        let mut arrays: Vec<ArrayRef> = vec![
            Arc::new(UInt32Array::from_iter_values(ids.iter().map(|id| id.0))),
            Arc::new(StringArray::from_iter_values(paths)),
            Arc::new(labels.into_iter().collect::<StringArray>()),
        ];
        for column in &self.columns {
            let position = values.iter().position(|(layer, _)| *layer == column.stored);
            let Some(position) = position else {
                return Err(self.does_not_fit(format!("no values for {}", column.name)));
            };
            let (_, values) = values.swap_remove(position);
            arrays.push(list(column, values).map_err(|e| self.does_not_fit(e.to_string()))?);
        }
        RecordBatch::try_new(self.maker().schema(&self.columns), arrays).map_err(|e| self.does_not_fit(e.to_string()))
    }
}

/// Values as a column, in its precision.
fn list(column: &Column, values: Numbers) -> Result<ArrayRef, ArrowError> {
    let (item, size) = column.items();
    let values: ArrayRef = match (column.precision, values) {
        (Precision::Half, Numbers::Half(values)) => Arc::new(Float16Array::from(values)),
        // Whoever gathered them knew of a column that has room; all of them fit into this one.
        (Precision::Half, Numbers::Single(values)) => {
            Arc::new(Float16Array::from_iter_values(values.into_iter().map(f16::from_f32)))
        }
        (Precision::Single, values) => Arc::new(Float32Array::from(values.into_single())),
    };
    Ok(Arc::new(FixedSizeListArray::try_new(item, size, values, None)?))
}
