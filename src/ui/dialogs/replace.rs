//! What an export would write exists: replace it, or not?

use std::path::PathBuf;

use eframe::egui::{self, Button, RichText};

use super::modal;
use crate::domain::counted;
use crate::engine::ExportExists;
use crate::session::{Action, Export, Session};
use crate::ui::theme::palette;

/// So many files are named.
const NAMED: usize = 3;

pub(super) fn show(ctx: &egui::Context, session: &Session, actions: &mut Vec<Action>) {
    let (request, taken) = match (&session.opened.pending_export, &session.opened.recipe_exists) {
        (Some(ExportExists { request, taken }), _) => (Some(request), taken.as_slice()),
        (None, Some(recipe)) => (None, std::slice::from_ref(recipe)),
        (None, None) => return,
    };
    let name = |path: &PathBuf| path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let mut names: Vec<String> = taken.iter().take(NAMED).map(name).collect();
    if taken.len() > NAMED {
        names.push(counted(taken.len() - NAMED, "other", "others"));
    }
    let (title, exist, them) = match taken.len() {
        1 => ("Replace the file?", "exists", "it"),
        _ => ("Replace the files?", "exist", "them"),
    };
    let mut replace = false;
    let is_done = modal(ctx, title, 420.0, |ui| {
        ui.label(format!("{} {exist} already. Replacing {them} cannot be undone.", names.join(" and ")));
        if let Some(request) = request {
            let pictures = counted(request.images.len(), "picture", "pictures");
            ui.label(format!("What comes in the place of {them} is of {pictures}."));
        }
        if let Some(request) = request
            && let Some(list) = request.list().filter(|list| taken.contains(list))
        {
            ui.label(format!("{} says which image each row of {} belongs to.", name(&list), name(&request.target)));
        }
        for path in taken.iter().take(NAMED) {
            ui.label(RichText::new(path.display().to_string()).small().color(palette().weak));
        }
        ui.add_space(8.0);
        let mut keep = false;
        ui.horizontal(|ui| {
            keep = ui.button(format!("Keep {them}")).clicked();
            let text = RichText::new("Replace").color(palette().problem);
            replace = ui.add(Button::new(text)).clicked();
        });
        keep || replace
    });
    if replace {
        actions.push(Export::Replace.into());
    } else if is_done {
        actions.push(Export::Drop.into());
    }
}
