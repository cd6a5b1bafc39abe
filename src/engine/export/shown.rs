//! Contact sheets and maps: what shows images.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use crate::domain::{ImageId, Projection, ProjectionWish};
use crate::engine::export::refusal::ExportRefusal;
use crate::engine::message::{ExportSummary, ExportWish, MapToExport, Problem, Progress};
use crate::engine::opened::Opened;
use crate::export::{ExportError, ExportRow, Shown, ShownWriter};

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
    let map = match request.format.is_of_map() {
        true => Some(map(request, opened)?),
        false => None,
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
        look: request.dataset.map,
        pictures: &mut pictures,
        out: &request.target,
        overwrite: request.overwrite,
    };
    let outcome = write(&mut shown);
    let summary = ExportSummary { target: request.target.clone(), wanted: rows.len(), ..Default::default() };
    match outcome {
        _ if stopped.into_inner() => Ok(ExportSummary { cancelled: true, ..summary }),
        // What lies nowhere on the map is no failure of the export, and is told by the count.
        Ok(written) => Ok(ExportSummary { written, wanted: written, ..summary }),
        Err(ExportError::Exists { targets }) if !request.overwrite => Err(ExportRefusal::Taken(targets)),
        Err(error) => Err(Problem::new("The export stopped", error).into()),
    }
}

/// The map to be written.
fn map(request: &ExportWish, opened: &Opened) -> Result<Arc<Projection>, Problem> {
    match &request.map {
        Some(MapToExport::Shown(map)) => Ok(map.clone()),
        Some(MapToExport::Kept(wish)) => {
            let kept = opened.workspace.now().and_then(|now| now.projection(opened.features(), &wish.name()));
            let kept = kept.map_err(|error| Problem::new("The map could not be read", error))?;
            kept.map(Arc::new).ok_or_else(|| no_map(wish))
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
