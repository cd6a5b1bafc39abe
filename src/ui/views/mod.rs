//! One file a view. A view reads the session and pushes actions; it keeps only how it is looked at (scroll, zoom).

pub mod activations;
pub mod classes;
pub mod clusters;
pub mod findings;
pub mod gallery;
pub mod map;
pub mod neighbours;
pub mod network;
pub mod selection;
pub mod welcome;

pub use activations::ActivationsView;
pub use classes::ClassesView;
pub use clusters::ClustersView;
pub use findings::FindingsView;
pub use gallery::GalleryView;
pub use map::MapView;
pub use neighbours::NeighboursView;
pub use network::NetworkView;
pub use selection::SelectionView;
