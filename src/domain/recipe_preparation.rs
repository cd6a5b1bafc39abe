//! What pictures go through before a network, as a recipe tells it.

use serde::{Deserialize, Serialize};

use super::{Decoding, Fit, Interpolation};

/// What pictures go through: they are made `width` by `height`, their colours are ordered, and every value becomes
/// `(value - mean) * scale / deviation`. It is that of the vectors, with which it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecipePreparation {
    /// In pixels.
    pub width: usize,
    /// In pixels.
    pub height: usize,
    /// The order of the colours: `rgb` or `bgr`.
    pub channels: String,
    /// For each of them, from 0 to 255.
    pub mean: [f32; 3],
    /// Applied after the mean is taken away.
    pub scale: f32,
    /// What every channel is divided by in the end.
    #[serde(default = "undivided")]
    pub deviation: [f32; 3],
    /// How pixels are interpolated.
    #[serde(default)]
    pub interpolation: Interpolation,
    /// Whether pictures are decoded whole.
    #[serde(default)]
    pub decoding: Decoding,
    /// What happens to the proportions.
    #[serde(default)]
    pub fit: Fit,
}

fn undivided() -> [f32; 3] {
    [1.0; 3]
}

impl RecipePreparation {
    /// All of it, for people: `227 x 227 pixels, stretched, bgr, mean 104 117 123, scale 1, deviation 1 1 1, bilinear, decoded whole`.
    pub fn in_words(&self) -> String {
        let fit = match self.fit {
            Fit::Stretch => "stretched".to_owned(),
            Fit::Crop { shorter_px } => format!("cropped from a shorter side of {shorter_px}"),
            Fit::Letterbox { fill: [red, green, blue] } => format!("on a ground of {red} {green} {blue}"),
        };
        let three = |values: [f32; 3]| values.map(|value| value.to_string()).join(" ");
        format!(
            "{} x {} pixels, {fit}, {}, mean {}, scale {}, deviation {}, {}, decoded {}",
            self.width,
            self.height,
            self.channels,
            three(self.mean),
            self.scale,
            three(self.deviation),
            self.interpolation.word(),
            self.decoding.word()
        )
    }
}
