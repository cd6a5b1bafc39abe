//! What can be taken away, as menus list it: formats under heads, and above them what they take, so that nobody exports one picture
//! who meant all, or all who meant one.

use eframe::egui::{RichText, Ui};

use super::command::Command;
use super::theme::palette;
use super::widgets::text::capital;
use crate::engine::ExportFormat;
use crate::session::Session;

/// What comes next, whatever is chosen.
const NEXT: &str = "Which others instead, and where to, is asked next; nothing is replaced unasked";

/// What comes of a command that exports.
pub fn outcome(command: Command) -> &'static str {
    if let Command::Export(format) = command { format.outcome() } else { "" }
}

/// Lists the formats, each drawn by `item`, under what they take unless the person says otherwise in the dialog that comes next.
pub fn show(ui: &mut Ui, session: &Session, mut item: impl FnMut(&mut Ui, Command)) {
    let takes = session.opened.usually_taken_in_words();
    let words = takes.as_deref().map_or_else(|| "There are no pictures yet".to_owned(), capital);
    ui.label(RichText::new(words).color(palette().strong));
    ui.label(RichText::new(NEXT).small().color(palette().weak));
    for (family, formats) in ExportFormat::FAMILIES {
        ui.label(RichText::new(family).small().color(palette().accent));
        formats.iter().for_each(|format| item(ui, Command::Export(*format)));
    }
}
