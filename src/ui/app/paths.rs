//! Paths that the person picked.

use std::path::PathBuf;

use eframe::egui;

use super::App;
use crate::engine::NetworkFile;
use crate::session::{Export, Open};
use crate::ui::Question;
use crate::ui::dialogs::{PathDialog, PathOutcome};
use crate::ui::settings::RecentFolder;

impl App {
    /// What the person picked.
    pub(super) fn take_path(&mut self, question: Question, path: PathBuf) {
        match question {
            Question::Folder => self.open_folder(path),
            Question::Network => self.act(Open::Through(NetworkFile::File(path))),
            Question::Export(format) => self.export(format, path),
            Question::Recipe => self.act(Export::SaveRecipe(path)),
            Question::MoveInto => self.ask_to_move(path),
            Question::CutOutInto | Question::ImportFile | Question::ImportFolder => self.dialog.write(question, &path),
        }
    }

    /// Opens a folder; where the person was, if it was open before.
    pub(super) fn open_folder(&mut self, folder: PathBuf) {
        let again = self.settings.known(&folder, None).map(RecentFolder::open);
        self.act(again.unwrap_or_else(|| Open::Folder(folder).into()));
    }

    /// The desktop has no dialog for it: the person writes the path, into a field that is there already if there is one, and goes on behind
    /// what was `typed` for that dialog.
    pub(super) fn ask_in_writing(&mut self, question: Question, typed: &str) {
        if self.dialog.ask_in_writing(question, typed) {
            return;
        }
        let takes = self.to_take.of(question).map(str::to_owned);
        self.path_dialog = Some(PathDialog::new(question, takes, typed, self.waker.clone()));
    }

    /// Asks for a path where the desktop has no dialog for it.
    pub(super) fn show_path_dialog(&mut self, ctx: &egui::Context) {
        let Some(dialog) = &mut self.path_dialog else { return };
        let (question, outcome) = (dialog.question(), dialog.show(ctx));
        if outcome != PathOutcome::Open {
            self.path_dialog = None;
        }
        if let PathOutcome::Picked(path) = outcome {
            self.take_path(question, path);
        }
    }
}
