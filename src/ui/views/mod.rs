//! One file a view, and one table of them all. A view reads the session and pushes actions; it keeps only how it is looked at
//! (scroll, zoom).
//!
//! A view has its place in the window by its row below: its tab, its entry in the menu, the command and the keys that go to
//! it, where it stands on the first day. Arrangements that people have take a new view in by themselves (`ui/dock.rs`).

pub mod activations;
pub mod classes;
pub mod clusters;
pub mod findings;
pub mod gallery;
mod groups;
pub mod image_table;
pub mod inside;
pub mod map;
pub mod neighbours;
pub mod network;
pub mod selection;
mod table;
mod view;
pub mod welcome;

use eframe::egui::{Key, Ui};

use super::settings::Settings;
use table::{ViewRow, views};

pub use table::Home;
pub use view::{View, ViewContext};

// In the order of the menu, and of the tabs on the first day.
views! {
    /// All images.
    Gallery(gallery: gallery::GalleryView) {
        word: "gallery", name: "Gallery", go_to: "Go to the gallery",
        key: Some(Key::Num1), home: Home::Left,
    }
    /// All images, a row each.
    Table(image_table: image_table::ImageTableView) {
        word: "table", name: "Table", go_to: "Go to the table",
        key: Some(Key::T), home: Home::Left,
    }
    /// What one layer saw in one image.
    Activations(activations: activations::ActivationsView) {
        word: "activations", name: "Activations", go_to: "Go to the activations",
        key: Some(Key::Num2), home: Home::UpperRight,
    }
    /// One picture, large, and what every layer finds in it.
    LookInside(inside: inside::InsideView) {
        word: "look-inside", name: "Look inside", go_to: "Look inside the picture",
        key: Some(Key::L), home: Home::UpperRight,
    }
    /// All images on a plane.
    Map(map: map::MapView) {
        word: "map", name: "Map", go_to: "Go to the map",
        key: Some(Key::Num3), home: Home::UpperRight,
    }
    /// The layers of the network and what they take. Not called `Network`: the menu beside it has that name.
    Network(network: network::NetworkView) {
        word: "network", name: "Layers", go_to: "Go to the layers",
        key: Some(Key::Num4), home: Home::UpperRight,
    }
    /// The images most like the probe.
    Neighbours(neighbours: neighbours::NeighboursView) {
        word: "neighbours", name: "Neighbours", go_to: "Go to the neighbours",
        key: Some(Key::Num5), home: Home::LowerRight,
    }
    /// The images in groups.
    Clusters(clusters: clusters::ClustersView) {
        word: "clusters", name: "Clusters", go_to: "Go to the clusters",
        key: Some(Key::Num7), home: Home::LowerRight,
    }
    /// What is there twice, and what is unlike the rest.
    Findings(findings: findings::FindingsView) {
        word: "findings", name: "Findings", go_to: "Go to the findings",
        key: Some(Key::Num9), home: Home::LowerRight,
    }
    /// The labels, by what their images have in common.
    Classes(classes: classes::ClassesView) {
        word: "classes", name: "Classes", go_to: "Go to the classes",
        key: Some(Key::Num8), home: Home::LowerRight,
    }
    /// What is chosen.
    Selection(selection: selection::SelectionView) {
        word: "selection", name: "Selection", go_to: "Go to the selection",
        key: Some(Key::Num6), home: Home::Bottom,
    }
}
