//! Clusters and communities: `clusters_<name>.lance`.
//!
//! Columns: `id`, `path`, `label` of the image, `cluster` (i32, null for images in none). The metadata's key `clustering`
//! holds how it was made and what is known of each cluster, as JSON.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, UInt32Type};
use arrow_array::{Array, ArrayRef, Int32Array, RecordBatch, StringArray, UInt32Array};
use arrow_schema::{DataType, Field, Schema};
use serde::{Deserialize, Serialize};

use super::recorder::Results;
use super::{Recorder, StoreError, Workspace};
use crate::domain::{Cluster, ClusterWish, Clustering, ImageId, ImageRecord, LabelAgreement};

const PREFIX: &str = "clusters_";
const METADATA_KEY: &str = "clustering";
const READ_ROWS: usize = 65_536;

/// What is not per image.
#[derive(Serialize, Deserialize)]
struct About {
    wish: ClusterWish,
    clusters: Vec<Cluster>,
    agreement: Option<LabelAgreement>,
    quality: Option<String>,
    elapsed_secs: f64,
}

impl Recorder {
    /// Writes a clustering under its name, in the place of one that had it, and returns the table's version.
    ///
    /// `record` says what is known of an image.
    ///
    /// # Errors
    /// When the disk does not let us; what was there stays then.
    pub fn save_clustering(
        &self,
        clustering: &Clustering,
        record: impl Fn(ImageId) -> Option<ImageRecord>,
    ) -> Result<u64, StoreError> {
        let about = About {
            wish: clustering.wish.clone(),
            clusters: clustering.clusters.clone(),
            agreement: clustering.agreement,
            quality: clustering.quality.clone(),
            elapsed_secs: clustering.elapsed_secs,
        };
        let json = serde_json::to_string(&about).expect("names and numbers make JSON");
        let fields = vec![
            Field::new("id", DataType::UInt32, false),
            Field::new("path", DataType::Utf8, true),
            Field::new("label", DataType::Utf8, true),
            Field::new("cluster", DataType::Int32, true),
        ];
        let schema = Schema::new_with_metadata(fields, HashMap::from([(METADATA_KEY.to_owned(), json)]));
        let records: Vec<Option<ImageRecord>> = clustering.ids.iter().map(|id| record(*id)).collect();
        let columns: Vec<ArrayRef> = vec![
            Arc::new(UInt32Array::from_iter_values(clustering.ids.iter().map(|id| id.0))),
            Arc::new(records.iter().map(|r| r.as_ref().map(|r| r.path.text.as_str())).collect::<StringArray>()),
            Arc::new(records.iter().map(|r| r.as_ref()?.label.as_deref()).collect::<StringArray>()),
            Arc::new(clustering.of.iter().map(|of| of.map(|of| of as i32)).collect::<Int32Array>()),
        ];
        let rows = RecordBatch::try_new(Arc::new(schema), columns).expect("the columns are those of the schema");
        self.write(&format!("{PREFIX}{}", clustering.name), rows)
    }

    /// Calls a cluster by a name, or by none, and returns the clustering as it is now.
    ///
    /// # Errors
    /// When there is no such clustering or cluster, and when the disk does not let us.
    pub fn rename_cluster(
        &self,
        clustering: &str,
        cluster: usize,
        name: Option<String>,
        record: impl Fn(ImageId) -> Option<ImageRecord>,
    ) -> Result<Clustering, StoreError> {
        let missing = || StoreError::NoSuchResult { what: "cluster", name: format!("{clustering} {cluster}") };
        let mut known = read(&self.reader(), clustering)?.ok_or_else(missing)?;
        known.clusters.get_mut(cluster).ok_or_else(missing)?.name = name;
        self.save_clustering(&known, record)?;
        Ok(known)
    }
}

impl Workspace {
    /// The names of all clusterings.
    ///
    /// # Errors
    /// When the workspace cannot be listed.
    pub fn clusterings(&self) -> Result<Vec<String>, StoreError> {
        self.results().names(PREFIX)
    }

    /// A clustering by its name; `None` when there is none.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn clustering(&self, name: &str) -> Result<Option<Clustering>, StoreError> {
        read(&self.results(), name)
    }
}

fn read(results: &Results<'_>, name: &str) -> Result<Option<Clustering>, StoreError> {
    let Some(table) = results.open(&format!("{PREFIX}{name}"))? else { return Ok(None) };
    let damaged = |reason: &str| StoreError::Damaged { reason: reason.to_owned(), path: table.path().to_owned() };
    let about = table.schema().metadata().get(METADATA_KEY).and_then(|json| serde_json::from_str::<About>(json).ok());
    let About { wish, clusters, agreement, quality, elapsed_secs } =
        about.ok_or_else(|| damaged("it does not say how it was made"))?;
    let mut rows: Vec<(ImageId, Option<u32>)> = Vec::new();
    table.scan(&["id", "cluster"], READ_ROWS, |batch| {
        let columns =
            batch.column(0).as_primitive_opt::<UInt32Type>().zip(batch.column(1).as_primitive_opt::<Int32Type>());
        let (ids, of) = columns.ok_or_else(|| damaged("its columns have other types"))?;
        rows.extend((0..batch.num_rows()).map(|row| {
            let cluster = if of.is_valid(row) { u32::try_from(of.value(row)).ok() } else { None };
            (ImageId(ids.value(row)), cluster)
        }));
        Ok(())
    })?;
    // Another program may have rewritten the table in another order.
    rows.sort_unstable_by_key(|(id, _)| *id);
    if rows.iter().any(|(_, of)| of.is_some_and(|of| of as usize >= clusters.len())) {
        return Err(damaged("it names clusters of which nothing is known"));
    }
    let (ids, of) = rows.into_iter().unzip();
    Ok(Some(Clustering { name: name.to_owned(), wish, ids, of, clusters, agreement, quality, elapsed_secs }))
}
