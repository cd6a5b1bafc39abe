//! The colours of tags.

use eframe::egui::Color32;

use super::palette;
use crate::domain::TagColour;

/// How a colour of a tag looks in the theme of the frame being drawn. For dots, never for text, as the colours of labels.
pub fn tag_colour(colour: TagColour) -> Color32 {
    let [_, r, g, b] = if palette().is_dark { colour.on_dark() } else { colour.on_light() }.to_be_bytes();
    Color32::from_rgb(r, g, b)
}
