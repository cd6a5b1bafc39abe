//! What egui cannot draw by itself: heat maps straight from a tensor's buffer, and a million points.
//!
//! What is drawn is an egui paint callback. Pipelines and buffers are made when they are first needed and live in egui's
//! renderer; [`install`] tells them once what they draw on. What is large is brought to the device once and changed where it
//! differs, and a map is drawn into a texture only when something about it changed; [`effort`](effort()) counts both.

pub mod classes;
pub mod colour_map;
pub mod drawn_times;
pub mod effort;
pub mod heat_map;
mod heat_map_gpu;
pub mod lost;
pub mod points;
mod points_gpu;
mod target;
pub mod tiles;

pub use classes::Classes;
pub use colour_map::ColourMap;
pub use drawn_times::DrawnTimes;
pub use effort::{Effort, effort, held_bytes};
pub use heat_map::{HeatMapCell, HeatMapStyle, heat_maps};
pub use lost::Loss;
pub use points::{Looks, Morph, PointCloud, Prominent, points};
pub use target::{install, is_software};
pub use tiles::{Density, Drawn, Tile, Tiles};
