//! Taking images away, on a thread of its own.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use crate::domain::{ExportFormat, ImageId, SplitBy, thousands};
use crate::engine::export::refusal::ExportRefusal;
use crate::engine::export::said::SaidOfAll;
use crate::engine::export::{shown, vectors};
use crate::engine::message::{Event, ExportExists, ExportSummary, ExportWish, FoldersToWrite, Problem, Progress};
use crate::engine::opened::Opened;
use crate::export::{
    self, Conflict, CopyOptions, DatasetFolder, DatasetWriter, ExportError, ExportReport, ExportRow, Layout, Writer,
    class_folders,
};

/// Writes what was asked for and says how it went: what was written, or which files are there already.
///
/// # Errors
/// When what is known of the images cannot be read, or nothing can be written any more.
pub fn export(request: &ExportWish, opened: &Opened, progress: &Arc<Progress>) -> Result<Event, Problem> {
    progress.set_total(request.images.len(), true);
    let outcome = rows(request, opened).map_err(ExportRefusal::from).and_then(|rows| {
        let (target, overwrite) = (&request.target, request.overwrite);
        let of_table = |()| {
            progress.add(rows.len(), 0);
            ExportSummary { written: rows.len(), ..nothing_yet(request, &rows) }
        };
        let written = match Writer::of(request.format) {
            Writer::Vectors(write) => return vectors::export(request, &rows, write, opened, progress),
            Writer::Shown(write) => return shown::export(request, &rows, write, opened, progress),
            Writer::Table(_) if request.format == ExportFormat::Csv && request.dataset.has_formulas => {
                export::csv_with_formulas(&rows, target, overwrite).map(of_table)
            }
            Writer::Table(write) => write(&rows, target, overwrite).map(of_table),
            Writer::Files => {
                if overwrite {
                    refuse_own(request, opened, progress)?;
                }
                copy(request, &rows, progress)
            }
            Writer::Dataset(write) => data_set(request, &rows, write, progress),
        };
        written.map_err(|error| {
            if let (ExportError::Exists { targets }, false) = (&error, overwrite) {
                return ExportRefusal::Taken(targets.clone());
            }
            ExportRefusal::Problem(Problem::new("The export stopped", so_far(&error, progress)))
        })
    });
    match outcome {
        Ok(summary) => Ok(Event::Exported(summary)),
        Err(ExportRefusal::Taken(taken)) => Ok(Event::ExportExists(ExportExists { request: request.clone(), taken })),
        Err(ExportRefusal::Problem(problem)) => Err(problem),
    }
}

/// Says what writing image folders would do. Nothing is written.
///
/// # Errors
/// When what is known of the images cannot be read, or something lies in the folder already.
pub fn plan_folders(request: &ExportWish, opened: &Opened, progress: &Progress) -> Result<FoldersToWrite, Problem> {
    let rows = rows(request, opened)?;
    progress.set_total(rows.len(), true);
    let is_cancelled = || {
        progress.add(1, 0);
        progress.is_cancelled()
    };
    let counts = class_folders::plan(&rows, &request.target, &is_cancelled)
        .map_err(|error| Problem::new("Nothing was exported", error))?;
    Ok(FoldersToWrite { wish: request.clone(), counts })
}

/// Whoever runs out of room half-way should know what lies there already.
fn so_far(error: &ExportError, progress: &Progress) -> String {
    match progress.done_now() {
        0 => error.to_string(),
        done => {
            let (done, total) = (thousands(done), thousands(progress.total()));
            format!("{error}. {done} of {total} were written before that and are whole")
        }
    }
}

/// What is known and said of the images of a wish.
///
/// # Errors
/// When it cannot be read, or the clustering that was asked for is not there.
pub fn rows(request: &ExportWish, opened: &Opened) -> Result<Vec<ExportRow>, Problem> {
    let searchable = match (&opened.classes, Writer::of(request.format)) {
        (Some(classes), Writer::Table(_)) => Some(opened.library.vectors(&classes.source)?),
        (None, _) | (Some(_), Writer::Files | Writer::Dataset(_) | Writer::Vectors(_) | Writer::Shown(_)) => None,
    };
    let classes = |id| match (&opened.classes, &searchable) {
        (Some(classes), Some(searchable)) => classes.of_image(&searchable.vectors, id),
        _ => Vec::new(),
    };
    let said = SaidOfAll::read(request, opened)?;
    let scores: HashMap<ImageId, f64> = request.scores.iter().copied().collect();
    let row = |id| {
        let record = opened.catalogue.get(id)?;
        Some(ExportRow {
            source: record.path.below(&opened.folder),
            record,
            score: scores.get(&id).copied(),
            classes: classes(id),
            said: said.of(id),
        })
    };
    let mut rows: Vec<ExportRow> = request.images.iter().filter_map(row).collect();
    if request.format.is_of_data_set() {
        split(&mut rows, request.dataset.splits);
    }
    Ok(rows)
}

