//! What writing or moving pictures into folders would do, once that is known: is it meant?

use eframe::egui::{self, Button, RichText, ScrollArea, Ui};

use super::{main_or_enter, modal};
use crate::domain::{FilePlacing, counted, thousands};
use crate::engine::{FilesToMove, FoldersToWrite};
use crate::session::{Action, Export, Session};
use crate::ui::theme::palette;

/// What is done to files that are moved, where it is done.
const MOVED: &str = "These are your own files, moved and not copied: they leave the folders that they lie in, and Undo does not bring \
                     them back.";

/// What stays is listed up to here.
const LISTED: usize = 100;

/// Asks whether the folders that would be written are meant.
pub(super) fn confirm_folders(ctx: &egui::Context, session: &Session, actions: &mut Vec<Action>) {
    let Some(to_write) = &session.opened.folders_to_confirm else { return };
    let mut is_agreed = false;
    let is_done = modal(ctx, "Write these folders?", 500.0, |ui| {
        show_to_write(ui, to_write);
        ui.add_space(8.0);
        let mut is_declined = false;
        ui.horizontal(|ui| {
            if to_write.counts.files > 0 {
                let verb = match to_write.wish.dataset.placing {
                    FilePlacing::Copy => "Copy",
                    FilePlacing::Hard | FilePlacing::Symbolic => "Link",
                };
                let words = format!("{verb} {}", counted(to_write.counts.files, "file", "files"));
                is_agreed = main_or_enter(ui, &words);
            }
            is_declined = ui.button("Cancel").clicked();
        });
        is_declined || is_agreed
    });
    if is_agreed {
        actions.push(Export::WriteFolders.into());
    } else if is_done {
        actions.push(Export::Drop.into());
    }
}

/// Asks whether what would be moved is meant.
pub(super) fn confirm_moves(ctx: &egui::Context, session: &Session, actions: &mut Vec<Action>) {
    let Some(to_move) = &session.opened.move_to_confirm else { return };
    let mut is_agreed = false;
    let is_done = modal(ctx, "Move these files?", 500.0, |ui| {
        show_to_move(ui, to_move);
        ui.add_space(8.0);
        let mut is_declined = false;
        ui.horizontal(|ui| {
            is_declined = ui.button("Leave them where they are").clicked();
            if to_move.counts.files > 0 {
                let text = format!("Move {}", counted(to_move.counts.files, "file", "files"));
                is_agreed = ui.add(Button::new(RichText::new(text).color(palette().problem))).clicked();
            }
        });
        is_declined || is_agreed
    });
    if is_agreed {
        actions.push(Export::Move.into());
    } else if is_done {
        actions.push(Export::LeaveInPlace.into());
    }
}

fn show_to_write(ui: &mut Ui, FoldersToWrite { wish, counts }: &FoldersToWrite) {
    ui.label(counts.in_words(&wish.dataset.by, ["is left out", "are left out"]));
    show_target(ui, &wish.target);
    if counts.files > counts.pictures {
        let files = thousands(counts.files);
        ui.label(format!("As {files} files: pictures in several classes get into the folder of each."));
    }
    show_left(ui, &counts.left, ["picture is left out", "pictures are left out"]);
}

fn show_to_move(ui: &mut Ui, to_move: &FilesToMove) {
    let FilesToMove { wish, counts, renamed, in_place, leaving, relabelled } = to_move;
    match counts.files {
        0 => ui.label("There is nothing to move."),
        _ => ui.label(counts.in_words(&wish.by, ["stays", "stay"])),
    };
    show_target(ui, &wish.target);
    if *renamed > 0 {
        ui.label(format!("{} under another name, since theirs is taken there.", thousands(*renamed)));
    }
    if *in_place > 0 {
        ui.label(format!("{} there already.", thousands(*in_place)));
    }
    if *leaving > 0 {
        let text = format!("{} would leave the folder that is open, and count as gone here.", thousands(*leaving));
        ui.label(RichText::new(text).color(palette().warning));
    }
    if *relabelled > 0 {
        let text = format!(
            "{} would have the name of the new folder as label, in place of that of the old one.",
            thousands(*relabelled)
        );
        ui.label(RichText::new(text).color(palette().warning));
    }
    show_left(ui, &counts.left, ["file stays where it is", "files stay where they are"]);
    if counts.files > 0 {
        // Last, right above the button that does it.
        ui.add_space(4.0);
        ui.label(RichText::new(MOVED).strong().color(palette().warning));
        let back = "None is replaced. moved.csv there says of each where it came from (from) and where it went (to): by that they \
                    can be moved back.";
        ui.label(RichText::new(back).color(palette().weak));
    }
}

fn show_target(ui: &mut Ui, target: &std::path::Path) {
    ui.label(RichText::new(target.display().to_string()).small().color(palette().weak));
    ui.add_space(4.0);
}

fn show_left(ui: &mut Ui, left: &[(String, String)], [one, many]: [&str; 2]) {
    if left.is_empty() {
        return;
    }
    ui.label(format!("{}:", counted(left.len(), one, many)));
    ScrollArea::vertical().max_height(140.0).show(ui, |ui| {
        for (path, why) in left.iter().take(LISTED) {
            ui.label(RichText::new(format!("{path}: {why}")).small().color(palette().weak));
        }
    });
}
