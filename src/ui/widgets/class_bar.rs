//! One class that the network sees in a picture: its name over a bar as long as it is probable.

use eframe::egui::{Align2, FontId, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::domain::{ClassScore, short_class_name};
use crate::ui::theme::palette;

/// Draws it in one row.
pub fn show(ui: &mut Ui, class: &ClassScore) {
    let palette = palette();
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 19.0), Sense::hover());
    let share = if class.probability.is_finite() { class.probability.clamp(0.0, 1.0) } else { 0.0 };
    let percent = match share * 100.0 {
        p if p >= 9.95 => format!("{p:.0} %"),
        p => format!("{p:.1} %"),
    };
    let name = short_class_name(&class.name).to_owned();
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{name}: {percent}")));
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    painter.rect_filled(rect, 3.0, palette.raised.gamma_multiply(0.6));
    let filled = Rect::from_min_max(rect.min, pos2(rect.left() + rect.width() * share, rect.bottom()));
    painter.rect_filled(filled, 3.0, palette.accent_fill);
    let font = FontId::proportional(11.5);
    let number = painter.text(
        pos2(rect.right() - 5.0, rect.center().y),
        Align2::RIGHT_CENTER,
        percent,
        font.clone(),
        palette.text,
    );
    let room = Rect::from_min_max(rect.min, pos2(number.left() - 6.0, rect.bottom()));
    painter.with_clip_rect(room).text(
        pos2(rect.left() + 6.0, rect.center().y),
        Align2::LEFT_CENTER,
        name,
        font,
        palette.strong,
    );
    response.on_hover_text(&class.name);
}
