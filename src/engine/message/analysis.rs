//! Work that may take a while.

use super::{ActivationsWish, AnalysisKind, Asked, ClassWish, GraphWish, IndexWish};
use crate::analysis::embedding::Thresholds;
use crate::domain::{ClusterWish, DuplicateWish, OutlierWish, ProjectionWish};

/// Work on all vectors that may take a while.
#[derive(Clone, Debug, PartialEq)]
pub enum AnalysisWish {
    /// Put images in groups.
    Cluster(ClusterWish),
    /// Give each image a place on a plane.
    Project(ProjectionWish),
    /// Show the kept map of this name if it is of the vectors there are now, else make it.
    Show(ProjectionWish),
    /// Give images that came later a place on the kept map of this name; what is on it stays where it is.
    Place(ProjectionWish),
    /// Make the full-network embedding.
    Embed(Thresholds),
    /// Find images that are the same picture.
    Duplicates(DuplicateWish),
    /// Find images unlike the others.
    Outliers(OutlierWish),
    /// Build, extend or remove an index.
    Index(IndexWish),
    /// Find what the images of each label have in common.
    Classes(ClassWish),
    /// Write a graph.
    Graph(GraphWish),
    /// Keep whole activations of layers, or remove them.
    Activations(ActivationsWish),
}

impl AnalysisWish {
    /// What is being done, for the person.
    pub fn title(&self) -> String {
        match self {
            AnalysisWish::Cluster(wish) => format!("{} at {}", wish.method.title(), wish.source.layer),
            AnalysisWish::Project(wish) | AnalysisWish::Show(wish) => {
                format!("{} of {}", wish.method.title(), wish.source.layer)
            }
            AnalysisWish::Place(wish) => format!("New images on the {} of {}", wish.method.title(), wish.source.layer),
            AnalysisWish::Embed(_) => "Full-network embedding".to_owned(),
            AnalysisWish::Duplicates(_) => "Near-duplicates".to_owned(),
            AnalysisWish::Outliers(wish) => format!("Outliers at {}", wish.source.layer),
            AnalysisWish::Index(wish) => wish.title(),
            AnalysisWish::Classes(_) => "Class vectors".to_owned(),
            AnalysisWish::Graph(_) => "Graph".to_owned(),
            AnalysisWish::Activations(wish) => wish.title(),
        }
    }

    /// What its problems are of.
    pub fn asked(&self) -> Asked {
        let kind = match self {
            AnalysisWish::Project(wish) | AnalysisWish::Show(wish) => return Asked::Map(wish.clone()),
            AnalysisWish::Place(_) => AnalysisKind::Placing,
            AnalysisWish::Cluster(_) => AnalysisKind::Clusters,
            AnalysisWish::Embed(_) => AnalysisKind::Embedding,
            AnalysisWish::Duplicates(_) => AnalysisKind::Duplicates,
            AnalysisWish::Outliers(_) => AnalysisKind::Outliers,
            AnalysisWish::Index(_) => AnalysisKind::Index,
            AnalysisWish::Classes(_) => AnalysisKind::Classes,
            AnalysisWish::Graph(_) => AnalysisKind::Graph,
            AnalysisWish::Activations(_) => AnalysisKind::Activations,
        };
        Asked::Analysis(kind)
    }

    /// Whether the two make the same kind of thing, of which the newest counts.
    pub(in crate::engine) fn is_like(&self, other: &Self) -> bool {
        // Placing writes the table that mapping writes.
        let is_map = |wish: &Self| matches!(wish, Self::Project(_) | Self::Show(_) | Self::Place(_));
        (is_map(self) && is_map(other)) || std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}
