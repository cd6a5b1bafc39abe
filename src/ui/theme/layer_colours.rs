//! A colour for each family of layers.

use eframe::egui::Color32;

use super::label_colours::from_oklab;
use super::palette;

/// Hue in degrees and chroma, in OKLCH; what has weights is vivid, what only passes things on is nearly grey,
/// and none is near the accent, which marks the layer looked at.
const FAMILIES: [(f32, f32); 7] =
    [(250.0, 0.115), (305.0, 0.115), (150.0, 0.105), (195.0, 0.070), (110.0, 0.090), (20.0, 0.125), (80.0, 0.012)];

/// The colour of the `family`-th family.
pub fn layer_colour(family: usize) -> Color32 {
    let (hue, chroma) = FAMILIES[family % FAMILIES.len()];
    let hue = hue.to_radians();
    let lightness = if palette().is_dark { 0.70 } else { 0.60 };
    from_oklab(lightness, chroma * hue.cos(), chroma * hue.sin())
}
