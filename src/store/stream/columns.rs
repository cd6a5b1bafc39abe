//! The columns that are added to a stream of pictures.

use std::collections::HashMap;

use arrow_schema::{DataType, Field, FieldRef, Schema};
use serde::Serialize;

use super::StreamError;
use crate::domain::{Pooling, Precision};
use crate::store::FeatureSpec;
use crate::store::columns::{Column, name_columns};
use crate::store::features::{METADATA_KEY, Maker};

/// Rows of a batch that goes out.
const MOST_ROWS: usize = 1024;
/// Bytes of vectors in a batch that goes out; a row may be more.
const MOST_BYTES: usize = 64 << 20;

/// Width, height and problem.
pub(super) const WIDTH: &str = "width";
pub(super) const HEIGHT: &str = "height";
pub(super) const PROBLEM: &str = "problem";

/// What is added to each row, and what the schema says of who made it.
#[derive(Clone, Debug)]
pub struct FeatureColumns {
    spec: FeatureSpec,
    program_version: String,
    /// For each column which of the spec's it is, and how it is written.
    columns: Vec<(usize, Column)>,
}

/// A column of vectors, for those who must know before there are any.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FeatureColumn {
    /// Its name.
    pub name: String,
    /// The layer.
    pub layer: String,
    /// How space was pooled away.
    pub pooling: Pooling,
    /// The type of its numbers, as pyarrow calls it: `float16` or `float`.
    pub item: &'static str,
    /// How many numbers a vector has.
    pub size: usize,
}

impl FeatureColumns {
    /// The columns of `spec` with one of `poolings`, under the names that they have in a workspace.
    pub fn new(spec: FeatureSpec, poolings: &[Pooling], precision: Precision, program_version: &str) -> Self {
        // Named before any is left out, as the table does.
        let named = name_columns(&spec.columns, &[]).into_iter().enumerate();
        let columns = named
            .filter(|(_, column)| poolings.contains(&column.stored.pooling))
            .map(|(place, column)| (place, Column { precision, ..column }))
            .collect();
        Self { spec, program_version: program_version.to_owned(), columns }
    }

    /// Whose features they are; its columns are those of both poolings.
    pub fn spec(&self) -> &FeatureSpec {
        &self.spec
    }

    /// For each column its place among [`FeatureSpec::columns`].
    pub fn places(&self) -> impl Iterator<Item = usize> {
        self.columns.iter().map(|(place, _)| *place)
    }

    /// In which numbers vectors are written.
    pub fn precision(&self) -> Precision {
        self.columns.first().map_or(Precision::Half, |(_, column)| column.precision)
    }

    /// The columns of vectors, in their order.
    pub fn described(&self) -> Vec<FeatureColumn> {
        let described = |column: &Column| FeatureColumn {
            name: column.name.clone(),
            layer: column.stored.layer.clone(),
            pooling: column.stored.pooling,
            item: match column.precision {
                Precision::Half => "float16",
                Precision::Single => "float",
            },
            size: column.channels,
        };
        self.vectors().map(described).collect()
    }

    /// How many rows a batch has at most: as many as make 64 MiB of vectors, and no more than 1024.
    pub fn rows_at_most(&self) -> usize {
        let row_bytes: usize = self.vectors().map(Column::width).sum();
        (MOST_BYTES / row_bytes.max(1)).clamp(1, MOST_ROWS)
    }

    pub(super) fn vectors(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().map(|(_, column)| column)
    }

    fn fields(&self) -> Vec<FieldRef> {
        let sizes = [WIDTH, HEIGHT].map(|name| Field::new(name, DataType::UInt32, true));
        let rest = std::iter::once(Field::new(PROBLEM, DataType::Utf8, true)).chain(self.vectors().map(Column::field));
        sizes.into_iter().chain(rest).map(FieldRef::new).collect()
    }

    /// The schema of what goes out: `kept` of what came in, and what is added.
    ///
    /// # Errors
    /// When a name would be there twice. Names that differ only in case are one to SQL and to Spark.
    pub(super) fn schema(
        &self,
        kept: Vec<FieldRef>,
        came_with: &HashMap<String, String>,
    ) -> Result<Schema, StreamError> {
        let added = self.fields();
        for field in &kept {
            if let Some(same) = added.iter().find(|added| added.name().eq_ignore_ascii_case(field.name())) {
                return Err(StreamError::NameTaken { name: field.name().clone(), added: same.name().clone() });
            }
        }
        let mut metadata = came_with.clone();
        metadata.insert(METADATA_KEY.to_owned(), self.metadata());
        Ok(Schema::new_with_metadata(kept.into_iter().chain(added).collect::<Vec<_>>(), metadata))
    }

    fn metadata(&self) -> String {
        #[derive(Serialize)]
        struct Metadata<'a> {
            #[serde(flatten)]
            maker: Maker,
            version: &'a str,
            columns: Vec<FeatureColumn>,
        }
        let (maker, columns) = (Maker::of(&self.spec), self.described());
        let metadata = Metadata { maker, version: &self.program_version, columns };
        serde_json::to_string(&metadata).expect("strings and JSON make JSON")
    }
}
