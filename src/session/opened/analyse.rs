//! Work on all vectors: begun, stopped, and shown again.

use super::Opened;
use crate::engine::{AnalysisWish, ChosenFor, Request};

/// What can be wished of analyses.
#[derive(Clone, Debug, PartialEq)]
pub enum Analyse {
    /// Begin this one.
    Begin(AnalysisWish),
    /// Give images that came later a place on the map, and leave the others where they are.
    PlaceOnMap,
    /// Make the map anew, of all images.
    MakeMapAnew,
    /// Show groups that were made before, by their name.
    OpenClustering(String),
    /// Call one of the groups shown by a name; by none if it is empty.
    NameCluster {
        /// Its index.
        cluster: usize,
        /// What to call it.
        name: String,
    },
    /// Stop making maps and groups.
    Stop,
}

impl Opened {
    pub(in crate::session) fn analyse(&mut self, wish: Analyse) -> Vec<Request> {
        match wish {
            Analyse::Begin(wish) => {
                if matches!(wish, AnalysisWish::Cluster(_)) {
                    // Not every method needs an engine to be chosen.
                    self.choices.remove(&ChosenFor::Clusters);
                }
                vec![Request::Analyse(wish)]
            }
            Analyse::PlaceOnMap => self.place_on_map(),
            Analyse::MakeMapAnew => self.make_map_anew(),
            Analyse::OpenClustering(name) => {
                // Of what was made another day nobody knows it any more.
                self.choices.remove(&ChosenFor::Clusters);
                vec![Request::OpenClustering(name)]
            }
            Analyse::NameCluster { cluster, name } => match &self.clustering {
                Some(known) => {
                    let name = Some(name.trim().to_owned()).filter(|name| !name.is_empty());
                    vec![Request::NameCluster { clustering: known.wish.name(), cluster, name }]
                }
                None => Vec::new(),
            },
            Analyse::Stop => {
                if let Some(progress) = &self.analysis {
                    progress.cancel();
                }
                vec![Request::CancelAnalyses]
            }
        }
    }
}
