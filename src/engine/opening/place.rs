//! Where what is opened lies: the pictures, and the workspace.

use std::path::{Path, PathBuf};

use super::{refused, single_file};
use crate::engine::message::{OpenWish, Problem};
use crate::engine::options::EngineOptions;
use crate::engine::places;
use crate::store::Workspace;

/// The folders of a collection.
pub(super) struct Place {
    /// Of the pictures, absolute.
    pub folder: PathBuf,
    /// Of the workspace.
    pub root: PathBuf,
    /// Whether the workspace lies where it lies unless somebody says otherwise.
    pub is_usual: bool,
    /// Whether the pictures are the built-in sample collection.
    pub is_sample: bool,
}

impl Place {
    /// Those that a wish means.
    ///
    /// # Errors
    /// When the folder has no absolute name, and when it is not known where the workspace lies usually and none is named.
    pub fn of(wish: &OpenWish, options: &EngineOptions) -> Result<Self, Problem> {
        let folder =
            std::path::absolute(&wish.folder).map_err(|error| Problem::new("The folder could not be opened", error))?;
        let data_dir = places::data_dir(options.data_dir.as_deref());
        let is_sample = data_dir.as_ref().is_ok_and(|data_dir| folder == places::sample_dir(data_dir));
        let usual = data_dir.map(|data_dir| places::default_workspace(&folder, &data_dir));
        let (root, is_usual) = match &wish.workspace {
            Some(root) => (root.clone(), usual.is_ok_and(|usual| usual == *root)),
            None => (usual?, true),
        };
        Ok(Self { folder, root, is_usual, is_sample })
    }

    /// Opens the workspace: to be written if pictures are to be extracted, and then it is made if there is none.
    ///
    /// # Errors
    /// When there is no such folder to be extracted, and when the workspace cannot be opened so.
    pub fn workspace(&self, extract: bool, only_looks: bool) -> Result<Workspace, Problem> {
        match (extract, only_looks) {
            (true, true) => {
                return Err(Problem::new("Nothing can be extracted", "the program was started only to look"));
            }
            (true, false) => {
                check_folder(&self.folder)?;
                Workspace::open_or_create(&self.root, &self.folder)
            }
            (false, true) => Workspace::look_into(&self.root),
            (false, false) => Workspace::open(&self.root),
        }
        .map_err(refused)
    }
}

fn check_folder(folder: &Path) -> Result<(), Problem> {
    let what = "The folder could not be opened";
    match std::fs::metadata(folder) {
        Ok(meta) if meta.is_dir() => Ok(()),
        Ok(_) => {
            single_file::refuse(folder)?;
            Err(Problem::new(what, format!("this is neither a folder nor a file: {}", folder.display())))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Err(Problem::new(what, format!("there is no such folder: {}", folder.display())))
        }
        Err(error) => Err(Problem::new(what, format!("{error}: {}", folder.display()))),
    }
}
