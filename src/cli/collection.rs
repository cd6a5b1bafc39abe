//! Finding things in a collection by the names a person gives them.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};

use super::opening::Opening;
use super::source::Source;
use super::{Console, listener::Listener};
use crate::domain::{ImageId, ImagePath, ImageRecord, Pooling, StoredLayer};
use crate::engine::{self, EngineOptions, OpenWish};

/// Where a picture is that a person names.
pub enum Place {
    /// In the collection.
    Inside(ImageId),
    /// Somewhere else, at this absolute path.
    Outside(PathBuf),
}

/// As [`open_to_ask`], and waits until every image is known.
///
/// # Errors
/// As [`open_to_ask`].
pub fn open_known(
    folder: &Path,
    opening: &Opening,
    layer: Option<&str>,
    console: &mut Console,
) -> anyhow::Result<Listener> {
    let mut listener = open_to_ask(folder, opening, layer, console)?;
    listener.wait_for_images(console)?;
    Ok(listener)
}

/// Opens what is known of `folder`, at `layer` if one is named, without extracting anything. Nothing is read that is not asked
/// for: neither the network nor what is known of each image.
///
/// # Errors
/// When the folder cannot be opened or nothing was extracted with this network yet.
pub fn open_to_ask(
    folder: &Path,
    opening: &Opening,
    layer: Option<&str>,
    console: &mut Console,
) -> anyhow::Result<Listener> {
    open_to_ask_for(folder, opening, layer, None, console)
}

/// The same for who will ask for neighbours, at which pooling of the layer.
///
/// # Errors
/// As [`open_to_ask`].
pub fn open_to_ask_for(
    folder: &Path,
    opening: &Opening,
    layer: Option<&str>,
    will_ask: Option<Pooling>,
    console: &mut Console,
) -> anyhow::Result<Listener> {
    if opening.workspace.is_none() {
        // What was learned of a folder that is away (a disk that is not plugged in) can be asked all the same.
        let known = engine::default_workspace(folder, None)?;
        if !known.exists() {
            return Err(unknown(folder));
        }
    }
    let request = OpenWish {
        folder: folder.to_path_buf(),
        workspace: opening.workspace.clone(),
        network: opening.network_file(),
        layers: layer.map(|layer| vec![layer.to_owned()]),
        extract: false,
    };
    Listener::open(EngineOptions { is_brief: true, will_ask, ..opening.engine_options() }, request, console)
}

/// The folder whose workspace knows `image`: the one given, the one the given workspace is about, or the nearest folder
/// above the image that has a workspace in the usual place.
///
/// # Errors
/// When there is none.
pub fn folder_of(image: &Path, folder: Option<&Path>, workspace: Option<&Path>) -> anyhow::Result<PathBuf> {
    if let Some(folder) = folder {
        return Ok(folder.to_path_buf());
    }
    if let Some(workspace) = workspace {
        return folder_of_workspace(workspace);
    }
    let image = picture(image, None)?;
    for above in image.ancestors().skip(1) {
        if engine::default_workspace(above, None)?.exists() {
            return Ok(above.to_path_buf());
        }
    }
    bail!(
        "no folder above this picture has been extracted yet. Run `tiramisu extract FOLDER` first, or name the \
         collection with --folder or --workspace: {}",
        image.display()
    )
}

/// Where the workspace of a folder lies, or the folder itself if it is one; `workspace` if the person says so.
///
/// # Errors
/// When there is none.
pub fn workspace_at(path: &Path, workspace: Option<&Path>) -> anyhow::Result<PathBuf> {
    let found = match workspace {
        Some(workspace) => workspace.to_path_buf(),
        None => engine::workspace_of(path, &EngineOptions::default())?,
    };
    if !found.exists() {
        if workspace.is_some() {
            bail!("there is no workspace here: {}", found.display());
        }
        return Err(unknown(path));
    }
    Ok(found)
}

