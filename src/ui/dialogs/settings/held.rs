//! What is held now, in memory and on disk, and how to have the room back.

use eframe::egui::{Align, Layout, RichText, Ui};

use super::SettingsContext;
use crate::ui::command::Command;
use crate::ui::theme::palette;
use crate::ui::widgets::text::{bytes, small};

/// Shows a line for each; says whether another dialog was asked for, which takes the place of this one.
pub(super) fn show(ui: &mut Ui, cx: &mut SettingsContext<'_>, commands: &mut Vec<Command>) -> bool {
    let mut is_left = false;
    let held = cx.thumbnails.bytes() as u64;
    let about = "Small pictures on the graphics adapter, ready to be drawn. What is in sight stays; the rest comes again when it is \
                 looked at.";
    if line(ui, ("Thumbnails held now", about), Some(&bytes(held)), ("Free", "Free thumbnails"), held > 0) {
        cx.thumbnails.free();
    }
    let is_open = cx.session.collection().is_some();
    let about = "What is known of this folder is kept on disk: features, maps, small copies of its pictures. The workspace says what \
                 each costs, tidies up, and deletes what is old.";
    if line(ui, ("Disk for this folder", about), None, ("Workspace…", "Disk for this folder…"), is_open) {
        commands.push(Command::Workspace);
        is_left = true;
    }
    let networks = cx.session.lasting.networks.list.iter().flat_map(|list| list.iter());
    let downloaded = networks.flat_map(|network| &network.files).filter(|file| file.is_here);
    let downloaded: u64 = downloaded.filter_map(|file| file.bytes).sum();
    let about = "Networks that were downloaded are kept for all folders. The list of networks deletes those that you need no more.";
    let size = bytes(downloaded);
    if line(ui, ("Disk for networks", about), Some(&size), ("Networks…", "Disk for networks…"), true) {
        commands.push(Command::Networks);
        is_left = true;
    }
    is_left
}

/// A line: what is held, how much, and a button; says whether that was clicked.
fn line(
    ui: &mut Ui,
    (name, about): (&str, &str),
    size: Option<&str>,
    (button, button_name): (&str, &str),
    is_enabled: bool,
) -> bool {
    let mut is_clicked = false;
    ui.add_space(8.0);
    ui.horizontal(|ui| {
        ui.label(RichText::new(name).color(palette().strong));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let button = ui.add_enabled(is_enabled, small(button));
            let button = button.on_disabled_hover_text("There is nothing of it: no folder is open, or none is held");
            is_clicked = button.accessible_name(button_name).clicked();
            if let Some(size) = size {
                ui.label(size);
            }
        });
    });
    ui.label(RichText::new(about).small().color(palette().weak));
    is_clicked
}
