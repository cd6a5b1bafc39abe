//! What the network says the image shows.

use eframe::egui::{Align2, FontId, Frame, Margin, Panel, Rect, RichText, Sense, Ui, pos2, vec2};

use crate::domain::ClassScore;
use crate::session::Session;
use crate::ui::theme;

/// How many classes are listed.
const COUNT: usize = 5;

/// Draws the best classes at the bottom of the layer list, if the network names any.
pub fn show(ui: &mut Ui, session: &Session) {
    let Some(activation) = session.opened.activation.as_ref().filter(|activation| !activation.classes.is_empty())
    else {
        return;
    };
    let frame = Frame::new().inner_margin(Margin { left: 4, right: 8, top: 8, bottom: 4 });
    Panel::bottom("classes").resizable(false).frame(frame).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 3.0;
        ui.label(RichText::new("The network sees").size(11.5).color(theme::palette().weak));
        for class in activation.classes.iter().take(COUNT) {
            bar(ui, class);
        }
    });
}

fn bar(ui: &mut Ui, class: &ClassScore) {
    let palette = theme::palette();
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 19.0), Sense::hover());
    let share = if class.probability.is_finite() { class.probability.clamp(0.0, 1.0) } else { 0.0 };
    let percent = match share * 100.0 {
        p if p >= 9.95 => format!("{p:.0} %"),
        p => format!("{p:.1} %"),
    };
    // The synonyms after the first comma only cost room.
    let name = class.name.split(',').next().unwrap_or(&class.name).trim().to_owned();
    response.widget_info(|| {
        eframe::egui::WidgetInfo::labeled(eframe::egui::Role::Label, true, format!("{name}: {percent}"))
    });
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
