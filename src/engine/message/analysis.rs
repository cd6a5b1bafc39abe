//! Work that may take a while: all kinds of it, each with its wish, its name and its answer.
//!
//! Half of the table of analyses. The other half, how each is done and how what is kept of it is read again, is
//! `engine/analyses.rs`. A new kind gets its variants here, and a file of this folder for its wish and what it finds, unless
//! they are words of the domain already.

mod activations;
mod classes;
mod cut_outs;
mod embedding;
mod graph;
mod index;
mod regroup;

use std::sync::Arc;

use crate::analysis::embedding::Thresholds;
use crate::domain::{
    CentralityReport, CentralityWish, ClusterWish, Clustering, DuplicateReport, DuplicateWish, IndexRecord, LabelState,
    OddPictureReport, OutlierReport, OutlierWish, Projection, ProjectionWish, Regrouping, StoredActivations,
    SuspiciousLabelReport, SuspiciousLabelWish,
};

pub use activations::ActivationsWish;
pub use classes::{ClassMeans, ClassWish};
pub use cut_outs::{BoxCounts, CutOutReport, CutOutWish, WhichBoxes};
pub use embedding::EmbeddingSummary;
pub use graph::{GraphKind, GraphSummary, GraphWish};
pub use index::IndexWish;
pub use regroup::{Regroup, RegroupWish};

/// Work on all vectors that may take a while.
#[derive(Clone, Debug, PartialEq)]
pub enum AnalysisWish {
    /// Put images in groups.
    Cluster(ClusterWish),
    /// Merge clusters, split one, or take that back.
    Regroup(RegroupWish),
    /// Give each image a place on a plane.
    Project(ProjectionWish),
    /// The same, and how far it can be believed is measured by each image, also where that takes minutes.
    ProjectAndJudgeAll(ProjectionWish),
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
    /// Find labels that are probably wrong.
    SuspiciousLabels(SuspiciousLabelWish),
    /// Find pictures that are blurred, dark, empty or of odd shape, and list the files that cannot be read.
    OddPictures,
    /// Measure where images stand in the graph of nearest neighbours.
    Centrality(CentralityWish),
    /// Build, extend or remove an index.
    Index(IndexWish),
    /// Find what the images of each label have in common.
    Classes(ClassWish),
    /// Write a graph.
    Graph(GraphWish),
    /// Store whole activations of layers, or remove them.
    Activations(ActivationsWish),
    /// Cut boxes out of their pictures, as pictures of their own.
    CutOut(CutOutWish),
}

impl AnalysisWish {
    /// What kind of analysis it is.
    pub fn kind(&self) -> AnalysisKind {
        match self {
            Self::Cluster(_) | Self::Regroup(_) => AnalysisKind::Clusters,
            Self::Project(_) | Self::ProjectAndJudgeAll(_) | Self::Show(_) => AnalysisKind::Map,
            Self::Place(_) => AnalysisKind::Placing,
            Self::Embed(_) => AnalysisKind::Embedding,
            Self::Duplicates(_) => AnalysisKind::Duplicates,
            Self::Outliers(_) => AnalysisKind::Outliers,
            Self::SuspiciousLabels(_) => AnalysisKind::SuspiciousLabels,
            Self::OddPictures => AnalysisKind::OddPictures,
            Self::Centrality(_) => AnalysisKind::Centrality,
            Self::Index(_) => AnalysisKind::Index,
            Self::Classes(_) => AnalysisKind::Classes,
            Self::Graph(_) => AnalysisKind::Graph,
            Self::Activations(_) => AnalysisKind::Activations,
            Self::CutOut(_) => AnalysisKind::CutOuts,
        }
    }

