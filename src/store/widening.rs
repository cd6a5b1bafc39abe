//! Columns of vectors whose numbers no longer fit into half precision.
//!
//! A column is rewritten in single precision under the same name: new files beside the old ones, and one commit that
//! takes the new column in the old one's place. A kill before it leaves the table as it was, and files that nothing refers
//! to until old versions are forgotten; after it the table has the same vectors in twice the space. Versions from before
//! keep their halves. An index over the column is one of the old column, and is gone with it.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, FixedSizeListArray, Float32Array, RecordBatch};
use arrow_schema::{DataType, Field, Schema};
use lance::dataset::transaction::{Operation, Transaction};
use lance::dataset::{BatchUDF, CommitBuilder, NewColumnTransform};

use super::StoreError;
use super::columns::Column;
use super::table::{Table, batch_rows};
use crate::domain::Precision;

impl Table {
    /// Rewrites `columns` in single precision, as one commit, and returns its version.
    ///
    /// # Errors
    /// When the disk does not let us; the table is as it was then.
    pub(super) fn widen(&mut self, columns: &[Column]) -> Result<u64, StoreError> {
        let wide: Vec<Column> =
            columns.iter().map(|column| Column { precision: Precision::Single, ..column.clone() }).collect();
        if self.dataset.fragments().is_empty() {
            return self.redeclare(&wide);
        }
        let schema = self.schema();
        let draft = |column: &Column| -> Field {
            let free = (0..).map(|turn| format!("{}_wide{turn}", column.name));
            let name = free.into_iter().find(|name| schema.field_with_name(name).is_err());
            column.field().with_name(name.expect("some number is free"))
        };
        let drafts = Arc::new(Schema::new(wide.iter().map(draft).collect::<Vec<_>>()));
        let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
        let row_bytes: usize = wide.iter().map(Column::width).sum();
        let rows = u32::try_from(batch_rows(row_bytes)).ok();
        const DOING: &str = "cannot give a layer single precision";
        let written = self.driver.block_on(async {
            let mut fragments = Vec::new();
            let mut latest = None;
            for fragment in self.dataset.get_fragments() {
                let (columns, output) = (wide.clone(), drafts.clone());
                let widen = NewColumnTransform::BatchUDF(BatchUDF {
                    mapper: Box::new(move |batch| in_single(batch, &columns, output.clone())),
                    output_schema: drafts.clone(),
                    result_checkpoint: None,
                });
                let (fragment, schema) = fragment.add_columns(widen, Some(names.clone()), rows).await?;
                fragments.push(fragment);
                latest = Some(schema);
            }
            let mut schema = latest.unwrap_or_else(|| self.dataset.schema().clone());
            for (column, draft) in wide.iter().zip(drafts.fields()) {
                let place = |name: &str| schema.fields.iter().position(|field| field.name == name);
                let (Some(old), Some(new)) = (place(&column.name), place(draft.name())) else { continue };
                let mut field = schema.fields.remove(new);
                field.name.clone_from(&column.name);
                schema.fields[old] = field;
            }
            // Files of which every column was rewritten belong to earlier versions alone.
            let alive = schema.field_ids();
            for fragment in &mut fragments {
                fragment.files.retain(|file| file.fields.iter().any(|id| alive.contains(id)));
            }
            let preserves_nullability = wide.iter().all(|column| column.is_nullable);
            let merge = Operation::Merge { fragments, schema, preserves_nullability };
            Ok::<_, lance::Error>(Transaction::new(self.version(), merge, None))
        });
        let written = written.map_err(|e| StoreError::from_lance(DOING, self.path(), e))?;
        self.commit(DOING, CommitBuilder::new(Arc::new(self.dataset.clone())), written)
    }

    /// The same of a table without rows: it is declared anew.
    fn redeclare(&mut self, wide: &[Column]) -> Result<u64, StoreError> {
        let schema = self.schema();
        let field = |field: &Arc<Field>| match wide.iter().find(|column| column.name == *field.name()) {
            Some(column) => Arc::new(column.field()),
            None => field.clone(),
        };
        let fields: Vec<Arc<Field>> = schema.fields().iter().map(field).collect();
        let schema = Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()));
        let nothing = arrow_array::RecordBatchIterator::new(Vec::new(), schema);
        let version = Self::overwrite(&self.driver, &self.path, Box::new(nothing))?;
        self.refresh()?;
        Ok(version)
    }
}

/// The vectors of a batch, column by column, in single precision.
fn in_single(batch: &RecordBatch, columns: &[Column], output: Arc<Schema>) -> lance::Result<RecordBatch> {
    let wide = |(column, array): (&Column, &ArrayRef)| -> Option<ArrayRef> {
        let narrow = Column { precision: Precision::Half, ..column.clone() };
        let numbers = narrow.numbers(array)?;
        let mut values = vec![0.0f32; numbers.len()];
        numbers.widen_into(&mut values);
        let field = column.field();
        let DataType::FixedSizeList(item, size) = field.data_type() else { return None };
        let nulls = array.as_fixed_size_list_opt()?.nulls().cloned();
        let list = FixedSizeListArray::try_new(item.clone(), *size, Arc::new(Float32Array::from(values)), nulls);
        Some(Arc::new(list.ok()?))
    };
    let arrays: Option<Vec<ArrayRef>> = columns.iter().zip(batch.columns()).map(wide).collect();
    let arrays = arrays.ok_or_else(|| lance::Error::invalid_input("a column of halves holds something else"))?;
    Ok(RecordBatch::try_new(output, arrays)?)
}
