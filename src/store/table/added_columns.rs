//! Columns that come from another table.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{ArrowPrimitiveType, Float16Type, Float32Type};
use arrow_array::{Array, ArrayRef, BooleanArray, FixedSizeListArray, PrimitiveArray, RecordBatch};
use arrow_schema::{DataType, Field, SchemaRef};
use futures::StreamExt;
use lance::dataset::{NewColumnTransform, ProjectionRequest};
use lance::deps::datafusion::error::DataFusionError;
use lance::deps::datafusion::physical_plan::stream::RecordBatchStreamAdapter;

use super::{Table, batch_rows};
use crate::store::StoreError;

impl Table {
    /// Adds `columns` of another table as one commit: row i of this table gets row `rows[i]` of the other, or null.
    ///
    /// `schema` is that of the new columns, all of them vectors.
    pub(in crate::store) fn add_columns(
        &mut self,
        other: &Self,
        rows: Vec<Option<u64>>,
        schema: SchemaRef,
    ) -> Result<u64, StoreError> {
        let names: Vec<String> = schema.fields().iter().map(|field| field.name().clone()).collect();
        let projection = ProjectionRequest::from_columns(names, other.dataset.schema());
        let row_bytes = schema.fields().iter().map(|field| width(field)).sum();
        let chunks: Vec<Vec<Option<u64>>> = rows.chunks(batch_rows(row_bytes)).map(<[_]>::to_vec).collect();
        let dataset = other.dataset.clone();
        let of_batch = schema.clone();
        let batches = futures::stream::iter(chunks).then(move |chunk| {
            let (dataset, projection, schema) = (dataset.clone(), projection.clone(), of_batch.clone());
            async move {
                let there: Vec<u64> = chunk.iter().flatten().copied().collect();
                let failed = |e: lance::Error| DataFusionError::External(e.into());
                let found = dataset.take(&there, projection).await.map_err(failed)?;
                spread(&found, &chunk, schema)
            }
        });
        let batches = NewColumnTransform::Stream(Box::pin(RecordBatchStreamAdapter::new(schema, batches)));
        self.driver
            .block_on(self.dataset.add_columns(batches, None, None))
            .map_err(|e| StoreError::from_lance("cannot add the columns", &self.path, e))?;
        self.settle()?;
        Ok(self.version())
    }
}

/// The rows of `found` in the places that have one, null in the others.
fn spread(found: &RecordBatch, places: &[Option<u64>], schema: SchemaRef) -> Result<RecordBatch, DataFusionError> {
    if found.num_rows() == places.len() {
        return Ok(RecordBatch::try_new(schema, found.columns().to_vec())?);
    }
    let is_there: BooleanArray = places.iter().map(|place| place.map(|_| true)).collect();
    let mut columns: Vec<ArrayRef> = Vec::with_capacity(schema.fields().len());
    for (field, column) in schema.fields().iter().zip(found.columns()) {
        let (DataType::FixedSizeList(item, size), Some(list)) = (field.data_type(), column.as_fixed_size_list_opt())
        else {
            return Err(DataFusionError::Internal(format!("{} holds no vectors", field.name())));
        };
        let values = match *item.data_type() == DataType::Float32 {
            true => spread_numbers::<Float32Type>(list, places, *size),
            false => spread_numbers::<Float16Type>(list, places, *size),
        };
        let Some(values) = values else {
            return Err(DataFusionError::Internal(format!("{} holds other numbers", field.name())));
        };
        columns.push(Arc::new(FixedSizeListArray::try_new(item.clone(), *size, values, is_there.nulls().cloned())?));
    }
    Ok(RecordBatch::try_new(schema, columns)?)
}

/// The numbers of vectors in the places that have one, zeros in the others.
fn spread_numbers<T: ArrowPrimitiveType>(
    list: &FixedSizeListArray,
    places: &[Option<u64>],
    size: i32,
) -> Option<ArrayRef> {
    let values = list.values().as_primitive_opt::<T>()?.values();
    let size = usize::try_from(size).ok()?;
    let mut vectors = values.chunks_exact(size.max(1));
    let empty = vec![T::Native::default(); size];
    let mut spread: Vec<T::Native> = Vec::with_capacity(places.len() * size);
    for place in places {
        spread.extend_from_slice(place.and_then(|_| vectors.next()).unwrap_or(&empty));
    }
    Some(Arc::new(PrimitiveArray::<T>::from_iter_values(spread)))
}

/// Bytes of a value of a column of vectors.
fn width(field: &Field) -> usize {
    let DataType::FixedSizeList(item, size) = field.data_type() else { return 0 };
    usize::try_from(*size).unwrap_or(0) * item.data_type().primitive_width().unwrap_or(0)
}
