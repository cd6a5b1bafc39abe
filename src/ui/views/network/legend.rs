//! What the colours mean.

use eframe::egui::{Align2, FontId, Painter, Rect, pos2};

use super::family::Family;
use crate::domain::Layer;
use crate::ui::theme::palette;

/// Height of the strip it takes at the bottom.
pub const HEIGHT: f32 = 20.0;

/// What is seen, for who sees it for the first time.
const ABOUT: &str =
    "Each box works on what the boxes before it give, from the picture on. Click one to look at it everywhere.";

/// Draws a line of dots and words, as far as it fits. What the dot of a stored layer means is said only where there are any
/// to be seen.
pub fn draw(painter: &Painter, strip: Rect, families: &[Family], has_dots: bool) {
    let font = FontId::proportional(10.5);
    let middle = strip.center().y;
    let mut left = strip.left() + 10.0;
    for family in families {
        let galley = painter.layout_no_wrap(family.word().to_owned(), font.clone(), palette().weak);
        if left + 14.0 + galley.size().x > strip.right() - 70.0 {
            break;
        }
        painter.circle_filled(pos2(left + 3.0, middle), 3.0, family.colour());
        let text_left = left + 10.0;
        left = text_left + galley.size().x + 14.0;
        painter.galley(pos2(text_left, middle - galley.size().y / 2.0), galley, palette().weak);
    }
    let about = painter.layout_no_wrap(ABOUT.to_owned(), font.clone(), palette().weak);
    let about_left = strip.right() - 90.0 - about.size().x;
    if about_left > left + 14.0 {
        painter.galley(pos2(about_left, middle - about.size().y / 2.0), about, palette().weak);
    }
    if !has_dots {
        return;
    }
    let text = painter.text(pos2(strip.right() - 10.0, middle), Align2::RIGHT_CENTER, "stored", font, palette().weak);
    painter.circle_filled(pos2(text.left() - 7.0, middle), 2.5, palette().accent);
}

/// Those a network has.
pub fn families_of(layers: &[Layer]) -> Vec<Family> {
    let has = |family: &Family| layers.iter().any(|layer| Family::of(&layer.kind) == *family);
    Family::ALL.into_iter().filter(has).collect()
}
