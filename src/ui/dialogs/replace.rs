//! The target of an export exists: replace it, or not?

use eframe::egui::{self, Button, RichText};

use super::modal;
use crate::session::{Action, Session};
use crate::ui::theme::palette;

pub(super) fn show(ctx: &egui::Context, session: &Session, actions: &mut Vec<Action>) {
    let Some(export) = &session.pending_export else { return };
    let name = export.target.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let mut replace = false;
    let is_done = modal(ctx, "Replace the file?", 420.0, |ui| {
        ui.label(format!("{name} exists already. Replacing it cannot be undone."));
        ui.label(RichText::new(export.target.display().to_string()).small().color(palette().weak));
        ui.add_space(8.0);
        let mut keep = false;
        ui.horizontal(|ui| {
            keep = ui.button("Keep it").clicked();
            let text = RichText::new("Replace").color(palette().problem);
            replace = ui.add(Button::new(text)).clicked();
        });
        keep || replace
    });
    if replace {
        actions.push(Action::ReplaceExport);
    } else if is_done {
        actions.push(Action::DropExport);
    }
}
