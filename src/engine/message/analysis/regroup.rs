//! Clusters changed by hand: what is wished.

use std::sync::Arc;

use crate::domain::{Regrouping, counted};

/// How the clusters of a clustering are to change.
#[derive(Clone, Debug, PartialEq)]
pub struct RegroupWish {
    /// The name of the clustering.
    pub clustering: String,
    /// What is to be done.
    pub how: Regroup,
}

/// What is done with clusters.
#[derive(Clone, Debug, PartialEq)]
pub enum Regroup {
    /// Make one cluster of these (at least two), in the place of the first.
    Merge(Vec<u32>),
    /// Divide a cluster by k-means among its own images: the largest part stays in its place, the others come last.
    Split {
        /// Its index.
        cluster: u32,
        /// How many parts, at least two.
        parts: usize,
    },
    /// Do what was done before, or take it back. Answered by [`AnalysisAnswer::Clusters`](super::AnalysisAnswer::Clusters).
    Apply(Arc<Regrouping>),
}

impl RegroupWish {
    /// What is being done, for the person.
    pub(super) fn title(&self) -> String {
        match &self.how {
            Regroup::Merge(clusters) => format!("Merging {}", counted(clusters.len(), "cluster", "clusters")),
            Regroup::Split { parts, .. } => format!("Splitting a cluster in {parts}"),
            Regroup::Apply(_) => "Changing clusters".to_owned(),
        }
    }
}
