//! Which column of a feature table holds which layer.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float16Type, Float32Type};
use arrow_array::{Array, ArrayRef};
use arrow_schema::{DataType, Field, FieldRef, Schema};

use crate::domain::{NumbersRef, Pooling, Precision, StoredLayer};

/// The keys under which a column says in its own metadata what it holds. A column's metadata comes and goes with the
/// column in one commit, which the table's metadata would not.
const LAYER_KEY: &str = "layer";
const POOLING_KEY: &str = "pooling";
/// The key that says whether numbers were ever cut off on their way into the column.
const RANGE_KEY: &str = "range";
/// None were. Columns without this may be of a version that cut them off at the largest half.
const WHOLE_RANGE: &str = "whole";
/// Lance's own key: from how many equal rows on it writes each vector once. Hardly any two are equal, and finding that out for
/// every column is a good part of writing it.
const EQUAL_ROWS_KEY: &str = "lance-encoding:dict-divisor";

/// A column of vectors.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Column {
    /// Its name in the table.
    pub(super) name: String,
    /// What it holds.
    pub(super) stored: StoredLayer,
    /// Numbers per row.
    pub(super) channels: usize,
    /// In half precision, unless one of its numbers did not fit.
    pub(super) precision: Precision,
    /// Whether rows may be without a vector: layers that were added later lack those of pictures that were gone by then.
    pub(super) is_nullable: bool,
    /// Whether every number in it is certainly the network's own, none cut off.
    pub(super) is_whole: bool,
}

impl Column {
    /// The Arrow field: `FixedSizeList<Float16 or Float32, channels>`.
    pub(super) fn field(&self) -> Field {
        let (item, size) = self.items();
        let list = DataType::FixedSizeList(item, size);
        let mut metadata = HashMap::from([
            (LAYER_KEY.to_owned(), self.stored.layer.clone()),
            (POOLING_KEY.to_owned(), self.stored.pooling.word().to_owned()),
            (EQUAL_ROWS_KEY.to_owned(), u64::MAX.to_string()),
        ]);
        if self.is_whole {
            metadata.insert(RANGE_KEY.to_owned(), WHOLE_RANGE.to_owned());
        }
        Field::new(&self.name, list, self.is_nullable).with_metadata(metadata)
    }

    /// The numbers of a vector, nullable as every other writer has them, and how many they are.
    pub(super) fn items(&self) -> (FieldRef, i32) {
        let size = i32::try_from(self.channels).expect("a layer has fewer than 2^31 channels");
        let item = match self.precision {
            Precision::Half => DataType::Float16,
            Precision::Single => DataType::Float32,
        };
        (Arc::new(Field::new("item", item, true)), size)
    }

    /// Reads a field back; `None` when it is not a layer of ours.
    fn from_field(field: &Field) -> Option<Self> {
        let DataType::FixedSizeList(item, size) = field.data_type() else { return None };
        #[expect(clippy::wildcard_enum_match_arm, reason = "Arrow's types are many, of which a workspace has few")]
        let precision = match item.data_type() {
            DataType::Float16 => Precision::Half,
            DataType::Float32 => Precision::Single,
            _ => return None,
        };
        let word = field.metadata().get(POOLING_KEY)?;
        let pooling = Pooling::ALL.into_iter().find(|pooling| pooling.word() == word)?;
        let layer = field.metadata().get(LAYER_KEY)?.clone();
        let channels = usize::try_from(*size).ok()?;
        Some(Self {
            name: field.name().clone(),
            stored: StoredLayer { layer, pooling },
            channels,
            precision,
            is_nullable: field.is_nullable(),
            is_whole: field.metadata().get(RANGE_KEY).is_some_and(|range| range == WHOLE_RANGE),
        })
    }

    /// Bytes of a vector.
    pub(super) fn width(&self) -> usize {
        self.channels * self.precision.bytes()
    }

    /// The numbers of an array of the column, whatever stands where there is none; `None` when it is something else.
    pub(super) fn numbers<'a>(&self, array: &'a ArrayRef) -> Option<NumbersRef<'a>> {
        let list = array.as_fixed_size_list_opt()?;
        let numbers = match self.precision {
            Precision::Half => NumbersRef::Half(list.values().as_primitive_opt::<Float16Type>()?.values()),
            Precision::Single => NumbersRef::Single(list.values().as_primitive_opt::<Float32Type>()?.values()),
        };
        (numbers.len() == list.len() * self.channels).then_some(numbers)
    }
}

/// The columns of layers in a table.
pub(super) fn columns_of(schema: &Schema) -> Vec<Column> {
    schema.fields().iter().filter_map(|field| Column::from_field(field)).collect()
}

/// Those layers that are stored in single precision.
pub(super) fn in_single(columns: &[Column]) -> Vec<StoredLayer> {
    let single = columns.iter().filter(|column| column.precision == Precision::Single);
    single.map(|column| column.stored.clone()).collect()
}

/// Gives every layer a column name of its own, apart from `taken`.
///
/// Different layers may have the same plain name (`a/b` and `a_b`); the later one gets a number. Names that differ
/// only in case would be one name to SQL.
pub(super) fn name_columns(layers: &[(StoredLayer, usize)], taken: &[Column]) -> Vec<Column> {
    let mut names: Vec<String> = taken.iter().map(|column| column.name.to_ascii_lowercase()).collect();
    layers
        .iter()
        .map(|(stored, channels)| {
            let plain = stored.column();
            let name = (1..)
                .map(|turn| if turn == 1 { plain.clone() } else { format!("{plain}_{turn}") })
                .find(|name| !names.contains(&name.to_ascii_lowercase()))
                .expect("some number is free");
            names.push(name.to_ascii_lowercase());
            let (stored, channels, precision) = (stored.clone(), *channels, Precision::Half);
            Column { name, stored, channels, precision, is_nullable: true, is_whole: true }
        })
        .collect()
}
