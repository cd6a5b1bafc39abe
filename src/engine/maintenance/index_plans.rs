//! Indices that a preference makes or drops: planned, said beforehand, built.

use std::sync::Arc;

use crate::domain::{IndexKind, IndexPlan, LayerToIndex, Metric, Preference, StorageReport};
use crate::engine::analyses::index::{IndexPlace, STEPS, build_measured};
use crate::engine::collection::library::Library;
use crate::engine::collection::reader::WorkspaceReader;
use crate::engine::message::{Problem, Progress};
use crate::store::{StoreError, Workspace};

/// What a preference would do to the indices of a workspace that costs what `report` says, where vectors of `exact_bytes` are compared
/// one by one.
///
/// # Errors
/// When tables cannot be read.
pub fn plan(
    workspace: &Workspace,
    report: &StorageReport,
    preference: Option<Preference>,
    exact_bytes: usize,
) -> Result<IndexPlan, StoreError> {
    Ok(IndexPlan::of(preference, &layers(workspace, report)?, exact_bytes))
}

/// Every stored layer, with its index if it has one.
fn layers(workspace: &Workspace, report: &StorageReport) -> Result<Vec<LayerToIndex>, StoreError> {
    let mut layers = Vec::new();
    for summary in workspace.feature_tables()?.into_iter().filter(|summary| summary.supplements.is_none()) {
        let records = workspace.indices(&summary.table)?;
        let on_disk = report.tables.iter().filter(|table| table.table == summary.table);
        let sizes: Vec<_> = on_disk.flat_map(|table| &table.indices).collect();
        for (source, channels) in &summary.spec.columns {
            let record = records.iter().find(|record| record.source == *source).cloned();
            let bytes = || {
                let of_column = sizes.iter().find(|index| index.column == source.column());
                of_column.map_or(0, |index| index.memory.bytes)
            };
            layers.push(LayerToIndex {
                table: summary.table.clone(),
                source: source.clone(),
                rows: summary.rows,
                channels: *channels,
                index: record.map(|record| (record, bytes())),
            });
        }
    }
    Ok(layers)
}

/// Builds the indices of a plan, for cosine, and measures how well they find; says how many were built. Stops between
/// them when told to, and those that were built stay.
///
/// # Errors
/// When one cannot be built.
pub fn build(workspace: &Workspace, plan: &IndexPlan, progress: &Progress) -> Result<usize, Problem> {
    let refused = |error: StoreError| Problem::new("The indices were not all built", error);
    progress.set_total(plan.build.len() * STEPS, true);
    let mut built = 0;
    for (number, planned) in plan.build.iter().enumerate() {
        progress.set_done(number * STEPS);
        if progress.is_cancelled() {
            break;
        }
        let library = Library::new(Arc::new(WorkspaceReader::of(workspace)), planned.table.clone(), Vec::new());
        let recorder = workspace.recorder().map_err(refused)?;
        let place = IndexPlace { library: &library, recorder };
        let made = build_measured(&planned.source, IndexKind::default(), Metric::Cosine, &place, progress)?;
        built += usize::from(made.is_some());
    }
    Ok(built)
}