    /// What is being done, for the person.
    pub fn title(&self) -> String {
        match self {
            Self::Cluster(wish) => format!("{} at {}", wish.method.title(), wish.source.layer),
            Self::Regroup(wish) => wish.title(),
            Self::Project(wish) | Self::ProjectAndJudgeAll(wish) | Self::Show(wish) => {
                format!("{} of {}", wish.method.title(), wish.source.layer)
            }
            Self::Place(wish) => format!("New images on the {} of {}", wish.method.title(), wish.source.layer),
            Self::Embed(_) => "Full-network embedding".to_owned(),
            Self::Duplicates(_) => "Near-duplicates".to_owned(),
            Self::Outliers(wish) => format!("Outliers at {}", wish.source.layer),
            Self::SuspiciousLabels(wish) => format!("Suspicious labels at {}", wish.source.layer),
            Self::OddPictures => "Odd pictures".to_owned(),
            Self::Centrality(wish) => format!("Centrality at {}", wish.source.layer),
            Self::Index(wish) => wish.title(),
            Self::Classes(_) => "Class vectors".to_owned(),
            Self::Graph(_) => "Graph".to_owned(),
            Self::Activations(wish) => wish.title(),
            Self::CutOut(_) => "Boxes as pictures".to_owned(),
        }
    }

    /// The layer that its title ends with, if it names one.
    pub fn layer(&self) -> Option<&str> {
        match self {
            Self::Cluster(ClusterWish { source, .. })
            | Self::Outliers(OutlierWish { source, .. })
            | Self::SuspiciousLabels(SuspiciousLabelWish { source, .. })
            | Self::Centrality(CentralityWish { source, .. }) => Some(&source.layer),
            Self::Project(wish) | Self::ProjectAndJudgeAll(wish) | Self::Show(wish) | Self::Place(wish) => {
                Some(&wish.source.layer)
            }
            Self::Index(wish) => wish.layer(),
            Self::Activations(wish) => wish.layer(),
            Self::Regroup(_)
            | Self::Embed(_)
            | Self::Duplicates(_)
            | Self::OddPictures
            | Self::Classes(_)
            | Self::Graph(_)
            | Self::CutOut(_) => None,
        }
    }

    /// The map it is to make, or to show.
    pub fn map(&self) -> Option<&ProjectionWish> {
        if let Self::Project(wish) | Self::ProjectAndJudgeAll(wish) | Self::Show(wish) = self {
            Some(wish)
        } else {
            None
        }
    }

    /// Whether the two make the same kind of thing, of which the newest counts.
    pub(in crate::engine) fn is_like(&self, other: &Self) -> bool {
        // Placing writes the table that mapping writes.
        let is_map = |wish: &Self| matches!(wish.kind(), AnalysisKind::Map | AnalysisKind::Placing);
        (is_map(self) && is_map(other)) || self.kind() == other.kind()
    }
}

/// A kind of analysis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AnalysisKind {
    /// Clusters and communities.
    Clusters,
    /// Maps.
    Map,
    /// New images on a map that is kept.
    Placing,
    /// The full-network embedding.
    Embedding,
    /// Near-duplicates.
    Duplicates,
    /// Outliers.
    Outliers,
    /// Labels that are probably wrong.
    SuspiciousLabels,
    /// Pictures that are blurred, dark, empty or of odd shape.
    OddPictures,
    /// Centrality in the graph of nearest neighbours.
    Centrality,
    /// An index.
    Index,
    /// Class vectors.
    Classes,
    /// A graph that is written.
    Graph,
    /// Whole activations that are stored.
    Activations,
    /// Boxes that are cut out.
    CutOuts,
}

impl AnalysisKind {
    /// All of them, in the order in which what is kept of them is told.
    pub const ALL: [Self; 14] = [
        Self::Clusters,
        Self::Map,
        Self::Placing,
        Self::Embedding,
        Self::Duplicates,
        Self::Outliers,
        Self::SuspiciousLabels,
        Self::OddPictures,
        Self::Centrality,
        Self::Index,
        Self::Classes,
        Self::Graph,
        Self::Activations,
        Self::CutOuts,
    ];
}

/// What came of an analysis.
#[derive(Clone, Debug)]
pub enum AnalysisAnswer {
    /// A map, finished or on its way; also one that a [look](super::Look::PcaMap) asked for.
    Map(Arc<Projection>),
    /// Images got their places on a map that was made before.
    Placed {
        /// The map with them.
        projection: Arc<Projection>,
        /// How many did this time; perhaps none was missing.
        images: usize,
    },
    /// Clusters, also such as were made before or have other names now.
    Clusters(Arc<Clustering>),
    /// Clusters that were merged or split as a person wished, and what was done.
    Regrouped {
        /// The clustering as it is now.
        clustering: Arc<Clustering>,
        /// What changed, so that it can be taken back.
        change: Arc<Regrouping>,
    },
    /// Something found of the collection.
    Found(Finding),
    /// The indices there are now; told also when others changed them.
    Indices(Vec<IndexRecord>),
    /// Of which layers whole activations are kept now; told also when others changed them.
    Activations(Vec<StoredActivations>),
    /// A graph was written.
    Graph(GraphSummary),
    /// The full-network embedding was made.
    Embedding(EmbeddingSummary),
    /// Boxes were cut out.
    CutOut(Arc<CutOutReport>),
}

