//! What is open.

use std::path::PathBuf;

use super::NetworkFile;
use super::Problem;
use crate::domain::{ClassNames, Layer, Resizing, StoredLayer};

/// What is open: facts that do not change until something else is opened.
#[derive(Clone, Debug)]
pub struct Collection {
    /// The folder with the pictures.
    pub folder: PathBuf,
    /// Where the workspace lies.
    pub workspace: PathBuf,
    /// Whether it lies where a person who chooses no place has it.
    pub workspace_is_usual: bool,
    /// Whether these are the program's own sample pictures.
    pub is_sample: bool,
    /// The network's name.
    pub network_name: String,
    /// The table of its vectors, named after the network's layers, weights and how pictures are prepared for it.
    pub features: String,
    /// What the network is, honestly, in a sentence or two.
    pub network_about: String,
    /// Where the network came from.
    pub network_file: NetworkFile,
    /// How pictures become what the network sees.
    pub resizing: Resizing,
    /// The same for a person, with what becomes of their colours.
    pub prepared: String,
    /// Every layer that can be looked at, in network order.
    pub layers: Vec<Layer>,
    /// The vectors that are (or will be) in the workspace, in network order.
    pub stored: Vec<StoredLayer>,
    /// Names of the vectors of the person's own that the workspace holds; unless it was opened to ask one question.
    pub vectors: Vec<String>,
    /// Whether the network names classes.
    pub has_classes: bool,
    /// How many classes it names; 0 if none.
    pub class_count: usize,
    /// What the channels of the layers that name classes are called; see [`ClassNames::channel_title`].
    pub class_names: ClassNames,
    /// Which device computes, and why that one: `CPU (flex): the only adapter is a software renderer (llvmpipe)`.
    pub device: String,
    /// What of the workspace cannot be read and is done without, or did not fit and was removed.
    pub remarks: Vec<Problem>,
}

impl Collection {
    /// The layer looked at unless the person chooses: the deepest stored one that still has space and is not the class
    /// scores themselves. Neighbours mean most there.
    pub fn default_layer(&self) -> usize {
        let stored: Vec<&str> = self.stored.iter().map(|stored| stored.layer.as_str()).collect();
        Self::default_among(&self.layers, &stored, self.has_classes.then_some(self.class_count))
    }

    /// The same before anything is open: of `layers`, of which some are `stored`, in a network that names so many `classes`.
    pub fn default_among(layers: &[Layer], stored: &[&str], classes: Option<usize>) -> usize {
        let is_stored = |i: &usize| stored.contains(&layers[*i].name.as_str());
        let candidates: Vec<usize> = (0..layers.len()).filter(is_stored).collect();
        let is_spatial = |i: &&usize| {
            let [c, h, w] = layers[**i].shape;
            h * w > 1 && classes != Some(c)
        };
        candidates.iter().rev().find(is_spatial).or(candidates.last()).copied().unwrap_or(0)
    }
}

/// A folder that looks like a known one in its new place: that one is gone, and its pictures are here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovedFolder {
    /// The workspace of the known one.
    pub workspace: PathBuf,
    /// Where that was.
    pub from: PathBuf,
    /// The folder that is to be opened.
    pub folder: PathBuf,
    /// How many pictures were looked for.
    pub looked_for: usize,
    /// How many of them are here, under the same names.
    pub found: usize,
}
