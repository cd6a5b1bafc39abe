//! One change of clusters.

use std::sync::Arc;

use crate::domain::{Clustering, Regrouping};
use crate::engine::{AnalysisWish, Regroup, RegroupWish, Request};

/// One change of clusters.
#[derive(Clone, Debug, PartialEq)]
pub enum ClusterEdit {
    /// One got a name, or lost it.
    Named {
        /// The name of the clustering.
        clustering: String,
        /// Its index.
        cluster: usize,
        /// What it was called before, by a person.
        before: Option<String>,
        /// What it is called since.
        after: Option<String>,
    },
    /// Some were merged, or one was split.
    Regrouped(Arc<Regrouping>),
}

impl ClusterEdit {
    /// What makes the change again, or takes it back.
    pub(super) fn request(&self, is_done: bool) -> Request {
        match self {
            Self::Named { clustering, cluster, before, after } => {
                let name = if is_done { after } else { before };
                Request::NameCluster { clustering: clustering.clone(), cluster: *cluster, name: name.clone() }
            }
            Self::Regrouped(change) => {
                let change = if is_done { change.clone() } else { Arc::new(change.reversed()) };
                let clustering = change.clustering.clone();
                Request::Analyse(AnalysisWish::Regroup(RegroupWish { clustering, how: Regroup::Apply(change) }))
            }
        }
    }

    /// What was done, in a few words.
    pub(super) fn in_words(&self) -> String {
        match self {
            Self::Named { cluster, after: Some(name), .. } => format!("Called cluster {cluster} {name}"),
            Self::Named { cluster, after: None, .. } => format!("Took the name of cluster {cluster} away"),
            Self::Regrouped(change) => match (change.before.len(), change.after.len()) {
                (before, 1) => format!("Merged {before} clusters"),
                (_, after) => format!("Split a cluster into {after}"),
            },
        }
    }

    /// Whether it can be taken back: a cluster that is called otherwise by now is another one, found anew.
    pub(super) fn still_stands(&self, shown: Option<&Clustering>) -> bool {
        match (self, shown) {
            (Self::Named { clustering, cluster, after, .. }, Some(shown)) if shown.wish.name() == *clustering => {
                shown.clusters.get(*cluster).is_some_and(|known| known.name == *after)
            }
            (Self::Named { .. } | Self::Regrouped(_), _) => true,
        }
    }
}
