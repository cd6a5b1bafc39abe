//! `indices.json`, which says how well each index finds.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::StoreError;
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
    match fs::metadata(&path) {
        Ok(metadata) if !metadata.is_file() => return Err(unreadable(&"it is not a plain file")),
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Records::new()),
        Err(error) => return Err(unreadable(&error)),
    }
    let bytes = fs::read(&path).map_err(|error| unreadable(&error))?;
    let mut records: Records = serde_json::from_slice(&bytes).map_err(|error| unreadable(&error))?;
    for record in records.values_mut().flat_map(BTreeMap::values_mut) {
        // Anybody can write the file, and room is made for so many candidates.
        record.refine = record.refine.min(MOST_REFINED);
    }
    Ok(records)
}

pub(super) fn write_records(root: &Path, records: &Records) -> Result<(), StoreError> {
    let path = records_path(root);
    let failed = |error| StoreError::from_io("cannot write the list of indices", &path, error);
    let json = serde_json::to_vec_pretty(records).expect("names and numbers make JSON");
    // Whole or not at all.
    let draft = root.join("indices.json.new");
    let write = || {
        let mut file = fs::File::create(&draft)?;
        file.write_all(&json)?;
        file.sync_all()?;
        fs::rename(&draft, &path)
    };
    write().map_err(failed)
}
