//! The trained network that is part of the program: the ladyfinger, the biscuit that everything else stands on.

use super::{Graph, read::torch};

/// Written by the recipe beside it.
const WEIGHTS: &[u8] = include_bytes!("../../assets/networks/ladyfinger/weights.safetensors");

/// Pictures are stretched to a square of this many pixels.
const SIDE: usize = 159;

const ABOUT: &str = "The ladyfinger, a network of Tiramisu's own: SqueezeNet 1.1's layers, trained from random numbers by this \
    project to see in each layer what SqueezeNet 1.0 sees, on some 3,700 pictures. It is small and quick, and follows its \
    teacher well in the early layers, less so in the last. It names no classes: for that, and for finer distinctions, \
    use a network that was trained on more (Network, Networks\u{2026}).";

/// Reads it.
pub fn graph() -> Graph {
    let mut graph = torch::embedded(WEIGHTS, "ladyfinger", SIDE).expect("a test reads these weights");
    graph.about = ABOUT.to_owned();
    graph
}
