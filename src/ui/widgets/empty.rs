//! What a view shows when it has nothing to show: why, and what to do.

use eframe::egui::{self, Align2, RichText, Ui, vec2};

use crate::ui::theme::palette;

/// Writes a title and a hint in the middle of what is left of `ui`, then what `more` adds below (a button, say).
pub fn empty_state(ui: &mut Ui, title: &str, hint: &str, more: impl FnOnce(&mut Ui)) {
    let room = ui.available_rect_before_wrap();
    let width = room.width().clamp(0.0, 380.0);
    let rect = Align2::CENTER_CENTER.align_size_within_rect(vec2(width, room.height()), room);
    ui.scope_builder(egui::UiBuilder::new().max_rect(rect), |ui| {
        // Roughly what follows, so that it sits a little above the middle, where the eye expects it.
        ui.add_space(((room.height() - 110.0) * 0.45).max(0.0));
        ui.vertical_centered(|ui| {
            ui.label(RichText::new(title).heading().color(palette().text));
            ui.label(RichText::new(hint).color(palette().weak));
            ui.add_space(4.0);
            more(ui);
        });
    });
}
