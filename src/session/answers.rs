//! What comes of analyses, and what it makes worth asking.

use std::sync::Arc;

use super::notice::NoticeText;
use super::{Colouring, Session};
use crate::domain::{Clustering, Projection, counted};
use crate::engine::{AnalysisAnswer, Request};

impl Session {
    /// Takes in what came of an analysis.
    pub(super) fn take_answer(&mut self, answer: AnalysisAnswer) -> Vec<Request> {
        match answer {
            AnalysisAnswer::Map(map) => return self.take_map(map),
            AnalysisAnswer::Placed { projection, images } => self.take_placed(projection, images),
            AnalysisAnswer::Clusters(clustering) => return self.take_clustering(clustering),
            AnalysisAnswer::Found(finding) => self.findings.take(finding),
            AnalysisAnswer::Indices(indices) => return self.take_indices(indices),
            AnalysisAnswer::Activations(kept) => return self.take_kept_activations(kept),
            AnalysisAnswer::Graph(summary) => {
                let text = format!("{} written to {}", counted(summary.edges, "edge", "edges"), summary.out.display());
                self.tell(NoticeText::News(text));
            }
            AnalysisAnswer::Embedding(_) => {
                self.has_embedding = true;
                return self.ask_neighbours();
            }
        }
        Vec::new()
    }

    /// Takes in a map that was made before.
    pub(super) fn take_kept_map(&mut self, map: Arc<Projection>) -> Vec<Request> {
        if self.projection_wish().as_ref() == Some(&map.wish) {
            // The person knows it.
            self.settled_map = Some(map.wish.clone());
            self.map_overdue = false;
        }
        self.take_map(map)
    }

    fn take_map(&mut self, map: Arc<Projection>) -> Vec<Request> {
        let is_finished = map.is_finished();
        if is_finished && self.projection_asked.as_ref() == Some(&map.wish) {
            self.projection_asked = None;
        }
        // One that was overtaken by another wish says nothing any more.
        if self.projection_wish().is_none_or(|wish| wish == map.wish) {
            self.projection = Some(map);
            if is_finished && std::mem::take(&mut self.map_overdue) {
                return self.ask_projection(true);
            }
        }
        Vec::new()
    }

    fn take_clustering(&mut self, clustering: Arc<Clustering>) -> Vec<Request> {
        // Whoever asked for groups wants to see them; the same groups under new names are no news.
        let is_other = self.clustering.as_ref().is_none_or(|known| known.table() != clustering.table());
        if is_other {
            self.chosen.colouring = Colouring::Cluster;
        }
        self.clustering = Some(clustering);
        self.ask_query()
    }
}
