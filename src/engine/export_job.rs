//! Taking images away, on a thread of its own.

use std::path::Path;
use std::sync::Arc;

use super::message::{ExportFormat, ExportRequest, ExportSummary};
use super::outbox::Outbox;
use super::roll::Roll;
use super::{Event, Problem, Progress};
use crate::export::{self, Conflict, CopyOptions, ExportError, ExportRow, Layout};

/// Writes what was asked for and tells how it went.
pub fn export(request: &ExportRequest, folder: &Path, roll: &Roll, progress: &Arc<Progress>, outbox: &Outbox) {
    let rows = rows(request, folder, roll);
    progress.set_total(rows.len(), true);
    let outcome = write(request, &rows, progress);
    progress.end();
    match outcome {
        Ok(summary) => outbox.tell(Event::Exported(summary)),
        Err(ExportError::Exists { .. }) if !request.overwrite => outbox.tell(Event::ExportExists(request.clone())),
        Err(error) => outbox.complain(Problem::new("The export failed", error)),
    }
}

fn rows(request: &ExportRequest, folder: &Path, roll: &Roll) -> Vec<ExportRow> {
    let scores = request.scores.iter().copied().chain(std::iter::repeat(None));
    let row = |(id, score)| {
        let record = roll.get(id)?;
        Some(ExportRow { source: record.path.below(folder), record, score, classes: Vec::new() })
    };
    request.images.iter().copied().zip(scores).filter_map(row).collect()
}

fn write(request: &ExportRequest, rows: &[ExportRow], progress: &Progress) -> Result<ExportSummary, ExportError> {
    let target = &request.target;
    let table_summary =
        || ExportSummary { target: target.clone(), wanted: rows.len(), written: rows.len(), failed: Vec::new() };
    match request.format {
        ExportFormat::Csv => export::csv(rows, target, request.overwrite).map(|()| table_summary()),
        ExportFormat::Json => export::json(rows, target, request.overwrite).map(|()| table_summary()),
        ExportFormat::Files => {
            let options = CopyOptions { layout: Layout::Flat, on_conflict: Conflict::KeepBoth };
            let mut told = 0;
            let mut tell = |done: usize| {
                progress.add(done.saturating_sub(told), 0);
                told = done;
            };
            let report = export::copy_files(rows, target, options, &mut tell, &|| progress.is_cancelled())?;
            let failed = report.failed.into_iter().map(|f| (f.source.display().to_string(), f.reason)).collect();
            Ok(ExportSummary { target: target.clone(), wanted: rows.len(), written: report.copied.len(), failed })
        }
    }
}
