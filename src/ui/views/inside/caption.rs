//! Words on and below pictures.

use eframe::egui::{Color32, FontId, Pos2, Rect, Ui, pos2, vec2};

use crate::ui::theme::palette;
use crate::ui::views::activations::short;
use crate::ui::widgets::text::single_line;

/// A name at the left and a number at the right of a line, the name cut short where there is no room for both.
pub(super) fn line(ui: &Ui, rect: Rect, name: &str, number: &str, is_strong: bool) {
    let palette = palette();
    let painter = ui.painter_at(rect);
    let number = single_line(&painter, number.to_owned(), 11.5, palette.weak, rect.width());
    let room = rect.width() - number.size().x - 6.0;
    let colour = if is_strong { palette.strong } else { palette.text };
    let name = single_line(&painter, name.to_owned(), 12.0, colour, room);
    let top = |height: f32| rect.center().y - height / 2.0;
    painter.galley(pos2(rect.right() - number.size().x, top(number.size().y)), number, palette.weak);
    painter.galley(pos2(rect.left(), top(name.size().y)), name, colour);
}

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
