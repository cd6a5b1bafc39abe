//! What a feature table is about.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use arrow_schema::{DataType, Field, Schema, SchemaRef};
use serde::{Deserialize, Serialize};

use super::StoreError;
use super::columns::Column;
use crate::domain::{ImageId, Numbers, Precision, StoredLayer};

/// The key of the table's metadata that holds [`Maker`] as JSON.
pub(super) const METADATA_KEY: &str = "tiramisu";

/// What stands in the place of a preprocessing where no network is behind vectors: `{"vectors": "where they came from"}`.
const VECTORS_KEY: &str = "vectors";

/// Which network's features, of which layers.
#[derive(Clone, Debug, PartialEq)]
pub struct FeatureSpec {
    /// The network's name, for people.
    pub network: String,
    /// What tells this network, weights and all, from every other; hexadecimal, at least eight characters.
    pub fingerprint: String,
    /// How pixels became the network's input, as JSON.
    pub preprocessing: String,
    /// In which numbers the network runs, or ran for all of a table; `None` where that is not known, as of tables of earlier versions,
    /// where vectors were added in another ([`FeatureTable::precisions`](super::FeatureTable::precisions)), or where no network is
    /// behind it.
    pub precision: Option<Precision>,
    /// The layers to store and how many channels each has.
    pub columns: Vec<(StoredLayer, usize)>,
}

impl FeatureSpec {
    /// Of vectors that a person has from elsewhere and calls `name`: no network is behind them.
    pub fn of_vectors(name: &str, fingerprint: String, about: &str, columns: Vec<(StoredLayer, usize)>) -> Self {
        let preprocessing = serde_json::json!({ VECTORS_KEY: about }).to_string();
        Self { network: name.to_owned(), fingerprint, preprocessing, precision: None, columns }
    }

    /// Where vectors that no network is behind came from, in words for the person, which may be none; `None` if a network made
    /// them.
    pub fn origin(&self) -> Option<String> {
        let said: serde_json::Value = serde_json::from_str(&self.preprocessing).ok()?;
        Some(said.get(VECTORS_KEY)?.as_str()?.to_owned())
    }

    /// The table's name: the network's name with everything but letters and digits replaced by `_`, and the first
    /// eight characters of the fingerprint: `squeezenet_v1_0_1a2b3c4d`.
    pub fn table_name(&self) -> String {
        let plain = |text: &str| -> String {
            let lower = text.to_lowercase();
            lower.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
        };
        let network: String = plain(&self.network).chars().take(64).collect();
        let fingerprint: String = plain(&self.fingerprint).chars().take(8).collect();
        format!("{network}_{fingerprint}")
    }
}

/// Rows for a feature table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FeatureRows {
    /// Whose features they are. In ascending order reads are fastest.
    pub ids: Vec<ImageId>,
    /// The readable path of each image.
    pub paths: Vec<String>,
    /// The label of each image.
    pub labels: Vec<Option<String>>,
    /// For every stored layer, in any order, its values row after row: `ids.len() * channels` of them. A column of the
    /// table is given single precision when the first come that need it.
    pub values: Vec<(StoredLayer, Numbers)>,
}

/// A feature table of the workspace, at a glance.
#[derive(Clone, Debug, PartialEq)]
pub struct FeatureSummary {
    /// The table's name, without `.lance`.
    pub table: String,
    /// What its rows are.
    pub spec: FeatureSpec,
    /// Those of its layers whose numbers do not fit into half precision.
    pub single: Vec<StoredLayer>,
    /// Number of images with features.
    pub rows: usize,
    /// The latest version.
    pub version: u64,
    /// The table that these layers are to become columns of when all its images have them.
    pub supplements: Option<String>,
}

/// Whose features a table holds, as it is written in the table's metadata.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Maker {
    /// The network's name.
    pub(super) network: String,
    /// See [`FeatureSpec::fingerprint`].
    pub(super) fingerprint: String,
    /// See [`FeatureSpec::preprocessing`].
    pub(super) preprocessing: serde_json::Value,
    /// See [`FeatureSpec::precision`]. Who has another still makes the same vectors, but for a little.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) precision: Option<Precision>,
    /// Others in which vectors were added since.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) added_in: Vec<Precision>,
}

impl Maker {
    /// Who makes the rows of `spec`. A preprocessing that is not JSON is kept as text.
    pub(super) fn of(spec: &FeatureSpec) -> Self {
        let text = &spec.preprocessing;
        Self {
            network: spec.network.clone(),
            fingerprint: spec.fingerprint.clone(),
            preprocessing: serde_json::from_str(text).unwrap_or_else(|_| serde_json::Value::String(text.clone())),
            precision: spec.precision,
            added_in: Vec::new(),
        }
    }

    /// In which numbers the vectors were made, those that the table was begun with first; none where that is not known.
    pub(super) fn precisions(&self) -> Vec<Precision> {
        let others = self.added_in.iter().copied().filter(|_| self.precision.is_some());
        self.precision.into_iter().chain(others).collect()
    }

    /// As it is written in the table's metadata.
    pub(super) fn in_json(&self) -> String {
        serde_json::to_string(self).expect("strings and JSON make JSON")
    }

    /// Who made a table's rows; `None` when it is not one of our tables.
    pub(super) fn of_schema(schema: &Schema) -> Option<Self> {
        serde_json::from_str(schema.metadata().get(METADATA_KEY)?).ok()
    }

    /// Refuses rows of another network.
    pub(super) fn expect_same(&self, asked: &Self, path: &Path) -> Result<(), StoreError> {
        let other =
            |reason: String| StoreError::OtherNetwork { network: asked.network.clone(), reason, path: path.to_owned() };
        if self.fingerprint != asked.fingerprint {
            return Err(other(format!("fingerprint {} instead of {}", self.fingerprint, asked.fingerprint)));
        }
        if self.preprocessing != asked.preprocessing {
            return Err(other(format!("preprocessing {} instead of {}", self.preprocessing, asked.preprocessing)));
        }
        Ok(())
    }

    /// The spec of a table with these columns.
    pub(super) fn spec(&self, columns: &[Column]) -> FeatureSpec {
        FeatureSpec {
            network: self.network.clone(),
            fingerprint: self.fingerprint.clone(),
            preprocessing: self.preprocessing.to_string(),
            precision: self.precision.filter(|_| self.added_in.is_empty()),
            columns: columns.iter().map(|column| (column.stored.clone(), column.channels)).collect(),
        }
    }

    /// The schema of a table with these columns.
    pub(super) fn schema(&self, columns: &[Column]) -> SchemaRef {
        let mut fields = vec![
            Field::new("id", DataType::UInt32, false),
            Field::new("path", DataType::Utf8, false),
            Field::new("label", DataType::Utf8, true),
        ];
        fields.extend(columns.iter().map(Column::field));
        Arc::new(Schema::new_with_metadata(fields, HashMap::from([(METADATA_KEY.to_owned(), self.in_json())])))
    }
}
