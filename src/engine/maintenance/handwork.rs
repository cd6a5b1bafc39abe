//! What a person did in a workspace, as one document to be kept apart.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use crate::domain::{HANDWORK_FORMAT, Handwork, HandworkTaken, Tags};
use crate::engine::analyses::class_members::from_copy;
use crate::engine::message::Problem;
use crate::store::{StoreError, Workspace};

/// A document of a hundred million tags has no more.
const MOST_BYTES: u64 = 4 << 30;

/// The tags, names of clusters and classes of the workspace at `root`, and what there is to say where some of these come from a copy.
///
/// # Errors
/// When there is no workspace, or it cannot be read.
pub fn handwork(root: &Path) -> Result<(Handwork, Vec<Problem>), Problem> {
    let unread = |error: StoreError| Problem::new("The tags could not be read", error);
    let workspace = Workspace::look_into(root).map_err(unread)?;
    let of_copy = workspace.handwork_of_copy().map_err(unread)?;
    let remarks = of_copy.iter().map(|(features, count)| from_copy(features, *count)).collect();
    Ok((workspace.handwork().map_err(unread)?, remarks))
}

/// Takes those that a file holds into the workspace at `root`. What is there stays.
///
/// # Errors
/// When the file cannot be read or is something else, and when the workspace is open elsewhere or the disk does not let us.
pub fn take_handwork(root: &Path, file: &Path) -> Result<HandworkTaken, Problem> {
    let refused = |why: String| Problem::new("The tags could not be imported", why);
    let found = read(file).map_err(|why| refused(format!("{why}: {}", file.display())))?;
    let taken = Workspace::open_to_write(root).and_then(|workspace| {
        workspace.keep_copy_of_handwork()?;
        workspace.take_handwork(&found)
    });
    taken.map_err(|error| refused(error.to_string()))
}

fn read(file: &Path) -> Result<Handwork, String> {
    let said = |error: std::io::Error| error.to_string();
    // Opening a pipe would wait for who writes into it.
    let metadata = fs::metadata(file).map_err(said)?;
    if !metadata.is_file() || metadata.len() > MOST_BYTES {
        return Err("it is no file of tags".to_owned());
    }
    let mut text = Vec::new();
    File::open(file).map_err(said)?.take(MOST_BYTES).read_to_end(&mut text).map_err(said)?;
    let mut found: Handwork = serde_json::from_slice(&text).map_err(|error| {
        format!(
            "it is not what `tiramisu tags export` writes ({error}); labels of other programs come by `tiramisu import`"
        )
    })?;
    if found.format > HANDWORK_FORMAT {
        return Err(format!("it has format {}, and this Tiramisu knows format {HANDWORK_FORMAT}", found.format));
    }
    found.tags = found
        .tags
        .into_iter()
        .map(|(tag, paths)| Tags::cleaned(&tag).map(|tag| (tag, paths)).map_err(|why| format!("{why}: {tag:?}")))
        .collect::<Result<_, String>>()?;
    Ok(found)
}
