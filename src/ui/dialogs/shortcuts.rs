//! The list of shortcuts.

use eframe::egui::{self, Grid, Label, RichText, ScrollArea, Ui};

use super::modal;
use crate::ui::command::{Command, Section, command_key, keys_in_words};
use crate::ui::theme::palette;

/// Keys and gestures that are not commands; `COMMAND` stands for the key that is held for those.
const GESTURES: [(&str, &str); 13] = [
    ("Arrows, Home, End, Page up and down", "Move through the gallery"),
    ("Click", "Look at an image, select only it"),
    ("Double click on a picture", "Look inside it; Escape leads back"),
    ("Enter or Space in the gallery", "Show the picture at its own resolution"),
    ("COMMAND and click", "Add an image to the selection, or take it out; what is looked at stays"),
    ("Alt and click", "Take an image out of the selection; what is looked at stays"),
    ("Shift and click", "Select everything from the last clicked image to this one"),
    (
        "Drag in the gallery",
        "Select with a rubber band; with Shift add, with Alt take out, with both narrow: only what is in both stays",
    ),
    ("COMMAND and scroll in the gallery", "Larger or smaller pictures"),
    ("Shift and drag on the picture in Look inside", "Draw a region, to search with that part of the picture"),
    ("Drag a tab", "Put a view elsewhere"),
    ("Double click on a tab", "Give the view all the room; Escape shows the others again"),
    ("Buttons at the side of the mouse", "Go back and forward"),
];

/// Says whether it is done.
pub(super) fn show(ctx: &egui::Context) -> bool {
    let is_wide = ctx.content_rect().width() >= TWO_COLUMNS + 64.0;
    modal(ctx, "Keyboard shortcuts", if is_wide { TWO_COLUMNS } else { 520.0 }, |ui| {
        let room = ctx.content_rect().height() - 190.0;
        ScrollArea::vertical().max_height(room.max(80.0)).show(ui, |ui| {
            let mut groups: Vec<(&str, Vec<Line>)> = GROUPS
                .into_iter()
                .map(|group| (group, lines_of(group)))
                .filter(|(_, lines)| !lines.is_empty())
                .collect();
            groups.push(("Mouse, and in the gallery", gestures()));
            if !is_wide {
                groups.iter().for_each(|(group, lines)| show_group(ui, group, lines));
                return;
            }
            // Beside each other, both about as long.
            let all: usize = groups.iter().map(|(_, lines)| lines.len() + HEAD_LINES).sum();
            let mut left = 0;
            let split = groups.iter().position(|(_, lines)| {
                left += lines.len() + HEAD_LINES;
                left * 2 >= all
            });
            let (first, second) = groups.split_at(split.map_or(groups.len(), |place| place + 1));
            ui.columns_const(|[one, two]| {
                first.iter().for_each(|(group, lines)| show_group(one, group, lines));
                second.iter().for_each(|(group, lines)| show_group(two, group, lines));
            });
        });
        ui.add_space(8.0);
        ui.button("Close").clicked()
    })
}

/// Width of the list where it has two columns, in points.
const TWO_COLUMNS: f32 = 900.0;
/// A head takes as much height as so many lines.
const HEAD_LINES: usize = 2;

/// The groups that keys stand in, in order.
const GROUPS: [&str; 6] = ["Folders and export", "Choices", "Places and views", "Picture and layer", "Network", "Help"];

/// Keys or a gesture, what they do, and more about it.
struct Line {
    keys: String,
    meaning: &'static str,
    about: &'static str,
}

/// In which group a command's keys stand.
fn group_of(command: Command) -> &'static str {
    let [folders, choices, places, picture, network, help] = GROUPS;
    match command.section() {
        Some(Section::Open | Section::Folder | Section::Import | Section::Export | Section::Files | Section::Quit) => {
            folders
        }
        Some(Section::Undo | Section::Select | Section::Find | Section::Settings) => choices,
        // Views stand in a list of their own.
        None | Some(Section::Places | Section::Ways | Section::Arrangement | Section::Zoom) => places,
        Some(Section::Picture | Section::LayerBefore | Section::LayerAfter) => picture,
        Some(Section::OwnNetworks | Section::Networks | Section::Extraction) => network,
        Some(Section::Help) => help,
    }
}

fn lines_of(group: &str) -> Vec<Line> {
    let of = Command::with_shortcut().filter(|(command, _)| group_of(*command) == group);
    of.map(|(command, keys)| Line {
        keys: keys_in_words(&keys),
        meaning: command.name().trim_end_matches('…'),
        about: command.about(),
    })
    .collect()
}

fn gestures() -> Vec<Line> {
    let line = |(gesture, meaning): (&str, &'static str)| Line {
        keys: gesture.replace("COMMAND", command_key()),
        meaning,
        about: "",
    };
    GESTURES.into_iter().map(line).collect()
}

fn show_group(ui: &mut Ui, group: &str, lines: &[Line]) {
    ui.add_space(6.0);
    ui.label(RichText::new(group).strong().color(palette().strong));
    Grid::new(group).num_columns(2).spacing([16.0, 4.0]).show(ui, |ui| {
        for Line { keys, meaning, about } in lines {
            // Of two columns neither may push the other away.
            ui.scope(|ui| {
                ui.set_max_width(190.0);
                ui.add(Label::new(RichText::new(keys).color(palette().accent)).wrap());
            });
            let meaning = ui.add(Label::new(*meaning).wrap());
            if !about.is_empty() {
                meaning.on_hover_text(*about);
            }
            ui.end_row();
        }
    });
}
