//! How many bits a number has.

use serde::{Deserialize, Serialize};

/// In which numbers networks run, and in which vectors are stored. The two are chosen apart: a network runs as the device
/// does it well, and a layer is stored in half precision unless its numbers do not fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// 32 bits.
    #[default]
    Single,
    /// 16 bits where these are enough: half the memory.
    Half,
}

impl Precision {
    /// All of them, for menus.
    pub const ALL: [Self; 2] = [Self::Single, Self::Half];

    /// Bytes of a number.
    pub fn bytes(self) -> usize {
        match self {
            Self::Single => 4,
            Self::Half => 2,
        }
    }

    /// The word in documents.
    pub fn word(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::Half => "half",
        }
    }
}
