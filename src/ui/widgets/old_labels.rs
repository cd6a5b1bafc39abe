//! That what is shown was found by labels of before, and the way to have it found by those of now.

use eframe::egui::{Button, RichText, Ui};

use crate::ui::theme::palette;

/// Says `what` is old, beside a button; says whether that was pressed.
pub fn show(ui: &mut Ui, what: &str, (again, hint): (&str, &str), can: bool) -> bool {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        ui.label(RichText::new(what).small().color(palette().warning));
        let button = ui.add_enabled(can, Button::new(RichText::new(again).small()));
        button
            .on_hover_text(hint)
            .on_disabled_hover_text("Something else is being made: wait for it, or stop it")
            .clicked()
    })
    .inner
}
