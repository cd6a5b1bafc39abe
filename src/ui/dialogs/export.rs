//! What an export takes and what it writes, before it is asked where.

use eframe::egui::{self, RichText};

use super::{main_or_enter_if, modal, taken};
use crate::domain::ExportFormat;
use crate::session::{Session, Taken};
use crate::ui::Question;
use crate::ui::theme::palette;

/// What is chosen so far.
pub struct ExportDialog {
    format: ExportFormat,
    taken: Taken,
    is_meant: bool,
}

impl ExportDialog {
    /// Of these, unless the person says otherwise.
    pub fn new(format: ExportFormat, taken: Taken) -> Self {
        Self { format, taken, is_meant: false }
    }

    /// What the person wants, once they said so.
    pub fn meant(&self) -> Option<(ExportFormat, Taken)> {
        self.is_meant.then_some((self.format, self.taken))
    }

    pub(super) fn show(&mut self, ctx: &egui::Context, session: &Session) -> bool {
        modal(ctx, Question::Export(self.format).title(), 460.0, |ui| {
            let is_there = taken::show(ui, session, &mut self.taken);
            ui.add_space(4.0);
            let mut note = self.format.outcome().to_owned();
            if self.format.is_of_map() {
                note += " Those without a place on the map are left out.";
            }
            ui.label(RichText::new(note).small().color(palette().weak));
            ui.add_space(8.0);
            let mut is_declined = false;
            let main_word = if self.format.file().is_none() { "Choose the folder…" } else { "Choose where…" };
            ui.horizontal(|ui| {
                self.is_meant = main_or_enter_if(ui, is_there, main_word);
                is_declined = ui.button("Cancel").clicked();
            });
            is_declined
        })
    }
}
