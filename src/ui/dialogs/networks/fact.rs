//! A line of what is known: what it is at the left, what is said of it at the right.

use eframe::egui::{Align, Hyperlink, Layout, RichText, TextStyle, TextWrapMode, Ui, vec2};

use crate::ui::theme::palette;

/// Width of the left part in points.
const LEFT: f32 = 92.0;

/// Shows `what`, and `said` beside it.
pub(super) fn fact<T>(ui: &mut Ui, what: &str, said: impl FnOnce(&mut Ui) -> T) -> T {
    let shown = ui.horizontal_top(|ui| {
        let height = ui.text_style_height(&TextStyle::Body);
        ui.allocate_ui_with_layout(vec2(LEFT, height), Layout::left_to_right(Align::Min), |ui| {
            ui.set_min_width(LEFT);
            ui.label(RichText::new(what).color(palette().weak));
        });
        ui.vertical(said).inner
    });
    shown.inner
}

/// The same with a field to change, in the middle of whose height `what` stands.
pub(super) fn field<T>(ui: &mut Ui, what: &str, fields: impl FnOnce(&mut Ui) -> T) -> T {
    let shown = ui.horizontal_wrapped(|ui| {
        let height = ui.spacing().interact_size.y;
        ui.allocate_ui_with_layout(vec2(LEFT, height), Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_width(LEFT);
            ui.label(RichText::new(what).color(palette().weak));
        });
        fields(ui)
    });
    shown.inner
}

/// A fact in text, unless that is empty.
pub(super) fn fact_text(ui: &mut Ui, what: &str, said: &str) {
    if !said.is_empty() {
        fact(ui, what, |ui| ui.label(said));
    }
}

/// A title within the details.
pub(super) fn heading(ui: &mut Ui, text: &str) {
    ui.add_space(10.0);
    ui.label(RichText::new(text).strong().color(palette().strong));
}

/// A link of one line, cut short where it is too long; the whole address appears under the pointer.
pub(super) fn link(ui: &mut Ui, url: &str) {
    ui.scope(|ui| {
        ui.style_mut().wrap_mode = Some(TextWrapMode::Truncate);
        ui.style_mut().url_in_tooltip = true;
        ui.add(Hyperlink::from_label_and_url(RichText::new(url).small(), url));
    });
}
