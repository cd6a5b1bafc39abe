//! Indices: what is wished.

use crate::domain::{IndexKind, Metric, StoredLayer};

/// A wish for an index.
#[derive(Clone, Debug, PartialEq)]
pub enum IndexWish {
    /// Say which there are.
    List,
    /// Build it, in the place of one that is there.
    Build {
        /// Over which vectors.
        source: StoredLayer,
        /// How.
        kind: IndexKind,
        /// For which measure.
        metric: Metric,
    },
    /// Take in what was appended since.
    Extend(StoredLayer),
    /// After images came: take them into all indices, or build anew where that pays, as the workspace's layout wants it.
    KeepUp,
    /// Remove it.
    Remove(StoredLayer),
}

impl IndexWish {
    /// What is being done, for the person.
    pub fn title(&self) -> String {
        match self {
            Self::List => "Indices".to_owned(),
            Self::KeepUp => "New images into the indices".to_owned(),
            Self::Build { source, .. } | Self::Extend(source) | Self::Remove(source) => {
                format!("Index at {}", source.layer)
            }
        }
    }

    /// The layer that the title ends with.
    pub(super) fn layer(&self) -> Option<&str> {
        match self {
            Self::List | Self::KeepUp => None,
            Self::Build { source, .. } | Self::Extend(source) | Self::Remove(source) => Some(&source.layer),
        }
    }
}
