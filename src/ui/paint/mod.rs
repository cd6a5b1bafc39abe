//! What egui cannot draw by itself: heat maps straight from a tensor's buffer, and a million points.
//!
//! Everything here is an egui paint callback. Pipelines and buffers are made when they are first needed and live in egui's
//! renderer; [`install`] tells them once what they draw on.

pub mod colour_map;
pub mod effort;
pub mod heat_map;
mod heat_map_gpu;
pub mod points;
mod points_gpu;
mod target;

pub use colour_map::ColourMap;
pub use heat_map::{HeatMapCell, HeatMapStyle, heat_maps};
pub use points::{PointCloud, PointKind, PointState, points};
pub use target::install;
