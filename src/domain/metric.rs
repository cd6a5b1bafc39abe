//! How alike two vectors are.

use serde::{Deserialize, Serialize};

/// The measure by which neighbours are ranked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Metric {
    /// `a·b / (|a| |b|)`: 1 for the same direction. A vector of zeros is 0 to everything.
    #[default]
    Cosine,
    /// `|a - b|`: 0 for the same vector.
    Euclidean,
    /// `a·b`: how far one reaches along the other; longer vectors are nearer to all.
    Dot,
}

impl Metric {
    /// All of them, for menus.
    pub const ALL: [Metric; 3] = [Metric::Cosine, Metric::Euclidean, Metric::Dot];

    /// The name shown to the person and used on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Metric::Cosine => "cosine",
            Metric::Euclidean => "euclidean",
            Metric::Dot => "dot",
        }
    }

    /// What it measures, for who does not know its name.
    pub fn hint(self) -> &'static str {
        match self {
            Metric::Cosine => {
                "Cosine: what is seen counts, and not how strongly; 1 is the same, 0 has nothing in common"
            }
            Metric::Euclidean => "Euclidean: a distance, in which how strongly counts, too; 0 is the same",
            Metric::Dot => "Dot: what is seen times how strongly, so that strong pictures are near to all",
        }
    }

    /// Whether a larger score means more alike.
    pub fn larger_is_nearer(self) -> bool {
        !matches!(self, Metric::Euclidean)
    }
}
