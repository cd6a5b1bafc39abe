//! What a network says an image shows.

use serde::{Deserialize, Serialize};

/// One class of the network's last layer with its probability in `0..=1`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassScore {
    /// Position in the last layer.
    pub index: usize,
    /// The class's name, for instance `tabby, tabby cat`.
    pub name: String,
    /// By softmax over all classes; or as the network gives it, where that ends in a probability for each class by itself.
    pub probability: f32,
}

/// How the numbers of a network's class layer become probabilities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClassScale {
    /// By softmax: one of the classes is right.
    #[default]
    Softmax,
    /// They are probabilities already.
    AsTheyAre,
}
