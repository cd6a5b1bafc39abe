//! What a table of activations says of itself, and its columns.

use std::collections::HashMap;

use arrow_schema::{DataType, Field, Schema};
use serde::{Deserialize, Serialize};

use crate::store::StoreError;
use crate::store::recorder::{METADATA_KEY, about};
use crate::store::table::{Table, damaged};

/// The column with the numbers: `[channels, height, width]`, row-major.
pub(super) const COLUMN: &str = "activation";
/// No activation has more numbers: there is no memory for them.
const MOST_NUMBERS: usize = 1 << 31;
const COMPRESSION: [(&str, &str); 2] =
    [("lance-encoding:compression", "zstd"), ("lance-encoding:compression-level", "1")];

/// Of which layer it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct About {
    /// The layer's name.
    pub(super) layer: String,
    /// `[channels, height, width]`.
    pub(super) shape: [usize; 3],
    /// Whether all numbers are the network's own. Earlier versions cut large ones off, and did not say this.
    #[serde(default)]
    pub(super) is_whole: bool,
}

impl About {
    /// What a table says of itself. Anybody can write it, and sizes are made of it.
    pub(super) fn of(table: &Table) -> Result<Self, StoreError> {
        let about: Self = about(table)?;
        let numbers = about.shape.iter().try_fold(1usize, |all, side| all.checked_mul(*side));
        match numbers.is_some_and(|numbers| numbers <= MOST_NUMBERS) {
            true => Ok(about),
            false => Err(damaged(table, "it says that activations are larger than any can be")),
        }
    }

    /// How many numbers an activation has.
    pub(super) fn numbers(&self) -> usize {
        self.shape.iter().fold(1, |all, side| all.saturating_mul(*side))
    }

    fn field(&self) -> Field {
        let compressed = COMPRESSION.map(|(key, value)| (key.to_owned(), value.to_owned()));
        Field::new(COLUMN, DataType::LargeBinary, false).with_metadata(HashMap::from(compressed))
    }

    /// The columns that all have, and then these.
    pub(super) fn schema(&self, further: Vec<Field>) -> Schema {
        let json = serde_json::to_string(self).expect("names and numbers make JSON");
        let mut fields = vec![
            Field::new("id", DataType::UInt32, false),
            Field::new("path", DataType::Utf8, false),
            Field::new("file_bytes", DataType::UInt64, false),
            Field::new("modified", DataType::Int64, false),
            self.field(),
        ];
        fields.extend(further);
        Schema::new_with_metadata(fields, HashMap::from([(METADATA_KEY.to_owned(), json)]))
    }
}

/// Bytes of a row, before it is compressed, of a table of activations; `None` of another table. Rows are so long that
/// whoever reads or rewrites them has to count.
pub(in crate::store) fn row_bytes(schema: &Schema) -> Option<usize> {
    schema.field_with_name(COLUMN).ok()?;
    let about: About = serde_json::from_str(schema.metadata().get(METADATA_KEY)?).ok()?;
    Some(about.numbers().saturating_mul(2))
}
