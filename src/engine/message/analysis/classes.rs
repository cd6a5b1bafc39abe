//! Class vectors: what is wished, and what came of it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::analysis::class_vectors::ClassVectors;
use crate::domain::{ClassChange, ClassOrigin, ClassesBy, ImageId, LabelState, StrategyChoice};

/// How class vectors are made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassWish {
    /// What the images are divided by. The classes that a person made are always among them.
    pub by: Vec<ClassesBy>,
    /// How the classes that a person made change before.
    pub change: Option<ClassChange>,
    /// The layers, by name; all that are stored, if `None`.
    pub layers: Option<Vec<String>>,
    /// Whether each layer of each class is brought to length 1.
    pub normalise: bool,
    /// Count only activations at least this many standard deviations above their mean, if given.
    pub deviations: Option<f64>,
}

impl Default for ClassWish {
    fn default() -> Self {
        Self { by: vec![ClassesBy::Label], change: None, layers: None, normalise: true, deviations: None }
    }
}

/// Classes by their vectors.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassMeans {
    /// How they were made.
    pub wish: ClassWish,
    /// One vector a class: those of labels, tags and clusters as they were wished for, each in the order of names, then
    /// those that a person made.
    pub vectors: ClassVectors,
    /// Which images each is of.
    pub origins: Vec<ClassOrigin>,
    /// These, ascending, with or without vectors.
    pub members: Vec<Arc<[ImageId]>>,
    /// How many images each was taken over.
    pub sizes: Vec<usize>,
    /// By which labels they were made; nothing of classes that were kept before that was noted.
    pub by_labels: Option<LabelState>,
    /// The name of their table in the workspace.
    pub table: String,
    /// What made them, and why that.
    pub choice: StrategyChoice,
    /// How long it took to make them.
    pub elapsed_secs: f64,
}
