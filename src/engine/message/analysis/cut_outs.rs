//! Boxes that become pictures of their own: what is wished, and what came of it.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde::Serialize;

use crate::domain::{ImageBox, Pooling, Remarks};

/// Which boxes are meant.
#[derive(Clone, Debug, PartialEq)]
pub enum WhichBoxes {
    /// Those of these numbers, ascending.
    Numbered(Vec<u32>),
    /// Those with one of these labels; `None` stands for those without one.
    Labelled(BTreeSet<Option<String>>),
}

impl WhichBoxes {
    /// Whether a box is one of them.
    pub fn have(&self, marked: &ImageBox) -> bool {
        match self {
            Self::Numbered(numbers) => numbers.binary_search(&marked.id).is_ok(),
            Self::Labelled(labels) => labels.contains(&marked.label),
        }
    }
}

/// How many boxes there are that can become pictures.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BoxCounts {
    /// How many have each label, in the labels' order; those without one come first.
    pub labels: Vec<(Option<String>, usize)>,
    /// Boxes that cannot, and why.
    pub left_out: Remarks,
}

/// A wish for boxes as pictures.
#[derive(Clone, Debug, PartialEq)]
pub struct CutOutWish {
    /// Which boxes.
    pub boxes: WhichBoxes,
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
