//! The nouns of Tiramisu: what a person sees and chooses, as plain data.
//!
//! Nothing here reads a file, touches a GPU or draws. Every other room speaks in these words.

pub mod class_score;
pub mod clustering;
pub mod filter;
pub mod image;
pub mod layer;
pub mod matrix;
pub mod metric;
pub mod neighbour;
pub mod neighbour_wish;
pub mod precision;
pub mod projection;
pub mod region;
pub mod resizing;
pub mod storage;
pub mod vectors;
pub mod version;

pub use class_score::ClassScore;
pub use clustering::{Cluster, ClusterMethod, ClusterWish, Clustering, LabelAgreement, TellingChannel};
pub use filter::{Filter, Sort};
pub use image::{ImageId, ImagePath, ImageRecord};
pub use layer::{Layer, Pooling, StoredLayer};
pub use matrix::Matrix;
pub use metric::Metric;
pub use neighbour::Neighbour;
pub use neighbour_wish::{Example, NeighbourWish, Representation};
pub use precision::Precision;
pub use projection::{Faithfulness, Projection, ProjectionMethod, ProjectionWish};
pub use region::Region;
pub use resizing::{Fit, Interpolation, Resizing};
pub use storage::{
    Counted, IndexStorage, IndexUpkeep, Preference, RepresentationStorage, StorageLayout, StorageReport, TableStorage,
};
pub use vectors::Vectors;
pub use version::{PutBack, TableHistory, TableVersion, VersionComparison, VersionName, moment_in_words};
