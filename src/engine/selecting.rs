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

const WHAT: &str = "Nothing was selected";

/// The images of the collection in `folder` that are named, each once, in that order.
///
/// # Errors
/// When one is not on record.
pub fn named(folder: &Path, images: &[ImageRecord], names: &[NamedImage]) -> Result<Vec<ImageId>, Problem> {
    let by_path = ImageNames::of(folder, images);
    let unknown = |why: String| Problem::new("Not every image of the list is known", why);
    let (mut seen, mut found) = (ImageSet::default(), Vec::new());
    for name in names {
        let id = match name {
            NamedImage::Id(id) if (*id as usize) < images.len() => ImageId(*id),
            NamedImage::Id(id) => return Err(unknown(format!("there is no image {id} in {}", folder.display()))),
            NamedImage::At(path) => by_path
                .find(path)
                .ok_or_else(|| unknown(format!("this picture is not in the collection: {}", path.display())))?,
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
    let refused = |error: StoreError| Problem::new(WHAT, error);
    let workspace = Workspace::open(root).map_err(refused)?;
    let mut names = None;
    let mut wanted = ImageSet::default();
    for image in images {
        let id = match image {
            NamedImage::Id(id) if (*id as usize) < workspace.image_count() => ImageId(*id),
            NamedImage::Id(id) => return Err(unknown_id(*id, workspace.image_count())),
            NamedImage::At(path) => {
                let names = match &mut names {
                    Some(names) => names,
                    // Of many paths it is quicker to know all.
                    None => {
                        names.insert(ImageNames::of(&workspace.image_folder(), &workspace.images().map_err(refused)?))
                    }
                };
                names.find(path).ok_or_else(|| {
                    let why = format!("the workspace does not know this picture: {}", path.display());
                    Problem::new(WHAT, why)
                })?
            }
        };
        wanted.insert(id);
    }
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
    Problem::new(WHAT, format!("there is no image {id}; {last}"))
}
