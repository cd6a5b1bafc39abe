//! Boxes that become pictures of their own: what is wished, and what came of it.

use std::path::PathBuf;

use serde::Serialize;

use crate::domain::{Pooling, Remarks};

/// A wish for boxes as pictures.
#[derive(Clone, Debug, PartialEq)]
pub struct CutOutWish {
    /// Which boxes, by their numbers, ascending.
    pub boxes: Vec<u32>,
    /// The layers whose vectors they get, by name.
    pub layers: Vec<String>,
    /// How the places of a layer under a box become one vector.
    pub pooling: Pooling,
    /// The folder that they go to: a new or empty one, or one of boxes that were cut out of the same collection before.
    pub folder: PathBuf,
    /// Where its workspace lies, if not in the usual place. It is made if there is none.
    pub workspace: Option<PathBuf>,
    /// What their vectors are called in the place of a network; by default `boxes of` the network.
    pub name: Option<String>,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct CutOutReport {
    /// The folder.
    pub folder: PathBuf,
    /// Its workspace.
    pub workspace: PathBuf,
    /// What the vectors are called in the place of a network.
    pub network: String,
    /// The layers.
    pub layers: Vec<String>,
    /// Boxes that are pictures now.
    pub boxes: usize,
    /// How many of these were already.
    pub already: usize,
    /// Boxes that are not, and why.
    pub left_out: Remarks,
}
