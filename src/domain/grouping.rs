//! By what images are counted.

use serde::Serialize;

/// So many images have this in common.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Count {
    /// What: a label, a tag, a split, the title of a cluster, a problem; `None` for images without.
    pub name: Option<String>,
    /// How many.
    pub images: usize,
}

/// What images have in common that are counted together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grouping {
    /// Their label.
    Label,
    /// A tag; an image counts under each of its tags.
    Tag,
    /// Their cluster in the clustering of this name.
    Cluster(String),
    /// Why they cannot be read.
    Problem,
    /// The part of a data set that they belong to.
    Split,
}

impl Grouping {
    /// Reads `label`, `tag`, `split`, `problem` or `cluster:NAME`; `None` when it is something else.
    pub fn from_word(word: &str) -> Option<Self> {
        match word.split_once(':') {
            Some(("cluster", name)) if !name.is_empty() => Some(Self::Cluster(name.to_owned())),
            _ => match word {
                "label" => Some(Self::Label),
                "tag" => Some(Self::Tag),
                "problem" => Some(Self::Problem),
                "split" => Some(Self::Split),
                _ => None,
            },
        }
    }
}
