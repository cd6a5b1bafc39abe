//! `indices.json`, which says how well each index finds.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use super::{StoreError, durable, plain_file};
use crate::domain::IndexRecord;

/// More candidates for each neighbour are never looked at exactly.
const MOST_REFINED: u32 = 4096;

/// Where the records lie, below the workspace.
pub(super) fn records_path(root: &Path) -> PathBuf {
    root.join("indices.json")
}

pub(super) type Records = BTreeMap<String, BTreeMap<String, IndexRecord>>;

/// What is on record. A list that cannot be read is none: without an index every image is looked at, which is always right.
pub(super) fn read_records(root: &Path) -> Records {
    try_to_read_records(root).unwrap_or_else(|reason| {
        tracing::warn!("{reason}");
        Records::new()
    })
}

/// What there is to say if the list of indices cannot be read.
pub(super) fn unreadable(root: &Path) -> Option<String> {
    try_to_read_records(root).err()
}

fn try_to_read_records(root: &Path) -> Result<Records, String> {
    let path = records_path(root);
    let unreadable = |reason: &dyn std::fmt::Display| {
        format!(
            "indices.json cannot be read ({reason}), so no index is used and every image is compared. `tiramisu \
             index` builds indices anew"
        )
    };
    let bytes = match plain_file::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Records::new()),
        Err(error) => return Err(unreadable(&error)),
    };
    let mut records: Records = serde_json::from_slice(&bytes).map_err(|error| unreadable(&error))?;
    for record in records.values_mut().flat_map(BTreeMap::values_mut) {
        // Anybody can write the file, and room is made for so many candidates.
        record.refine = record.refine.min(MOST_REFINED);
    }
    Ok(records)
}

pub(super) fn write_records(root: &Path, records: &Records) -> Result<(), StoreError> {
    let path = records_path(root);
    let json = serde_json::to_vec_pretty(records).expect("names and numbers make JSON");
    durable::replace(&path, &json)
        .map_err(|error| StoreError::from_io("cannot write the list of indices", &path, error))
}
