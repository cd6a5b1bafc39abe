//! What a workspace holds, for people and machines who only want to know.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::domain::{Precision, StoredLayer};
use crate::engine::collection::repair;
use crate::engine::message::Problem;
use crate::store::{KeptFinding, Workspace};

/// A workspace at a glance.
#[derive(Clone, Debug, Serialize)]
pub struct WorkspaceDescription {
    /// Where it lies.
    pub workspace: PathBuf,
    /// The folder whose pictures it knows.
    pub folder: PathBuf,
    /// Images recorded.
    pub images: usize,
    /// Images that could not be read.
    pub problems: usize,
    /// Images whose files were there once; what was learned of them is kept.
    pub gone: usize,
    /// Bytes on disk.
    pub bytes: u64,
    /// One entry a network.
    pub tables: Vec<TableDescription>,
    /// What was found and is kept: duplicates, outliers, clusters, maps and their kin.
    pub findings: Vec<FindingDescription>,
    /// What cannot be read and is done without, or does not fit.
    pub remarks: Vec<Problem>,
}

/// The vectors of one network.
#[derive(Clone, Debug, Serialize)]
pub struct TableDescription {
    /// The table's name: `NAME.lance` in the workspace.
    pub name: String,
    /// The network's name.
    pub network: String,
    /// Whether these are vectors of the person's own, and no network made them.
    pub is_own: bool,
    /// Images with vectors.
    pub rows: usize,
    /// The latest version.
    pub version: u64,
    /// Bytes on disk.
    pub bytes: u64,
    /// The table that these layers are to become columns of when all its images have them.
    pub supplements: Option<String>,
    /// The columns whose numbers half precision does not hold.
    #[serde(skip)]
    pub single: Vec<StoredLayer>,
    /// The stored layers in network order.
    pub layers: Vec<ColumnDescription>,
}

/// One column of vectors.
#[derive(Clone, Debug, Serialize)]
pub struct ColumnDescription {
    /// The layer.
    pub layer: String,
    /// How it was pooled.
    pub pooling: &'static str,
    /// The column's name.
    pub column: String,
    /// Features in a vector.
    pub channels: usize,
    /// `half`, or `single` where a number of the layer is beyond half precision.
    pub precision: &'static str,
}

/// Something that was found and is kept.
#[derive(Clone, Debug, Serialize)]
pub struct FindingDescription {
    /// What it is: `clusters`, `map`, `duplicates` and so on.
    pub kind: &'static str,
    /// The table's name: `TABLE.lance` in the workspace.
    pub table: String,
    /// How many rows it has; mostly one an image.
    pub rows: usize,
    /// The latest version.
    pub version: u64,
}

/// Reads what the workspace at `root` holds.
///
/// # Errors
/// When there is none or it is damaged.
pub fn describe(root: &Path) -> Result<WorkspaceDescription, Problem> {
    let refused = |error: crate::store::StoreError| Problem::new("The workspace could not be read", error);
    let workspace = Workspace::look_into(root).map_err(refused)?;
    let records = workspace.images().map_err(refused)?;
    let tables = workspace.feature_tables().map_err(refused)?;
    let names: Vec<&str> = tables.iter().map(|table| table.table.as_str()).collect();
    let findings = workspace.kept_findings(&names).map_err(refused)?;
    let mut remarks = repair::remarks(&workspace);
    remarks.extend(repair::in_words(&workspace.misfit_report().map_err(refused)?));
    let describe_column = |(stored, channels): &(StoredLayer, usize), single: &[StoredLayer]| ColumnDescription {
        layer: stored.layer.clone(),
        pooling: stored.pooling.word(),
        column: stored.column(),
        channels: *channels,
        precision: if single.contains(stored) { Precision::Single } else { Precision::Half }.word(),
    };
    Ok(WorkspaceDescription {
        workspace: root.to_path_buf(),
        folder: workspace.image_folder(),
        remarks,
        images: records.len(),
        problems: records.iter().filter(|record| record.problem.is_some() && !record.is_gone()).count(),
        gone: records.iter().filter(|record| record.is_gone()).count(),
        bytes: bytes_below(root),
        findings: findings
            .into_iter()
            .map(|KeptFinding { table, kind, rows, version }| FindingDescription { kind, table, rows, version })
            .collect(),
        tables: tables
            .iter()
            .map(|table| TableDescription {
                name: table.table.clone(),
                network: table.spec.network.clone(),
                rows: table.rows,
                version: table.version,
                bytes: bytes_below(&root.join(format!("{}.lance", table.table))),
                supplements: table.supplements.clone(),
                is_own: table.spec.origin().is_some(),
                // Vectors of one's own are in the precision that they came in.
                single: if table.spec.origin().is_some() { Vec::new() } else { table.single.clone() },
                layers: table.spec.columns.iter().map(|column| describe_column(column, &table.single)).collect(),
            })
            .collect(),
    })
}

/// The folder whose pictures the workspace at `root` knows; empty if that is not known.
///
/// # Errors
/// When there is none or it is damaged.
pub fn folder_of(root: &Path) -> Result<PathBuf, Problem> {
    Workspace::folder_of(root).map_err(|error| Problem::new("The workspace could not be read", error))
}

fn bytes_below(path: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(path) else { return 0 };
    entries
        .flatten()
        .map(|entry| match entry.metadata() {
            Ok(meta) if meta.is_dir() => bytes_below(&entry.path()),
            Ok(meta) => meta.len(),
            Err(_) => 0,
        })
        .sum()
}
