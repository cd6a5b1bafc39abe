//! One view in the place of all.

use eframe::egui::{Align, Frame, Layout, Margin, Panel, RichText, Sense, Ui, UiBuilder, vec2};

use super::behavior::{Wishes, maximise_button, show_pane};
use crate::ui::theme::palette;
use crate::ui::views::Pane;

/// Height of the row with its name, that of tabs.
const BAR: f32 = 28.0;

/// Draws the view below its name and a way back to the others.
pub(super) fn show(ui: &mut Ui, pane: Pane, draw: &mut dyn FnMut(&mut Ui, Pane), wishes: &mut Wishes) {
    let frame = Frame::new().fill(palette().panel).inner_margin(Margin::symmetric(10, 0));
    let bar = Panel::top("maximised view").exact_size(BAR).frame(frame).show_separator_line(false).show(ui, |ui| {
        ui.horizontal_centered(|ui| {
            ui.label(RichText::new(pane.name()).color(palette().strong));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| maximise_button(ui, pane, true)).inner
        })
        .inner
    });
    // As on a tab.
    let row = ui.interact(
        bar.response.rect.with_max_x(bar.response.rect.right() - 40.0),
        ui.scope_id().with("row"),
        Sense::click(),
    );
    if bar.inner || row.double_clicked() {
        wishes.toggled = Some(pane);
    }
    let room = ui.available_rect_before_wrap();
    if room.width() >= 1.0 && room.height() >= 1.0 {
        ui.scope_builder(UiBuilder::new().max_rect(room).id_salt(pane.word()), |ui| {
            ui.set_min_size(room.size() - vec2(0.5, 0.5));
            show_pane(ui, pane, draw, wishes);
        });
    }
}
