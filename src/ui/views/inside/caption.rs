//! Words on and below pictures.

use eframe::egui::{Color32, FontId, Pos2, Rect, Ui, vec2};

use crate::ui::views::activations::short;
use crate::ui::widgets::text::single_line;

/// White words on a dark ground, with their upper left corner here; says what they cover.
pub(super) fn tag(ui: &Ui, at: Pos2, text: &str, width: f32) -> Rect {
    let painter = ui.painter();
    let galley = single_line(painter, text.to_owned(), 12.0, Color32::WHITE, width - 12.0);
    let back = Rect::from_min_size(at, galley.size() + vec2(12.0, 6.0));
    painter.rect_filled(back, 4.0, Color32::from_black_alpha(165));
    painter.galley(back.min + vec2(6.0, 3.0), galley, Color32::WHITE);
    back
}

/// A small number on a picture, in its lower left corner.
pub(super) fn value(ui: &Ui, picture: Rect, value: f32) {
    let painter = ui.painter_at(picture);
    let galley = painter.layout_no_wrap(short(value), FontId::proportional(10.5), Color32::WHITE);
    let corner = picture.left_bottom() - vec2(0.0, galley.size().y + 2.0);
    painter.rect_filled(
        Rect::from_min_size(corner, galley.size() + vec2(7.0, 2.0)),
        2.0,
        Color32::from_black_alpha(140),
    );
    painter.galley(corner + vec2(3.5, 1.0), galley, Color32::WHITE);
}
