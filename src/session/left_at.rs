//! Where a person was in a collection, remembered to be taken up when it is opened again.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Place;
use crate::domain::{ImageId, ImagePath};
use crate::engine::{Collection, NetworkFile};

/// Where a person was in a collection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftAt {
    /// What it was looked at through.
    pub network: NetworkFile,
    /// Where in the window.
    #[serde(default)]
    pub place: Place,
    /// How deep, by the layer's name.
    #[serde(default)]
    pub layer: String,
    /// The picture that was looked at.
    #[serde(default)]
    pub picture: Option<LeftPicture>,
}

/// A picture that was looked at: by its number, which it keeps in a workspace, and by its path, in case it did not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftPicture {
    /// Its number.
    pub id: ImageId,
    /// Where it lies below the folder.
    pub path: ImagePath,
}

/// What is to be taken up once a folder is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakeUp {
    /// Which folder; `None` for the sample collection.
    pub folder: Option<PathBuf>,
    /// Where the person was.
    pub left: LeftAt,
    /// What to look through if that network cannot be loaded any more; `None` once that was tried, or if there is no other.
    pub otherwise: Option<NetworkFile>,
}

impl TakeUp {
    /// Whether this collection is meant.
    pub fn is_of(&self, collection: &Collection) -> bool {
        match &self.folder {
            Some(folder) => *folder == collection.folder,
            None => collection.is_sample,
        }
    }
}
