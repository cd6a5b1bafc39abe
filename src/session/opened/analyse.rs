//! Work on all vectors: begun, stopped, answered, and shown again.

use std::sync::Arc;

use super::OpenedCollection;
use super::cluster_edit::ClusterEdit;
use super::cut_outs::CutOutState;
use super::maps::Colouring;
use crate::domain::{Clustering, TableColumn, counted};
use crate::engine::{AnalysisAnswer, AnalysisKind, AnalysisWish, Progress, Regroup, Request, StoredResult};
use crate::session::Notices;

/// What can be wished of analyses.
#[derive(Clone, Debug, PartialEq)]
pub enum Analyse {
    /// Begin this one.
    Begin(AnalysisWish),
    /// Give images that came later a place on the map of this number, and leave the others where they are.
    PlaceOnMap(u32),
    /// Make this map anew, of all images.
    MakeMapAnew(u32),
    /// Show groups that were made before, by their name.
    OpenClustering(String),
    /// Groups that the person did not ask for: maps stay coloured as they are.
    Unasked(Box<Analyse>),
    /// Call one of the groups shown by a name; by none if it is empty.
    NameCluster {
        /// Its index.
        cluster: usize,
        /// What to call it.
        name: String,
    },
    /// Merge some of the clusters shown, or split one.
    Regroup(Regroup),
    /// Stop the analysis of this number; others go on.
    Stop(u64),
}

impl OpenedCollection {
    pub(in crate::session) fn analyse(&mut self, wish: Analyse) -> Vec<Request> {
        match wish {
            Analyse::Unasked(wish) => {
                let requests = self.analyse(*wish);
                self.keeps_colours = true;
                requests
            }
            Analyse::Begin(wish) => {
                // What else is looked for meanwhile says nothing of how clusters were asked for.
                self.keeps_colours &= wish.kind() != AnalysisKind::Clusters;
                // Not every method needs an engine to be chosen.
                self.findings.drop_choice(wish.kind());
                vec![Request::Analyse(wish)]
            }
            Analyse::PlaceOnMap(map) => self.place_on_map(map),
            Analyse::MakeMapAnew(map) => self.make_map_anew(map),
            Analyse::OpenClustering(name) => {
                self.keeps_colours = false;
                self.note_clustering_wish(&name);
                // Of what was made another day nobody knows it any more.
                self.findings.drop_choice(AnalysisKind::Clusters);
                vec![Request::OpenClustering(name)]
            }
            Analyse::NameCluster { cluster, name } => self.name_cluster(cluster, &name),
            Analyse::Regroup(how) => self.regroup(how),
            Analyse::Stop(number) => {
                let Some(begun) = self.analyses.now().find(|begun| begun.number == number) else { return Vec::new() };
                // Whoever is at work reads it there.
                begun.progress.cancel();
                self.keeps_colours &= begun.kind() != Some(AnalysisKind::Clusters);
                Vec::new()
            }
        }
    }

    /// Takes in what came of an analysis. What is only to be looked at needs no line of its own here.
    pub(in crate::session) fn take_answer(&mut self, answer: AnalysisAnswer, notices: &mut Notices) -> Vec<Request> {
        match answer {
            AnalysisAnswer::Found(finding) => return self.take_finding(finding),
            AnalysisAnswer::Map(map) => return self.take_projection(map),
            AnalysisAnswer::Placed { projection, images } => self.take_placed(&projection, images, notices),
            AnalysisAnswer::Clusters(clustering) => return self.take_clustering(clustering),
            AnalysisAnswer::Regrouped { clustering, change } => {
                let requests = self.take_clustering(clustering);
                self.note_cluster_edit(ClusterEdit::Regrouped(change));
                return requests;
            }
            AnalysisAnswer::Indices(indices) => return self.take_indices(indices),
            AnalysisAnswer::Activations(kept) => return self.take_stored_activations(kept),
            AnalysisAnswer::Graph(summary) => {
                let edges = counted(summary.edges, "edge", "edges");
                notices.tell_news(format!("{edges} written to {}", summary.out.display()));
            }
            AnalysisAnswer::CutOut(report) => {
                let boxes = counted(report.boxes, "box is a picture", "boxes are pictures");
                notices.tell_news(format!("{boxes} in {}", report.folder.display()));
                self.cut_outs.state = CutOutState::Done(report);
            }
            AnalysisAnswer::Embedding(_) => {
                self.has_embedding = true;
                return self.ask_neighbours();
            }
        }
        Vec::new()
    }

    /// Takes in what was found before.
    pub(in crate::session) fn take_stored(&mut self, kept: StoredResult) -> Vec<Request> {
        match kept {
            StoredResult::Found(finding) => self.take_stored_finding(finding),
            StoredResult::Map(map) => self.take_kept_map(map),
            StoredResult::All => {
                self.stored_is_told = true;
                Vec::new()
            }
        }
    }

    pub(in crate::session) fn take_analysis_start(&mut self, progress: Arc<Progress>) {
        self.take_map_start(&progress);
        self.cut_outs.take_start(&progress);
        // What it finds is by the labels of now.
        self.analyses.begin(progress, self.images.label_state());
    }

    fn take_clustering(&mut self, clustering: Arc<Clustering>) -> Vec<Request> {
        // Whoever asked for groups wants to see them; the same groups under new names are no news.
        let is_other = self.clustering.as_ref().is_none_or(|known| known.table() != clustering.table());
        if self.is_overtaken(&clustering, is_other) {
            return Vec::new();
        }
        let keeps_colours = std::mem::take(&mut self.keeps_colours);
        if is_other && !keeps_colours {
            self.chosen.maps.colour_like_first(Colouring::Cluster);
        }
        self.clustering = Some(clustering);
        let mut requests = self.note_labels_of_clusters();
        requests.extend(self.ask_query());
        requests.extend(self.refresh_if_by(TableColumn::Cluster));
        requests
    }
}
