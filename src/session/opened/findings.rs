//! What analyses found, and what of it was kept from before.

use std::sync::Arc;

use super::Opened;
use super::chosen::Colouring;
use crate::domain::{Clustering, DuplicateReport, OutlierReport};
use crate::engine::{ChosenFor, Kept, Request};

impl Opened {
    pub(in crate::session) fn take_duplicates(&mut self, report: Arc<DuplicateReport>) {
        self.duplicates = Some(report);
        self.from_before.remove(&ChosenFor::Duplicates);
    }

    pub(in crate::session) fn take_outliers(&mut self, report: Arc<OutlierReport>) {
        self.outliers = Some(report);
        self.from_before.remove(&ChosenFor::Outliers);
    }

    pub(in crate::session) fn take_clustering(&mut self, clustering: Arc<Clustering>) -> Vec<Request> {
        // Whoever asked for groups wants to see them; the same groups under new names are no news.
        let is_other = self.clustering.as_ref().is_none_or(|known| known.table() != clustering.table());
        if is_other {
            self.chosen.colouring = Colouring::Cluster;
        }
        self.clustering = Some(clustering);
        self.ask_query()
    }

    pub(in crate::session) fn take_embedding(&mut self) -> Vec<Request> {
        self.has_embedding = true;
        self.ask_neighbours()
    }

    pub(in crate::session) fn take_analysis_end(&mut self) {
        if !self.is_analysing() {
            self.projection_asked = None;
        }
    }

    /// What was found before does not take the place of what was found since.
    pub(in crate::session) fn take_kept(&mut self, kept: Kept) -> Vec<Request> {
        match kept {
            Kept::Duplicates(report) => {
                if self.duplicates.is_none() {
                    self.duplicates = Some(report);
                    self.from_before.insert(ChosenFor::Duplicates);
                }
            }
            Kept::Outliers(report) => {
                if self.outliers.is_none() {
                    self.outliers = Some(report);
                    self.from_before.insert(ChosenFor::Outliers);
                }
            }
            Kept::Classes(classes) => {
                self.classes.get_or_insert(classes);
            }
            Kept::Map(map) => {
                if self.projection_wish().as_ref() == Some(&map.wish) {
                    // The person knows it.
                    self.settled_map = Some(map.wish.clone());
                    self.map_overdue = false;
                }
                return self.take_projection(map);
            }
        }
        Vec::new()
    }
}
