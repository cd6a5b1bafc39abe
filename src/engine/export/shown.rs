//! Contact sheets and maps: what shows images.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use crate::domain::{ExportFormat, ImageId, LabelPlaces, Projection, ProjectionWish};
use crate::engine::export::refusal::ExportRefusal;
use crate::engine::message::{ExportSummary, ExportWish, MapToExport, Problem, Progress};
use crate::engine::opened::Opened;
use crate::export::{ExportError, ExportRow, Shown, ShownWriter, sheet_picture};

/// Thumbnails read at once: some two megabytes.
const PORTION: usize = 256;

const NOT_EXPORTED: &str = "Nothing was exported";

/// Writes what shows `rows` by `write`.
///
/// # Errors
/// When a map is needed and there is none, a file is there that nobody said may be replaced, and when the disk does not let us.
pub fn export(
    request: &ExportWish,
    rows: &[ExportRow],
    write: ShownWriter,
    opened: &Opened,
    progress: &Progress,
) -> Result<ExportSummary, ExportRefusal> {
    let (map, labels) = match request.format.is_of_map() {
        true => map(request, opened).map(|(map, labels)| (Some(map), labels))?,
        false => (None, Arc::default()),
    };
    let workspace = opened.workspace.now().map_err(|error| Problem::new(NOT_EXPORTED, error))?;
    let stopped = RefCell::new(false);
    let mut pictures = |ids: &[ImageId]| {
        let mut found: Vec<Option<Vec<u8>>> = Vec::with_capacity(ids.len());
        for few in ids.chunks(PORTION) {
            if progress.is_cancelled() {
                *stopped.borrow_mut() = true;
                return Err(io::Error::other("it was stopped"));
            }
            let read = workspace.thumbnails(few).map_err(io::Error::other)?;
            let mut by_id: HashMap<ImageId, Option<Vec<u8>>> = read.into_iter().collect();
            found.extend(few.iter().map(|id| by_id.remove(id).flatten()));
            progress.add(few.len(), 0);
        }
        Ok(found)
    };
    let title = opened.folder.file_name().unwrap_or(opened.folder.as_os_str()).to_string_lossy();
    let title = match &map {
        Some(map) => format!("{title} · {} at {}", map.wish.method.title(), map.wish.source.layer),
        None => title.into_owned(),
    };
    let mut shown = Shown {
        title: &title,
        rows,
        map: map.as_deref(),
        label_places: &labels,
        look: request.dataset.map,
        pictures: &mut pictures,
        out: &request.target,
        overwrite: request.overwrite,
    };
    let outcome = write(&mut shown);
    let files = match request.format == ExportFormat::Sheet {
        true => sheet_picture::files(&request.target, rows.len()),
        false => vec![request.target.clone()],
    };
    let pages = if files.len() > 1 { files.len() } else { 0 };
    let target = files.into_iter().next().unwrap_or_else(|| request.target.clone());
    let summary = ExportSummary { target, pages, wanted: rows.len(), ..Default::default() };
    match outcome {
        _ if stopped.into_inner() => Ok(ExportSummary { cancelled: true, ..summary }),
        // What lies nowhere on the map is no failure of the export, and is told by the count.
        Ok(written) => Ok(ExportSummary { written, wanted: written, ..summary }),
        Err(ExportError::Exists { targets }) if !request.overwrite => Err(ExportRefusal::Taken(targets)),
        Err(error) => Err(Problem::new("The export stopped", error).into()),
    }
}

/// The map to be written, and the places of labels: those of the window that shows it, or those of one that would be opened now.
fn map(request: &ExportWish, opened: &Opened) -> Result<(Arc<Projection>, Arc<LabelPlaces>), Problem> {
    match &request.map {
        Some(MapToExport::Shown { map, labels }) => Ok((map.clone(), labels.clone())),
        Some(MapToExport::Kept(wish)) => {
            let kept = opened.workspace.now().and_then(|now| now.projection(opened.features(), &wish.name()));
            let kept = kept.map_err(|error| Problem::new("The map could not be read", error))?;
            let kept = kept.map(Arc::new).ok_or_else(|| no_map(wish))?;
            let records = opened.catalogue.read_all().map(|()| opened.catalogue.now());
            let records = records.map_err(|error| Problem::new("The labels could not be read", error))?;
            Ok((kept, records.label_places().clone()))
        }
        None => Err(Problem::new(NOT_EXPORTED, "there is no map yet").with_remedy("Make one first.")),
    }
}

fn no_map(wish: &ProjectionWish) -> Problem {
    let (method, layer, pooling) = (wish.method, &wish.source.layer, wish.source.pooling.word());
    Problem::new(NOT_EXPORTED, format!("no map by {} of {layer} ({pooling}) is kept", method.title())).with_remedy(
        format!(
            "Make it first: `tiramisu project FOLDER --method {} --layer {layer} --pooling {pooling}`.",
            method.word()
        ),
    )
}
