//! How pictures are prepared for a network, and the way to change that.

use eframe::egui::{Button, RichText, Ui};

use super::NetworkDialog;
use super::fact::heading;
use super::form::{Form, FormEnd};
use super::sentence::sentence;
use crate::engine::KnownNetwork;
use crate::session::{Action, Session};
use crate::ui::theme::palette;

impl NetworkDialog {
    pub(super) fn show_preparation(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        known: &KnownNetwork,
        actions: &mut Vec<Action>,
    ) {
        heading(ui, "How pictures are prepared");
        if let Some(form) = &mut self.form {
            if form.show(ui, session, actions) == FormEnd::Left {
                self.form = None;
            }
            return;
        }
        let Some(preprocessing) = &known.preprocessing else {
            ui.label("As the file's format suggests.");
            let hint = "Its description does not say. To choose it here, add the file under another name (`tiramisu \
                        networks add`).";
            ui.label(RichText::new(hint).small().color(palette().weak));
            return;
        };
        ui.label(sentence(&preprocessing.in_words()));
        let can_change = known.is_here;
        let change = ui.add_enabled(can_change, Button::new("Change…"));
        if change.on_disabled_hover_text("Only after the download: the file has to be read for this").clicked() {
            self.form = Some(Form::new(known, preprocessing.clone(), session));
        }
    }
}