impl AnalysisAnswer {
    /// What was found of the collection, if it is something of the kind.
    pub fn finding(&self) -> Option<&Finding> {
        if let Self::Found(finding) = self { Some(finding) } else { None }
    }

    /// The map, if it is one that is finished; not one on which images were placed.
    pub fn finished_map(&self) -> Option<&Arc<Projection>> {
        if let Self::Map(map) = self { Some(map).filter(|map| map.is_finished()) } else { None }
    }

    /// The clusters, if it is some that were found.
    pub fn clusters(&self) -> Option<&Arc<Clustering>> {
        if let Self::Clusters(clustering) = self { Some(clustering) } else { None }
    }
}

/// What was found of the collection, to be looked at until something else of its kind is found. Whoever listens keeps the
/// last of each kind, whatever it is: a new one is known to its own view and verb alone.
#[derive(Clone, Debug)]
pub enum Finding {
    /// Near-duplicates.
    Duplicates(Arc<DuplicateReport>),
    /// Outliers.
    Outliers(Arc<OutlierReport>),
    /// Suspicious labels.
    SuspiciousLabels(Arc<SuspiciousLabelReport>),
    /// Odd pictures.
    OddPictures(Arc<OddPictureReport>),
    /// Centrality.
    Centrality(Arc<CentralityReport>),
    /// Class vectors.
    Classes(Arc<ClassMeans>),
}

impl Finding {
    /// Of what kind it is.
    pub fn kind(&self) -> AnalysisKind {
        match self {
            Self::Duplicates(_) => AnalysisKind::Duplicates,
            Self::Outliers(_) => AnalysisKind::Outliers,
            Self::SuspiciousLabels(_) => AnalysisKind::SuspiciousLabels,
            Self::OddPictures(_) => AnalysisKind::OddPictures,
            Self::Centrality(_) => AnalysisKind::Centrality,
            Self::Classes(_) => AnalysisKind::Classes,
        }
    }

    /// By which labels it was found, if it is of those that say so.
    pub fn by_labels(&self) -> Option<LabelState> {
        match self {
            Self::SuspiciousLabels(report) => report.by_labels,
            Self::Classes(means) => means.by_labels,
            Self::Duplicates(_) | Self::Outliers(_) | Self::OddPictures(_) | Self::Centrality(_) => None,
        }
    }

    /// The near-duplicates, if it is these.
    pub fn duplicates(&self) -> Option<&Arc<DuplicateReport>> {
        if let Self::Duplicates(report) = self { Some(report) } else { None }
    }

    /// The outliers, if it is these.
    pub fn outliers(&self) -> Option<&Arc<OutlierReport>> {
        if let Self::Outliers(report) = self { Some(report) } else { None }
    }

    /// The suspicious labels, if it is these.
    pub fn suspicious_labels(&self) -> Option<&Arc<SuspiciousLabelReport>> {
        if let Self::SuspiciousLabels(report) = self { Some(report) } else { None }
    }

    /// The odd pictures, if it is these.
    pub fn odd_pictures(&self) -> Option<&Arc<OddPictureReport>> {
        if let Self::OddPictures(report) = self { Some(report) } else { None }
    }

    /// The centrality of images, if it is that.
    pub fn centrality(&self) -> Option<&Arc<CentralityReport>> {
        if let Self::Centrality(report) = self { Some(report) } else { None }
    }

    /// The class vectors, if it is these.
    pub fn classes(&self) -> Option<&Arc<ClassMeans>> {
        if let Self::Classes(means) = self { Some(means) } else { None }
    }
}

/// What was found before and is kept.
#[derive(Clone, Debug)]
pub enum StoredResult {
    /// A finished map.
    Map(Arc<Projection>),
    /// Something found of the collection.
    Found(Finding),
    /// All that is kept of the collection was told.
    All,
}
