//! What a network says an image shows.

use serde::{Deserialize, Serialize};

/// One class of the network's last layer with its probability in `0..=1`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassScore {
    /// Position in the last layer.
    pub index: usize,
    /// The class's name, for instance `tabby, tabby cat`.
    pub name: String,
    /// Softmax probability.
    pub probability: f32,
}
