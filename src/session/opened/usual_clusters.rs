//! The clusters that are shown where the person wants some and does not say which.

use super::OpenedCollection;
use super::analyse::Analyse;
use crate::domain::{ClusterMethod, ClusterWish};
use crate::engine::AnalysisWish;

/// How many there are, at least and at most.
const COUNTS: [usize; 2] = [4, 20];

impl OpenedCollection {
    /// As many as suit the number of images: of one by itself nothing is learnt.
    pub fn usual_clusters(&self) -> usize {
        let usual = (self.images.len() as f64 / 2.0).sqrt().round() as usize;
        usual.clamp(COUNTS[0], COUNTS[1])
    }

    /// The way to clusters where none are shown: those that were found last, or new ones at the layer looked at. `None` if some are
    /// shown, or if there are no vectors to find any by.
    pub fn clusters_to_show(&self) -> Option<Analyse> {
        if self.clustering.is_some() {
            return None;
        }
        if let Some(name) = self.clusterings.last() {
            return Some(Analyse::OpenClustering(name.clone()));
        }
        let (1.., _) = self.committed? else { return None };
        let wish = ClusterWish::new(ClusterMethod::default(), self.source()?);
        Some(Analyse::Begin(AnalysisWish::Cluster(ClusterWish { count: self.usual_clusters(), ..wish })))
    }
}
