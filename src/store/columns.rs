//! Which column of a feature table holds which layer.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_schema::{DataType, Field, Schema};

use crate::domain::{Pooling, StoredLayer};

/// The keys under which a column says in its own metadata what it holds. A column's metadata comes and goes with the
/// column in one commit, which the table's metadata would not.
const LAYER_KEY: &str = "layer";
const POOLING_KEY: &str = "pooling";

/// A column of half-precision vectors.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Column {
    /// Its name in the table.
    pub(super) name: String,
    /// What it holds.
    pub(super) stored: StoredLayer,
    /// Numbers per row.
    pub(super) channels: usize,
    /// Whether rows may be without a vector: layers that were added later lack those of pictures that were gone by then.
    pub(super) is_nullable: bool,
}

impl Column {
    /// The Arrow field: `FixedSizeList<Float16, channels>`, items nullable as every other writer has them.
    pub(super) fn field(&self) -> Field {
        let size = i32::try_from(self.channels).expect("a layer has fewer than 2^31 channels");
        let list = DataType::FixedSizeList(Arc::new(Field::new("item", DataType::Float16, true)), size);
        Field::new(&self.name, list, self.is_nullable).with_metadata(HashMap::from([
            (LAYER_KEY.to_owned(), self.stored.layer.clone()),
            (POOLING_KEY.to_owned(), self.stored.pooling.word().to_owned()),
        ]))
    }

    /// Reads a field back; `None` when it is not a layer of ours.
    fn from_field(field: &Field) -> Option<Self> {
        let DataType::FixedSizeList(item, size) = field.data_type() else { return None };
        if *item.data_type() != DataType::Float16 {
            return None;
        }
        let word = field.metadata().get(POOLING_KEY)?;
        let pooling = Pooling::ALL.into_iter().find(|pooling| pooling.word() == word)?;
        let layer = field.metadata().get(LAYER_KEY)?.clone();
        let channels = usize::try_from(*size).ok()?;
        Some(Self {
            name: field.name().clone(),
            stored: StoredLayer { layer, pooling },
            channels,
            is_nullable: field.is_nullable(),
        })
    }
}

/// The columns of layers in a table.
pub(super) fn columns_of(schema: &Schema) -> Vec<Column> {
    schema.fields().iter().filter_map(|field| Column::from_field(field)).collect()
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
            Column { name, stored: stored.clone(), channels: *channels, is_nullable: true }
        })
        .collect()
}
