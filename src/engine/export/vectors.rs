//! Vectors that leave: read and written portion by portion.

use std::cell::RefCell;
use std::io;

use crate::domain::{ExportFormat, ImageId, StoredLayer};
use crate::engine::export::refusal::ExportRefusal;
use crate::engine::message::{ExportSummary, ExportWish, Problem, Progress};
use crate::engine::opened::Opened;
use crate::export::{ExportError, ExportRow, VectorColumn, VectorFile, VectorPortion, VectorWriter};
use crate::store::FeatureTable;

/// About so many bytes of vectors are read at once.
const PORTION_BYTES: usize = 16 << 20;

const NOT_EXPORTED: &str = "The vectors were not exported";

/// Writes the vectors of `rows` by `write`. Images that lack a vector at one of the layers are left out, and told.
///
/// # Errors
/// When no layer is named, one is not stored, no image has a vector, files are there that nobody said may be replaced, and
/// when the disk does not let us.
pub fn export(
    request: &ExportWish,
    rows: &[ExportRow],
    write: VectorWriter,
    opened: &Opened,
    progress: &Progress,
) -> Result<ExportSummary, ExportRefusal> {
    let table = opened.library.reader()?;
    let columns = columns(&request.vectors, &table)?;
    if columns.len() > 1 && !request.format.takes_several_layers() {
        return Err(one_layer(request.format).into());
    }
    let (target, overwrite) = (&request.target, request.overwrite);
    let mut reading = Reading { request, rows, table: &table, progress, at: 0, written: 0, lacking: Vec::new() };
    let stopped = RefCell::new(None);
    let mut next = || {
        reading.next(&columns).map_err(|problem| {
            let error = io::Error::other(problem.to_string());
            *stopped.borrow_mut() = Some(problem);
            error
        })
    };
    let list = request.list();
    let file = VectorFile {
        network: &opened.collection.network_name,
        columns: &columns,
        with_clusters: rows.iter().any(|row| row.said.cluster.is_some()),
        out: target,
        list: list.as_deref(),
        overwrite,
    };
    let outcome = write(&file, &mut next);
    let Reading { written, lacking, .. } = reading;
    let summary = ExportSummary { target: target.clone(), wanted: rows.len(), failed: lacking, ..Default::default() };
    match (outcome, stopped.into_inner()) {
        (_, Some(Stop::Cancelled)) => Ok(ExportSummary { cancelled: true, failed: Vec::new(), ..summary }),
        (_, Some(Stop::Failed(problem))) => Err(problem.into()),
        (Err(ExportError::Exists { targets }), None) if !overwrite => Err(ExportRefusal::Taken(targets)),
        (Err(error), None) => Err(Problem::new("The export stopped", error).into()),
        (Ok(_), None) => Ok(ExportSummary { written, ..summary }),
    }
}

fn one_layer(format: ExportFormat) -> Problem {
    let several = ExportFormat::ALL.into_iter().filter(|format| format.takes_several_layers());
    let several: Vec<&str> = several.map(|format| format.description().title).collect();
    let why = format!("a {} file holds the vectors of one layer", format.description().title);
    Problem::new(NOT_EXPORTED, why).with_remedy(format!("For several, write {}.", several.join(" or ")))
}

fn columns(wanted: &[StoredLayer], table: &FeatureTable) -> Result<Vec<VectorColumn>, Problem> {
    let refused = |why: String| Problem::new(NOT_EXPORTED, why);
    if wanted.is_empty() {
        return Err(
            refused("no stored layer is chosen".to_owned()).with_remedy("Choose a layer whose features are stored.")
        );
    }
    let known = table.columns();
    wanted
        .iter()
        .map(|source| {
            let found = known.iter().find(|(stored, _)| stored == source);
            let (_, channels) = found.ok_or_else(|| {
                refused(format!("the layer {} is not stored ({})", source.layer, source.pooling.word()))
                    .with_remedy("Extract it first: `tiramisu extract FOLDER --layers`.")
            })?;
            Ok(VectorColumn {
                name: source.column(),
                layer: source.layer.clone(),
                pooling: source.pooling.word(),
                channels: *channels,
            })
        })
        .collect()
}

/// Why reading ended before its end.
enum Stop {
    Cancelled,
    Failed(Problem),
}

impl std::fmt::Display for Stop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Cancelled => f.write_str("it was stopped"),
            Self::Failed(problem) => problem.fmt(f),
        }
    }
}

struct Reading<'a> {
    request: &'a ExportWish,
    rows: &'a [ExportRow],
    table: &'a FeatureTable,
    progress: &'a Progress,
    /// The first row that was not read yet.
    at: usize,
    written: usize,
    lacking: Vec<(String, String)>,
}

impl<'a> Reading<'a> {
    fn next(&mut self, columns: &[VectorColumn]) -> Result<Option<VectorPortion<'a>>, Stop> {
        let row_bytes = columns.iter().map(|column| column.channels * size_of::<f32>()).sum::<usize>().max(1);
        let count = (PORTION_BYTES / row_bytes).clamp(64, 8192);
        while self.at < self.rows.len() {
            if self.progress.is_cancelled() {
                return Err(Stop::Cancelled);
            }
            let rows: &'a [ExportRow] = self.rows;
            let rows = &rows[self.at..rows.len().min(self.at + count)];
            self.at += rows.len();
            let portion = self.read(rows, columns)?;
            self.progress.add(rows.len(), rows.len() - portion.rows.len());
            if !portion.rows.is_empty() {
                return Ok(Some(portion));
            }
        }
        if self.written == 0 {
            let problem = Problem::new(NOT_EXPORTED, "none of these images has a vector there yet")
                .with_remedy("Extract features first.");
            return Err(Stop::Failed(problem));
        }
        Ok(None)
    }

    fn read(&mut self, rows: &'a [ExportRow], columns: &[VectorColumn]) -> Result<VectorPortion<'a>, Stop> {
        let ids: Vec<ImageId> = rows.iter().map(|row| row.record.id).collect();
        let mut is_whole = vec![true; rows.len()];
        let mut read = Vec::with_capacity(columns.len());
        for source in &self.request.vectors {
            let vectors = self.table.vectors_of(source, &ids);
            let vectors =
                vectors.map_err(|error| Stop::Failed(Problem::new("The vectors could not be read", error)))?;
            is_whole.iter_mut().zip(&vectors).for_each(|(whole, vector)| *whole &= vector.is_some());
            read.push(vectors);
        }
        let kept: Vec<&'a ExportRow> =
            rows.iter().zip(&is_whole).filter(|(_, whole)| **whole).map(|(row, _)| row).collect();
        for (row, _) in rows.iter().zip(&is_whole).filter(|(_, whole)| !**whole) {
            let why = row.record.problem.clone().unwrap_or_else(|| "it has no vector yet; extract again".to_owned());
            self.lacking.push((row.record.path.text.clone(), why));
        }
        self.written += kept.len();
        let of_column = |vectors: Vec<Option<Vec<f32>>>| {
            let kept = vectors.into_iter().zip(&is_whole).filter(|(_, whole)| **whole);
            kept.flat_map(|(vector, _)| vector.unwrap_or_default()).collect()
        };
        Ok(VectorPortion { rows: kept, columns: read.into_iter().map(of_column).collect() })
    }
}
