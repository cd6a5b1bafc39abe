//! Clusters and communities: `clusters_<features>_<name>.lance`, after the table of the vectors that were grouped.
//!
//! Columns: `id`, `path`, `label` of the image, `cluster` (i32, null for images in none). The metadata's key `result` holds
//! how it was made and what is known of each cluster, as JSON.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, UInt32Type};
use arrow_array::{Array, Int32Array};
use arrow_schema::{DataType, Field};
use serde::{Deserialize, Serialize};

use super::recorder::{Results, about};
use super::table::damaged;
use super::{Recorder, StoreError, Workspace};
use crate::domain::{Cluster, ClusterWish, Clustering, ImageId, ImageRecord, LabelAgreement};

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
        let of = clustering.of.iter().map(|of| of.map(|of| of as i32)).collect::<Int32Array>();
        let cluster = (Field::new("cluster", DataType::Int32, true), Arc::new(of) as _);
        self.write(&clustering.table(), &about, &clustering.ids, record, vec![cluster])
    }

    /// Calls a cluster by a name, or by none, and returns the clustering as it is now.
    ///
    /// # Errors
    /// When there is no such clustering or cluster, and when the disk does not let us.
    pub fn rename_cluster(
        &self,
        features: &str,
        clustering: &str,
        cluster: usize,
        name: Option<String>,
        record: impl Fn(ImageId) -> Option<ImageRecord>,
    ) -> Result<Clustering, StoreError> {
        let missing = || StoreError::NoSuchResult { what: "cluster", name: format!("{clustering} {cluster}") };
        let mut known = read(&self.reader(), features, clustering)?.ok_or_else(missing)?;
        known.clusters.get_mut(cluster).ok_or_else(missing)?.name = name;
        self.save_clustering(&known, record)?;
        Ok(known)
    }
}

impl Workspace {
    /// The names of all clusterings of a table of features.
    ///
    /// # Errors
    /// When the workspace cannot be listed.
    pub fn clusterings(&self, features: &str) -> Result<Vec<String>, StoreError> {
        self.results().names(&format!("clusters_{features}_"))
    }

    /// A clustering by its name; `None` when there is none.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn clustering(&self, features: &str, name: &str) -> Result<Option<Clustering>, StoreError> {
        read(&self.results(), features, name)
    }
}

fn read(results: &Results<'_>, features: &str, name: &str) -> Result<Option<Clustering>, StoreError> {
    let table_name = format!("clusters_{features}_{name}");
    let Some(table) = results.open(&table_name)? else { return Ok(None) };
    let About { wish, mut clusters, agreement, quality, elapsed_secs } = about(&table)?;
    let mut rows: Vec<(ImageId, Option<u32>)> = Vec::new();
    table.scan(&["id", "cluster"], READ_ROWS, |batch| {
        let columns =
            batch.column(0).as_primitive_opt::<UInt32Type>().zip(batch.column(1).as_primitive_opt::<Int32Type>());
        let (ids, of) = columns.ok_or_else(|| damaged(&table, "its columns have other types"))?;
        rows.extend((0..batch.num_rows()).map(|row| {
            let cluster = if of.is_valid(row) { u32::try_from(of.value(row)).ok() } else { None };
            (ImageId(ids.value(row)), cluster)
        }));
        Ok(())
    })?;
    // Another program may have rewritten the table in another order.
    rows.sort_unstable_by_key(|(id, _)| *id);
    let misfits = results.misfits(&table_name, &table)?;
    rows.retain(|(id, _)| misfits.binary_search(&id.0).is_err());
    if rows.iter().any(|(_, of)| of.is_some_and(|of| of as usize >= clusters.len())) {
        return Err(damaged(&table, "it names clusters of which nothing is known"));
    }
    // Rows of other pictures were left out, here or on disk.
    let mut sizes = vec![0; clusters.len()];
    rows.iter().filter_map(|(_, of)| *of).for_each(|of| sizes[of as usize] += 1);
    for (index, (cluster, size)) in (0..).zip(clusters.iter_mut().zip(sizes)) {
        let is_member =
            |id: &ImageId| rows.binary_search_by_key(id, |(id, _)| *id).is_ok_and(|row| rows[row].1 == Some(index));
        cluster.size = size;
        cluster.exemplars.retain(is_member);
    }
    let (ids, of): (Vec<ImageId>, Vec<Option<u32>>) = rows.into_iter().unzip();
    let (ids, of) = (ids.into(), of.into());
    let features = features.to_owned();
    Ok(Some(Clustering { features, wish, ids, of, clusters, agreement, quality, elapsed_secs }))
}
