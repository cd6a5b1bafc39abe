//! Where there is no connection: which files to bring, from where, and where to put them.

use std::path::Path;

use eframe::egui::{CornerRadius, Frame, Label, Margin, RichText, Ui};

use super::fact::heading;
use crate::engine::KnownNetwork;
use crate::engine::networks::KnownFile;
use crate::session::{Action, Networks};
use crate::ui::theme::palette;

/// Shows what to do.
pub(super) fn show(ui: &mut Ui, known: &KnownNetwork, actions: &mut Vec<Action>) {
    let Some(folder) = known.path.parent() else { return };
    heading(ui, "No connection?");
    let missing: Vec<&KnownFile> = known.files.iter().filter(|file| !file.is_here).collect();
    let needed: Vec<&str> = missing.iter().filter(|file| !file.is_optional).map(|file| file.name.as_str()).collect();
    let optional: Vec<&str> = missing.iter().filter(|file| file.is_optional).map(|file| file.name.as_str()).collect();
    let mut words = format!("On another machine, download {} from the addresses above", needed.join(" and "));
    if !optional.is_empty() {
        words += &format!("; {} is optional and names its classes", optional.join(" and "));
    }
    ui.label(words + ". Then copy the files into this folder (create it if it does not exist):");
    let well =
        Frame::new().fill(palette().ground).corner_radius(CornerRadius::same(6)).inner_margin(Margin::symmetric(10, 6));
    well.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.add(Label::new(RichText::new(folder.display().to_string()).monospace()).selectable(true));
    });
    ui.horizontal_wrapped(|ui| {
        if ui.button("Copy the path").clicked() {
            ui.copy_text(folder.display().to_string());
        }
        if ui.button("Copy the list").on_hover_text("Files, addresses, checksums and the folder, as text").clicked() {
            ui.copy_text(in_words(known, &missing, folder));
        }
        if ui.button("Look again").on_hover_text("After you copied the files there").clicked() {
            actions.push(Networks::List.into());
        }
    });
    let hint = "You can also drop a file on this window, for example from a USB stick. It is recognised by its \
                content and used where it is.";
    ui.label(RichText::new(hint).small().color(palette().weak));
}

/// A note to take to another machine.
fn in_words(known: &KnownNetwork, missing: &[&KnownFile], folder: &Path) -> String {
    let mut text = format!("{}\n", known.title);
    for file in missing {
        text += &format!("\n{}{}\n", file.name, if file.is_optional { " (not needed)" } else { "" });
        for line in file.from.iter().chain(&file.checksum) {
            text += &format!("  {line}\n");
        }
    }
    text + &format!("\ninto {}\n", folder.display())
}
