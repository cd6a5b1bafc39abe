//! What can be taken away, as menus list it: formats under heads, and above them what they take, so that nobody exports one picture
//! who meant all, or all who meant one.

use eframe::egui::{RichText, Ui};

use super::command::Command;
use super::theme::palette;
use super::widgets::text::capital;
use crate::engine::ExportFormat;
use crate::session::Session;

/// What comes next, whatever is chosen.
const NEXT: &str = "Where to is asked next; nothing is replaced unasked";

/// What comes of a command that exports.
pub fn outcome(command: Command) -> &'static str {
    if let Command::Export(format) = command { format.outcome() } else { "" }
}

/// Lists the formats, each drawn by `item`.
pub fn show(ui: &mut Ui, session: &Session, mut item: impl FnMut(&mut Ui, Command)) {
    let mut said = None;
    ui.label(RichText::new(NEXT).small().color(palette().weak));
    for (family, formats) in ExportFormat::FAMILIES {
        let takes = formats.first().and_then(|format| session.opened.to_export_in_words(*format));
        if said.as_ref() != Some(&takes) {
            let words = takes.as_deref().map_or_else(|| "Nothing is selected".to_owned(), capital);
            ui.label(RichText::new(words).small().color(palette().strong));
            said = Some(takes);
        }
        ui.label(RichText::new(family).small().color(palette().accent));
        formats.iter().for_each(|format| item(ui, Command::Export(*format)));
    }
}
