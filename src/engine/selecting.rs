//! The window's selection and other programs: they ask for one, or what it is, and the open window takes their wish.

pub mod watch;

use std::path::{Path, PathBuf};

use crate::domain::{ImageId, ImageRecord, ImageSet};
use crate::engine::collection::naming::ImageNames;
use crate::engine::message::Problem;
use crate::store::{StoreError, Workspace, selection};

/// How a person names an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NamedImage {
    /// By its number.
    Id(u32),
    /// By its file, absolute, or relative to the collection's folder or to where the person is.
    At(PathBuf),
}

/// Of whatever was to be done with images that were named.
const UNKNOWN: &str = "Nothing was done: not every image is known";

/// The images that are named, each once, in that order. Only if one is named by its file, `records` are asked for: all `count` of them,
/// with the collection's folder.
///
/// # Errors
/// When one is not on record, or `records` cannot be told.
pub fn images_named(
    names: &[NamedImage],
    count: usize,
    records: impl FnOnce() -> Result<(PathBuf, Vec<ImageRecord>), Problem>,
) -> Result<Vec<ImageId>, Problem> {
    let (mut records, mut by_path) = (Some(records), None);
    let (mut seen, mut found) = (ImageSet::default(), Vec::new());
    for name in names {
        let id = match name {
            NamedImage::Id(id) if (*id as usize) < count => ImageId(*id),
            NamedImage::Id(id) => return Err(unknown_id(*id, count)),
            NamedImage::At(path) => {
                if let Some(records) = records.take() {
                    let (folder, records) = records()?;
                    // Of many paths it is quicker to know all.
                    by_path = Some(ImageNames::of(&folder, &records));
                }
                by_path.as_ref().and_then(|names| names.find(path)).ok_or_else(|| {
                    let why = format!("the workspace does not know this picture: {}", path.display());
                    Problem::new(UNKNOWN, why)
                })?
            }
        };
        if seen.insert(id) {
            found.push(id);
        }
    }
    Ok(found)
}

/// Asks whatever window has the workspace at `root` open to select these images and no others. Returns how many they are.
///
/// # Errors
/// When the workspace cannot be read, does not know one of the images, or nothing can be written into it. Nothing is asked for
/// then.
pub fn select(root: &Path, images: &[NamedImage]) -> Result<usize, Problem> {
    let refused = |error: StoreError| Problem::new("Nothing was selected", error);
    let workspace = Workspace::open(root).map_err(refused)?;
    let records = || Ok((workspace.image_folder(), workspace.images().map_err(refused)?));
    let wanted: ImageSet = images_named(images, workspace.image_count(), records)?.into_iter().collect();
    selection::ask(root, wanted.iter()).map_err(refused)?;
    Ok(wanted.len())
}

/// Asks whatever window has the workspace at `root` open what is selected; see [`selected`].
///
/// # Errors
/// When there is no workspace, or nothing can be written into it.
pub fn ask_selected(root: &Path) -> Result<(), Problem> {
    Workspace::folder_of(root).and_then(|_| selection::want(root)).map_err(unknown_selection)
}

/// What the window answered: the images that are selected, as far as they are on record. `None` as long as it did not.
///
/// # Errors
/// When the answer or the images cannot be read.
pub fn selected(root: &Path) -> Result<Option<Vec<ImageRecord>>, Problem> {
    let Some(images) = selection::told(root).map_err(unknown_selection)? else { return Ok(None) };
    let records = Workspace::open(root).and_then(|workspace| workspace.images_with(&images));
    records.map(Some).map_err(unknown_selection)
}

fn unknown_selection(error: StoreError) -> Problem {
    Problem::new("It is not known what is selected", error)
}

/// Whether what was asked for still waits for a window to take it.
pub fn selection_waits(root: &Path) -> bool {
    selection::is_waiting(root)
}

fn unknown_id(id: u32, count: usize) -> Problem {
    let last = match count.checked_sub(1) {
        Some(last) => format!("numbers go from 0 to {last}"),
        None => "there are no images on record".to_owned(),
    };
    Problem::new(UNKNOWN, format!("there is no image {id}; {last}"))
}
