//! A layer: a node of the network whose output can be looked at.

use serde::{Deserialize, Serialize};

/// What there is to know of a layer before anything ran.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Layer {
    /// The name in the network's own file, for instance `fire9/relu_expand3x3`.
    pub name: String,
    /// What it does, in the field's words: `Convolution`, `ReLU`, `Concat` ...
    pub kind: String,
    /// Shape of one image's activation: `[channels, height, width]`.
    pub shape: [usize; 3],
    /// Number of weights and biases.
    pub parameter_count: usize,
    /// The layers it takes, by index, each before it; `None` is the picture.
    pub inputs: Vec<Option<usize>>,
    /// Multiplications of its weights for one image, if it is a convolution or fully connected; 0 otherwise.
    pub multiplications: u64,
    /// Whether its pooled vectors are stored unless the person chooses otherwise: the outputs of convolutions,
    /// concatenations and fully connected layers, after their activation.
    pub stored_by_default: bool,
}

/// How an activation `[c, h, w]` becomes a vector of `c` features.
///
/// Of a transformer's tokens `h` and `w` are the patches: class tokens, those of distillation and registers belong to no
/// place, and are left out wherever the others make a square.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pooling {
    /// The mean over space.
    #[default]
    Average,
    /// The largest value over space.
    Maximum,
}

impl Pooling {
    /// Both, in the order in which they are stored.
    pub const ALL: [Pooling; 2] = [Pooling::Average, Pooling::Maximum];

    /// The word used in column names and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Pooling::Average => "average",
            Pooling::Maximum => "maximum",
        }
    }
}

/// A stored representation: which layer, pooled how.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StoredLayer {
    /// The layer's name.
    pub layer: String,
    /// How space was pooled away.
    pub pooling: Pooling,
}

impl StoredLayer {
    /// The column that holds it: the layer's name with everything but letters, digits and `_` replaced by `_`, then
    /// the pooling, so that SQL needs no quotes: `fire9_concat_average`.
    pub fn column(&self) -> String {
        let plain: String = self.layer.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        format!("{plain}_{}", self.pooling.word())
    }
}
