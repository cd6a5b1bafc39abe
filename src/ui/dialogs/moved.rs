//! A folder that looks like a known one in its new place: is its workspace to go along?

use eframe::egui::{self, RichText};

use super::modal;
use crate::domain::thousands;
use crate::engine::MovedFolder;
use crate::session::{Action, Open, Session};
use crate::ui::theme::palette;

pub(super) fn show(ctx: &egui::Context, session: &Session, actions: &mut Vec<Action>) {
    let Some(MovedFolder { from, folder, looked_for, found, .. }) = &session.opened.moved_folder else { return };
    let mut answer = None;
    let is_done = modal(ctx, "Was this folder moved?", 460.0, |ui| {
        let name =
            from.file_name().map_or_else(|| from.display().to_string(), |name| name.to_string_lossy().into_owned());
        ui.label(format!(
            "It looks like “{name}” in its new place: {} of {} pictures that were looked for are here. Its workspace has \
             their vectors, tags and clusters.",
            thousands(*found),
            thousands(*looked_for)
        ));
        ui.add_space(4.0);
        ui.label(RichText::new(format!("was {}", from.display())).small().color(palette().weak));
        ui.label(RichText::new(format!("is {}", folder.display())).small().color(palette().weak));
        ui.add_space(8.0);
        ui.horizontal(|ui| {
            if ui.button("Take its workspace along").clicked() {
                answer = Some(Open::WithWorkspaceOfMoved);
            }
            if ui.button("Start anew").clicked() {
                answer = Some(Open::Anew);
            }
        });
        answer.is_some()
    });
    match answer {
        Some(answer) => actions.push(answer.into()),
        None if is_done => actions.push(Open::NotYet.into()),
        None => {}
    }
}
