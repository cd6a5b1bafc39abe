//! Clusters named, merged and split, as choices that can be taken back.
//!
//! What is chosen holds the list of all changes so far, as of tags. A name is given when it is wished; clusters are merged and
//! split by the engine, which finds out what the new ones are, so that such a change is noted when it is made.

use std::sync::Arc;

use super::OpenedCollection;
use super::chosen::Chosen;
use super::cluster_edit::ClusterEdit;
use crate::engine::{AnalysisWish, Regroup, RegroupWish, Request};

impl OpenedCollection {
    /// Calls a cluster of those that are shown by a name, by none if it is empty.
    pub(super) fn name_cluster(&mut self, cluster: usize, name: &str) -> Vec<Request> {
        let Some(known) = &self.clustering else { return Vec::new() };
        let Some(before) = known.clusters.get(cluster).map(|cluster| cluster.name.clone()) else { return Vec::new() };
        let after = Some(name.trim().to_owned()).filter(|name| !name.is_empty());
        if before == after {
            return Vec::new();
        }
        let edit = ClusterEdit::Named { clustering: known.wish.name(), cluster, before, after };
        let request = edit.request(true);
        self.note_cluster_edit(edit);
        vec![request]
    }

    /// Notes a change that is made, or being made, as a step.
    pub(super) fn note_cluster_edit(&mut self, edit: ClusterEdit) {
        self.history.record(self.chosen.clone());
        self.chosen.cluster_edits.push(Arc::new(edit));
    }

    /// Merges or splits clusters of those that are shown.
    pub(super) fn regroup(&self, how: Regroup) -> Vec<Request> {
        let Some(known) = &self.clustering else { return Vec::new() };
        vec![Request::Analyse(AnalysisWish::Regroup(RegroupWish { clustering: known.wish.name(), how }))]
    }

    /// What makes the clusters what they are to be now.
    pub(super) fn ask_cluster_edits(&self, before: &Chosen) -> Vec<Request> {
        let (now, before) = (&self.chosen.cluster_edits, &before.cluster_edits);
        let same = now.iter().zip(before).take_while(|(a, b)| Arc::ptr_eq(a, b) || a == b).count();
        // What is shown says whether a name is still that of the same cluster, until clusters themselves are taken back.
        let mut is_as_shown = true;
        let stands = |edit: &&Arc<ClusterEdit>| {
            let stands = !is_as_shown || edit.still_stands(self.clustering.as_deref());
            is_as_shown &= !matches!(&***edit, ClusterEdit::Regrouped(_));
            stands
        };
        let undone = before[same..].iter().rev().filter(stands).map(|edit| edit.request(false));
        undone.chain(now[same..].iter().map(|edit| edit.request(true))).collect()
    }
}
