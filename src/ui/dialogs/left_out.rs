//! What a job leaves out, or left out, and why.

use eframe::egui::{RichText, ScrollArea, Ui};

use crate::domain::Remarks;
use crate::ui::theme::palette;
use crate::ui::widgets::text::counted;

/// Height of the list, in points.
const HEIGHT: f32 = 80.0;

/// Shows how many there are, as `one` or `many` are called, and the reasons of the first ones; nothing where there are none.
pub(super) fn show(ui: &mut Ui, left_out: &Remarks, [one, many]: [&str; 2]) {
    if left_out.count == 0 {
        return;
    }
    ui.label(RichText::new(format!("{}:", counted(left_out.count, one, many))).color(palette().warning));
    ScrollArea::vertical().id_salt(("left out", many)).max_height(HEIGHT).show(ui, |ui| {
        for why in &left_out.first {
            ui.label(RichText::new(why).small().color(palette().weak));
        }
        if left_out.count > left_out.first.len() {
            ui.label(RichText::new("and more").small().color(palette().weak));
        }
    });
}
