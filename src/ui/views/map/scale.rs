//! From little to much: a number as one of many colours.

use eframe::egui::Color32;

use crate::ui::paint::ColourMap;
use crate::ui::theme;

/// Steps of the scale.
pub const STEPS: usize = 254;

/// The class of the probe, beside the scale.
pub const PROBE: u16 = STEPS as u16 + 1;

/// The class of a share in `0..=1`.
pub fn class(share: f32) -> u16 {
    1 + (share.clamp(0.0, 1.0) * (STEPS - 1) as f32).round() as u16
}

/// The colours of all classes; `unknown` is that of images of which nothing is known.
pub fn palette(unknown: Color32) -> Vec<Color32> {
    let steps = (0..STEPS).map(|step| colour(step as f32 / (STEPS - 1) as f32));
    std::iter::once(unknown).chain(steps).chain([theme::probe()]).collect()
}

/// The colour of a share: 1 for the nearest of a list, 0 for the last.
pub fn colour(share: f32) -> Color32 {
    ColourMap::Inferno.colour(0.35 + 0.6 * share)
}
