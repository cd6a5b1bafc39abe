//! How a map is drawn as a picture, before it is asked where that goes.

use eframe::egui::{self, DragValue, RichText};

use super::{main_or_enter_if, modal, taken};
use crate::domain::{ExportFormat, MapPicture};
use crate::session::{Session, Taken};
use crate::ui::theme::palette;

/// Widths that fit what such a picture is for, in pixels.
const USUAL_WIDTHS: [(u32, &str); 3] = [(1024, "small"), (2048, "on a screen"), (4096, "to print")];

/// What is chosen so far.
pub struct MapPictureDialog {
    look: MapPicture,
    /// What is drawn.
    taken: Taken,
    is_meant: bool,
}

impl MapPictureDialog {
    /// Of these, beginning with the look that was chosen the last time.
    pub fn new(look: MapPicture, taken: Taken) -> Self {
        Self { look, taken, is_meant: false }
    }

    /// What the person wants, once they said so.
    pub fn meant(&self) -> Option<(MapPicture, Taken)> {
        self.is_meant.then_some((self.look, self.taken))
    }

    pub(super) fn show(&mut self, ctx: &egui::Context, session: &Session) -> bool {
        modal(ctx, "The map as a picture", 440.0, |ui| {
            let is_there = taken::show(ui, session, &mut self.taken);
            ui.add_space(6.0);
            ui.label("Drawn as");
            ui.horizontal(|ui| {
                ui.radio_value(&mut self.look.with_pictures, false, "dots");
                ui.radio_value(&mut self.look.with_pictures, true, "small pictures");
            });
            ui.add_space(8.0);
            ui.horizontal(|ui| {
                let label = ui.label("Width");
                let width = DragValue::new(&mut self.look.width_px).range(MapPicture::WIDTHS_PX).speed(8).suffix(" px");
                ui.add(width).labelled_by(label.id);
                for (width, what) in USUAL_WIDTHS {
                    ui.selectable_value(&mut self.look.width_px, width, what).on_hover_text(format!("{width} px"));
                }
            });
            let note = format!("In the colours of labels on white, with their names. {}", ExportFormat::Png.outcome());
            ui.label(RichText::new(note).small().color(palette().weak));
            ui.add_space(8.0);
            let mut is_declined = false;
            ui.horizontal(|ui| {
                self.is_meant = main_or_enter_if(ui, is_there, "Choose where…");
                is_declined = ui.button("Cancel").clicked();
            });
            is_declined
        })
    }
}
