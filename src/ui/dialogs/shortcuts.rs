//! The list of shortcuts.

use eframe::egui::{self, Grid, RichText, ScrollArea};

use super::modal;
use crate::ui::command::{Command, command_key, keys_in_words};
use crate::ui::theme::palette;

/// Keys and gestures that are not commands; `COMMAND` stands for the key that is held for those.
const GESTURES: [(&str, &str); 11] = [
    ("Arrows, Home, End, Page up and down", "Move through the gallery"),
    ("Click", "Look at an image, select only it"),
    ("Double click on a picture", "Look inside it; Escape leads back"),
    ("Enter or Space in the gallery", "Show the picture at its own resolution"),
    ("COMMAND and click", "Add an image to the selection, or take it out"),
    ("Shift and click", "Select everything from the last clicked image to this one"),
    (
        "Drag in the gallery",
        "Select with a rubber band; with Shift add, with Alt take out, with both keep what is in both",
    ),
    ("COMMAND and scroll in the gallery", "Larger or smaller pictures"),
    ("Drag a tab", "Put a view elsewhere"),
    ("Double click on a tab", "Give the view all the room; Escape shows the others again"),
    ("Buttons at the side of the mouse", "Go back and forward"),
];

/// Says whether it is done.
pub(super) fn show(ctx: &egui::Context) -> bool {
    modal(ctx, "Keyboard shortcuts", 520.0, |ui| {
        let room = ctx.content_rect().height() - 190.0;
        ScrollArea::vertical().max_height(room.max(80.0)).show(ui, |ui| {
            Grid::new("shortcuts").num_columns(2).spacing([24.0, 4.0]).show(ui, |ui| {
                for (command, keys) in Command::with_shortcut() {
                    ui.label(RichText::new(keys_in_words(&keys)).color(palette().accent));
                    ui.label(command.name().trim_end_matches('…')).on_hover_text(command.about());
                    ui.end_row();
                }
                for (gesture, meaning) in GESTURES {
                    ui.label(RichText::new(gesture.replace("COMMAND", command_key())).color(palette().accent));
                    ui.label(meaning);
                    ui.end_row();
                }
            });
        });
        ui.add_space(8.0);
        ui.button("Close").clicked()
    })
}