/// Puts images into other splits than those that were imported, if that is wished.
fn split(rows: &mut [ExportRow], by: SplitBy) {
    match by {
        SplitBy::Imported => {}
        SplitBy::Nothing => rows.iter_mut().for_each(|row| row.said.split = None),
        SplitBy::Shares(shares) => {
            let told: Vec<(&[String], &str)> =
                rows.iter().map(|row| (row.said.classes.as_slice(), row.record.path.text.as_str())).collect();
            let divided = shares.divide(&told);
            for (row, split) in rows.iter_mut().zip(divided) {
                row.said.split = Some(split.to_owned());
            }
        }
    }
}

fn nothing_yet(request: &ExportWish, rows: &[ExportRow]) -> ExportSummary {
    ExportSummary { target: request.target.clone(), wanted: rows.len(), ..ExportSummary::default() }
}

/// Copies may replace whatever lies in a folder, but no picture of the collection, also of those that are not exported.
///
/// # Errors
/// When one lies there, or it cannot be read which there are.
fn refuse_own(request: &ExportWish, opened: &Opened, progress: &Progress) -> Result<(), Problem> {
    let what = "Nothing was exported";
    opened.catalogue.read_all().map_err(|error| Problem::new(what, error))?;
    let images = opened.catalogue.now();
    let pictures = images.iter().map(|image| image.path.below(&opened.folder));
    export::refuse_own(&request.target, pictures, &|| progress.is_cancelled())
        .map_err(|error| Problem::new(what, error))
}

fn copy(request: &ExportWish, rows: &[ExportRow], progress: &Progress) -> Result<ExportSummary, ExportError> {
    let on_conflict = if request.overwrite { Conflict::Replace } else { Conflict::KeepBoth };
    let options = CopyOptions { layout: Layout::Flat, on_conflict };
    let mut told = 0;
    let mut tell = |done: usize| {
        progress.add(done.saturating_sub(told), 0);
        told = done;
    };
    let report = export::copy_files(rows, &request.target, options, &mut tell, &|| progress.is_cancelled())?;
    Ok(summary(report, request, rows))
}

fn data_set(
    request: &ExportWish,
    rows: &[ExportRow],
    write: DatasetWriter,
    progress: &Progress,
) -> Result<ExportSummary, ExportError> {
    let mut told = 0;
    let mut tell = |done: usize| {
        progress.add(done.saturating_sub(told), 0);
        told = done;
    };
    let cancelled = || progress.is_cancelled();
    let mut folder = DatasetFolder {
        folder: &request.target,
        options: &request.dataset,
        progress: &mut tell,
        cancelled: &cancelled,
    };
    let report = write(rows, &mut folder)?;
    Ok(summary(report, request, rows))
}

fn summary(report: ExportReport, request: &ExportWish, rows: &[ExportRow]) -> ExportSummary {
    let failed = report.failed.into_iter().map(|f| (f.source.display().to_string(), f.reason)).collect();
    let (written, renamed) = (report.copied.len(), report.renamed);
    ExportSummary { written, renamed, failed, cancelled: report.cancelled, ..nothing_yet(request, rows) }
}

/// Finds out before the work what would keep [`write_file`] from writing its result.
///
/// # Errors
/// When it exists and `overwrite` is not given, is a folder, or lies in none.
pub fn check_file(out: &Path, overwrite: bool) -> Result<(), Problem> {
    export::place::check(&[out], overwrite).map_err(not_written)
}

/// Writes a whole file or none.
///
/// # Errors
/// When it exists and `overwrite` is not given, or cannot be written.
pub fn write_file(out: &Path, overwrite: bool, bytes: &[u8]) -> Result<(), Problem> {
    export::place::write_whole(out, overwrite, |writer| writer.write_all(bytes)).map_err(not_written)
}

fn not_written(error: ExportError) -> Problem {
    let what = "The file could not be written";
    if let ExportError::Exists { targets } = &error {
        let named: Vec<String> = targets.iter().map(|target| target.display().to_string()).collect();
        return Problem::new(what, format!("it exists already: {}", named.join(", ")))
            .with_remedy("Add --overwrite to replace it.");
    }
    Problem::new(what, error)
}