/// Why a path that should be a folder with a workspace is none.
fn unknown(path: &Path) -> anyhow::Error {
    let path_in_words = path.display();
    if !path.exists() {
        return anyhow!("there is no such folder: {path_in_words}");
    }
    if !path.is_dir() {
        return anyhow!("this is a file; name the folder that was extracted: {path_in_words}");
    }
    anyhow!(
        "this folder has not been extracted yet. Run `tiramisu extract` on it first, or name its workspace with \
         --workspace: {path_in_words}"
    )
}

/// A picture that a person names, absolute.
///
/// # Errors
/// When it is not there, or is a folder.
fn picture(image: &Path, otherwise: Option<&Path>) -> anyhow::Result<PathBuf> {
    let found = image.canonicalize();
    let found = match otherwise {
        Some(folder) => found.or_else(|_| folder.join(image).canonicalize()),
        None => found,
    };
    match found {
        Ok(found) if found.is_dir() => bail!("this is a folder; name a picture in it: {}", image.display()),
        Ok(found) => Ok(found),
        Err(error) if error.kind() == ErrorKind::NotFound => bail!("there is no such picture: {}", image.display()),
        Err(error) => bail!("the picture cannot be read ({error}): {}", image.display()),
    }
}

/// The folder a workspace is about.
///
/// # Errors
/// When it is no workspace.
pub fn folder_of_workspace(workspace: &Path) -> anyhow::Result<PathBuf> {
    let folder = engine::folder_of(workspace)?;
    if folder.as_os_str().is_empty() {
        bail!("the workspace does not say which folder it is about; name the folder: {}", workspace.display());
    }
    Ok(folder)
}

impl Listener {
    /// The image a person names by its path, absolute or relative to where they are.
    ///
    /// # Errors
    /// When the collection does not hold it.
    pub fn find(&mut self, image: &Path, console: &mut Console) -> anyhow::Result<ImageRecord> {
        let folder = &self.collection.folder;
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.clone());
        let whole = picture(image, Some(&folder))?;
        let Ok(below) = whole.strip_prefix(&folder) else {
            bail!("the picture does not lie in {}: {}", folder.display(), image.display())
        };
        let found = self.image_at(ImagePath::from_relative(below), console)?;
        found.with_context(|| {
            format!("the workspace does not know this picture yet; run `tiramisu extract` again: {}", image.display())
        })
    }

    /// The same of a picture that need not be in the collection.
    ///
    /// # Errors
    /// When there is no such file.
    pub fn look_for(&mut self, image: &Path, console: &mut Console) -> anyhow::Result<Place> {
        let folder = &self.collection.folder;
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.clone());
        let whole = picture(image, Some(&folder))?;
        let known = match whole.strip_prefix(&folder).ok().map(ImagePath::from_relative) {
            Some(path) => self.image_at(path, console)?,
            None => None,
        };
        Ok(known.map_or(Place::Outside(whole), |record| Place::Inside(record.id)))
    }

    /// The vectors a person asks for by the name of a layer, or the usual ones.
    ///
    /// # Errors
    /// When that layer is not stored.
    pub fn source(&self, wanted: &Source) -> anyhow::Result<StoredLayer> {
        let collection = &self.collection;
        let layer = match &wanted.layer {
            Some(name) => name.clone(),
            None => match collection.layers.get(collection.default_layer()) {
                Some(layer) => layer.name.clone(),
                None => bail!("the network {} has no layers", collection.network_name),
            },
        };
        let source = StoredLayer { layer, pooling: wanted.pooling };
        if !collection.stored.contains(&source) {
            let mut stored: Vec<&str> = collection.stored.iter().map(|stored| stored.layer.as_str()).collect();
            stored.dedup();
            bail!(
                "the layer {} is not stored ({}). Stored are: {}",
                source.layer,
                source.pooling.word(),
                stored.join(", ")
            );
        }
        if self.committed.is_none_or(|(images, _)| images == 0) {
            bail!(
                "nothing was extracted with {} yet. Run `tiramisu extract` first, or name the network you extracted with by \
                 --network: {}",
                collection.network_name,
                collection.folder.display()
            );
        }
        Ok(source)
    }
}
