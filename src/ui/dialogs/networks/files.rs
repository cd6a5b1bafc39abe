//! The files a network consists of: whether they are here, how large, where from.

use eframe::egui::{Label, RichText, Ui};

use super::fact::{heading, link};
use crate::engine::KnownNetwork;
use crate::engine::networks::KnownFile;
use crate::ui::theme::palette;
use crate::ui::widgets::text::{bytes, thousands};

/// Shows them.
pub(super) fn show(ui: &mut Ui, known: &KnownNetwork) {
    if known.files.is_empty() {
        heading(ui, "File");
        ui.horizontal_wrapped(|ui| {
            ui.add(Label::new(known.path.display().to_string()).selectable(true));
            let (state, colour) = if known.is_here { ("here", palette().good) } else { ("gone", palette().warning) };
            ui.label(RichText::new(state).small().color(colour));
        });
        return;
    }
    heading(ui, "Files");
    for (index, file) in known.files.iter().enumerate() {
        if index > 0 {
            ui.add_space(6.0);
        }
        show_file(ui, file);
    }
    if let (true, Some(folder)) = (known.is_here, known.path.parent()) {
        ui.add_space(6.0);
        let place = RichText::new(format!("in {}", folder.display())).small().color(palette().weak);
        ui.add(Label::new(place).selectable(true));
    }
}

fn show_file(ui: &mut Ui, file: &KnownFile) {
    ui.horizontal_wrapped(|ui| {
        ui.add(Label::new(RichText::new(&file.name).color(palette().text)).selectable(true));
        let (state, colour) = match (file.is_here, file.is_optional) {
            (true, _) => ("here", palette().good),
            (false, true) => ("missing, but optional", palette().weak),
            (false, false) => ("missing", palette().warning),
        };
        ui.label(RichText::new(state).small().color(colour));
        if let Some(size) = file.bytes {
            ui.label(RichText::new(size_in_words(size, file.bytes_are_exact)).small().color(palette().weak));
        }
    });
    let checksum = file.checksum.as_deref().unwrap_or("no checksum was published");
    let checksum = RichText::new(checksum).monospace().size(11.0).color(palette().weak);
    ui.add(Label::new(checksum).selectable(true));
    for address in &file.from {
        link(ui, address);
    }
}

/// `35,862 bytes`, `about 5.0 MB`
fn size_in_words(size: u64, is_exact: bool) -> String {
    match is_exact {
        true => format!("{} bytes", thousands(size as usize)),
        false => format!("about {}", bytes(size)),
    }
}
