//! Numbers from numbers, one file a method.
//!
//! Every method takes a [`Vectors`](crate::domain::Vectors), works on the rayon pool it is called from, and asks
//! `cancelled()` at least every few milliseconds.

// A new variant is to be missed by the compiler, not by the person.
#![deny(clippy::wildcard_enum_match_arm)]

pub mod adjacency;
pub mod agreement;
pub mod class_pictures;
pub mod class_vectors;
pub mod components;
pub mod confident_learning;
pub mod density;
pub mod distinguishing;
pub mod duplicates;
pub mod embedding;
pub mod exemplars;
pub mod faithfulness;
pub mod fluid;
pub mod graph;
pub mod hamming;
pub mod hubness;
pub mod kmeans;
pub mod knn;
pub mod label_means;
pub mod leiden;
pub mod neighbours;
pub mod odd_pictures;
pub mod outliers;
pub mod pacmap;
pub mod pagerank;
pub mod partition;
mod parts_done;
pub mod pca;
pub mod placing;
mod plane;
pub mod probe;
pub mod propagation;
mod reach;
pub mod recall;
pub mod region;
pub mod region_search;
pub mod representative;
mod rows;
pub mod separation;
pub mod seriation;
pub mod shortest_paths;
pub mod spectral;
mod start;
pub mod statistics;
pub mod tsne;
pub mod umap;
mod union_find;
pub mod why_similar;

pub use adjacency::Adjacency;
pub use agreement::{Agreement, leave_one_out};
pub use graph::Graph;
pub use knn::KnnGraph;
pub use neighbours::NeighbourIndex;
pub use pacmap::Pacmap;
pub use pca::Plane;
pub use umap::Umap;

/// Asked now and then by every method; answers whether the result is still wanted.
pub type Cancelled<'a> = &'a (dyn Fn() -> bool + Sync);

/// Told now and then by what takes long which share is done, in `0..=1`: never less than before, and 1 at the end.
pub type Watch<'a> = &'a (dyn Fn(f32) + Sync);
