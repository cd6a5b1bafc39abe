//! A line of the settings: its name, what it is set to, what it does, and the way back to its default.

use std::ops::RangeInclusive;

use eframe::egui::{Align, Button, ComboBox, DragValue, Layout, RichText, Ui};

use crate::ui::theme::palette;
use crate::ui::widgets::text::small;

/// Width of what is chosen from a list, in points.
const CHOICE: f32 = 210.0;

/// A line.
pub(super) struct Line<'a> {
    /// What it is called.
    pub name: &'a str,
    /// What it does, in a sentence.
    pub about: &'a str,
    /// What the command line said of it, as it was written there.
    pub given: Option<String>,
    /// Whether it is set otherwise than when the program started, and takes effect at the next start only.
    pub waits: bool,
    /// Whether it is set to its default.
    pub is_default: bool,
}

impl Line<'_> {
    /// Shows it with what it is set by; whether it is to be reset to its default.
    pub fn show(self, ui: &mut Ui, control: impl FnOnce(&mut Ui)) -> bool {
        let mut is_reset = false;
        ui.add_space(8.0);
        ui.horizontal(|ui| {
            ui.label(RichText::new(self.name).color(palette().strong));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let reset = ui.add_enabled(!self.is_default, small("Reset"));
                let reset = reset.on_hover_text("Back to the default").on_disabled_hover_text("This is the default");
                is_reset = reset.accessible_name(format!("Reset {}", self.name)).clicked();
                control(ui);
            });
        });
        ui.label(RichText::new(self.about).small().color(palette().weak));
        if let Some(given) = self.given {
            let said = format!("Set by the command line for now: {given}. What is chosen here counts without it.");
            ui.label(RichText::new(said).small().color(palette().accent));
        }
        if self.waits {
            let said = "Changed: takes effect when Tiramisu is started again.";
            ui.label(RichText::new(said).small().color(palette().warning));
        }
        is_reset
    }
}

/// One of several, from a list; what was chosen, if that is another one.
pub(super) fn choice<T: PartialEq>(
    ui: &mut Ui,
    name: &str,
    now: &T,
    now_in_words: &str,
    all: impl IntoIterator<Item = (T, String)>,
) -> Option<T> {
    let mut chosen = None;
    let list = ComboBox::from_id_salt(name).width(CHOICE).truncate().selected_text(now_in_words).show_ui(ui, |ui| {
        for (value, words) in all {
            let is_now = value == *now;
            if ui.add(Button::selectable(is_now, words)).clicked() && !is_now {
                chosen = Some(value);
            }
        }
    });
    // The one reason there is: what is chosen here is of the graphics device.
    let why_not = "The processor computes: this is for graphics devices";
    list.response.on_disabled_hover_text(why_not).accessible_name(name);
    chosen
}

/// A number of MiB.
pub(super) fn mebibytes(ui: &mut Ui, name: &str, now: &mut u32, range: RangeInclusive<u32>) {
    let value = DragValue::new(now).range(range).speed(16.0).suffix(" MiB");
    ui.add(value).accessible_name(name);
}
