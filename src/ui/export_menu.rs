//! What can be taken away, as menus list it: formats under heads, and above them what they take, so that nobody exports one picture
//! who meant all, or all who meant one.

use eframe::egui::{Button, Response, RichText, Ui};

use super::command::Command;
use super::theme::palette;
use super::widgets::text::capital;
use crate::engine::ExportFormat;
use crate::session::Session;

/// What comes next, whatever is chosen.
const NEXT: &str = "Which others instead, and where to, is asked next; nothing is replaced unasked";

/// The entry of a command: its name, beside it in few words what an export is, and last the keys that call it.
pub fn entry(command: Command, keys: Option<String>) -> Button<'static> {
    let button = Button::new(command.name());
    let words = in_short(command).map(|words| RichText::new(words).small());
    match (words, keys) {
        (Some(words), Some(keys)) => button.shortcut_text((words, keys)),
        (Some(words), None) => button.shortcut_text(words),
        (None, Some(keys)) => button.shortcut_text(keys),
        (None, None) => button,
    }
}

/// Calls an entry by the name of its command; what stands beside that describes it.
pub fn named(response: Response, command: Command) -> Response {
    let Some(words) = in_short(command) else { return response };
    response.ctx.accesskit_node_builder(response.id, |node| node.set_description(words));
    response.accessible_name(command.name())
}

fn in_short(command: Command) -> Option<&'static str> {
    if let Command::Export(format) = command { Some(format.in_short()) } else { None }
}

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
