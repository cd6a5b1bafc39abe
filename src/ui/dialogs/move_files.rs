//! Moving files into folders: by what, and then, once it is known what that would do, whether it is meant.

use eframe::egui::{self, Button, RichText, ScrollArea, Ui};

use super::modal;
use crate::domain::{ClassesBy, counted, thousands};
use crate::engine::MoveCounts;
use crate::session::{Action, Export, Session};
use crate::ui::theme::palette;
use crate::ui::widgets::text::main_button;

/// What stays is listed up to here.
const LISTED: usize = 100;

/// By what files are to be moved.
pub struct MoveDialog {
    by: ClassesBy,
    images: usize,
    is_meant: bool,
}

impl MoveDialog {
    /// Of so many images.
    pub fn new(images: usize) -> Self {
        Self { by: ClassesBy::Label, images, is_meant: false }
    }

    /// What the person wants, once they said so.
    pub fn meant(&self) -> Option<ClassesBy> {
        self.is_meant.then(|| self.by.clone())
    }

    pub(super) fn show(&mut self, ctx: &egui::Context, session: &Session) -> bool {
        modal(ctx, "Move files into folders", 460.0, |ui| {
            let what = counted(self.images, "picture", "pictures");
            ui.label(format!("The files of {what} are moved, each into a folder for its"));
            ui.radio_value(&mut self.by, ClassesBy::Label, "label");
            let has_tags = session.opened.tags.words().next().is_some();
            ui.add_enabled_ui(has_tags, |ui| ui.radio_value(&mut self.by, ClassesBy::Tag, "tag"));
            let clusters = session.opened.clustering.as_ref().map(|shown| ClassesBy::Cluster(Some(shown.wish.name())));
            ui.add_enabled_ui(clusters.is_some(), |ui| {
                let by = clusters.unwrap_or(ClassesBy::Cluster(None));
                ui.radio_value(&mut self.by, by, "cluster, of those that are shown");
            });
            let note =
                "Within folders of their splits, if any has one. You see what would be moved before anything is.";
            ui.label(RichText::new(note).small().color(palette().weak));
            ui.add_space(8.0);
            let mut is_declined = false;
            ui.horizontal(|ui| {
                self.is_meant = main_button(ui, "Choose the folder…").clicked();
                is_declined = ui.button("Cancel").clicked();
            });
            is_declined
        })
    }
}

/// Asks whether what would be moved is meant.
pub(super) fn confirm(ctx: &egui::Context, session: &Session, actions: &mut Vec<Action>) {
    let Some(counts) = &session.opened.move_to_confirm else { return };
    let mut is_agreed = false;
    let is_done = modal(ctx, "Move these files?", 500.0, |ui| {
        show_counts(ui, counts);
        ui.add_space(8.0);
        let mut is_declined = false;
        ui.horizontal(|ui| {
            is_declined = ui.button("Leave them where they are").clicked();
            if counts.files > 0 {
                let text = format!("Move {}", counted(counts.files, "file", "files"));
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

fn show_counts(ui: &mut Ui, counts: &MoveCounts) {
    let MoveCounts { wish, files, folders, renamed, in_place, leaving, relabelled, left } = counts;
    let (files_in_words, folders) = (counted(*files, "file", "files"), counted(*folders, "folder", "folders"));
    match files {
        0 => ui.label("There is nothing to move."),
        _ => ui.label(format!("{files_in_words} of your own would be moved into {folders} of")),
    };
    ui.label(RichText::new(wish.target.display().to_string()).small().color(palette().weak));
    ui.add_space(4.0);
    if *files > 0 {
        ui.label(
            "No file is replaced. Before the first one moves, moved.csv there says what goes from where to where.",
        );
    }
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
    if !left.is_empty() {
        ui.label(format!("{} where they are:", counted(left.len(), "file stays", "files stay")));
        ScrollArea::vertical().max_height(140.0).show(ui, |ui| {
            for (path, why) in left.iter().take(LISTED) {
                ui.label(RichText::new(format!("{path}: {why}")).small().color(palette().weak));
            }
        });
    }
}
