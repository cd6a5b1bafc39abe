//! What the tables about channels have in common: they are made from a state of the vectors, and say from which.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, RecordBatchIterator};
use arrow_schema::{Field, Schema};
use serde::Serialize;

use super::deleting::delete;
use super::manifests::is_table;
use super::recorder::METADATA_KEY;
use super::table::{Table, damaged};
use super::{Recorder, Stamp, StoreError};

/// Versions of such a table that stay: somebody may just be reading the one before.
const KEPT_VERSIONS: usize = 2;

/// What is kept of all layers of a features table, and of which of its states.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerRecords<T> {
    /// The state whose images are all in it; `None` if some may be missing.
    pub covers: Option<Stamp>,
    /// One entry a layer, or a layer and pooling.
    pub layers: Vec<T>,
}

impl Recorder {
    /// Puts rows in the place of a table's, as one commit, and lets go of what it was long before: such a table is written
    /// again and again while images come in.
    pub(super) fn write_channels(
        &self,
        name: &str,
        about: &impl Serialize,
        columns: Vec<(Field, ArrayRef)>,
    ) -> Result<u64, StoreError> {
        let json = serde_json::to_string(about).expect("names and numbers make JSON");
        let (fields, arrays): (Vec<Field>, Vec<ArrayRef>) = columns.into_iter().unzip();
        let schema = Schema::new_with_metadata(fields, HashMap::from([(METADATA_KEY.to_owned(), json)]));
        let rows = RecordBatch::try_new(Arc::new(schema), arrays).expect("one entry a row in every column");
        let (path, schema) = (self.path_of(name), rows.schema());
        let _turn = self.take_turn();
        let version = Table::overwrite(self.driver(), &path, Box::new(RecordBatchIterator::new([Ok(rows)], schema)))?;
        // Old versions cost room and nothing else.
        let tidied = Table::open(self.driver(), &path).and_then(|mut table| table.delete_old_versions(KEPT_VERSIONS));
        if let Err(error) = tidied {
            tracing::warn!("{error}");
        }
        Ok(version)
    }

    /// Deletes what is kept of the channels of a features table that is no more.
    ///
    /// # Errors
    /// When the disk does not let us.
    pub fn forget_channels(&self, features: &str) -> Result<(), StoreError> {
        let paths = [exemplars_table(features), statistics_table(features)].map(|name| self.path_of(&name));
        paths.iter().filter(|path| is_table(path)).try_for_each(|path| delete(path))
    }
}

/// All layers of a network together have never so many channels.
const MOST_CHANNELS: usize = 1 << 22;

/// Room is made for so many channels: anybody can write how many there are into a table.
pub(super) fn expect_plausible(table: &Table, mut channels: impl Iterator<Item = usize>) -> Result<(), StoreError> {
    let all = channels.try_fold(0usize, |all, more| all.checked_add(more));
    match all.is_some_and(|all| all <= MOST_CHANNELS) {
        true => Ok(()),
        false => Err(damaged(table, "it names more channels than any network has")),
    }
}

const EXEMPLARS: &str = "exemplars_";

pub(super) fn exemplars_table(features: &str) -> String {
    format!("{EXEMPLARS}{features}")
}

/// Whether a table of results holds exemplars.
pub(super) fn is_exemplars(table: &str) -> bool {
    table.starts_with(EXEMPLARS)
}

pub(super) fn statistics_table(features: &str) -> String {
    format!("statistics_{features}")
}
