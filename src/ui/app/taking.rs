//! What is taken away or moved, as the person says it step by step: what, how, where to.

use std::path::PathBuf;

use super::App;
use crate::domain::{ClassesBy, ImageId, MapPicture};
use crate::engine::{ExportFormat, Problem};
use crate::session::Export;
use crate::ui::Question;
use crate::ui::dialogs::{Dialog, MoveDialog};

/// What is to be taken away or moved, once it is known where to.
#[derive(Default)]
pub(super) struct ToTake {
    /// The images, with their scores.
    pub(super) images: Vec<(ImageId, Option<f64>)>,
    /// How a map is drawn as a picture: as the last one was.
    pub(super) look: MapPicture,
    /// By what files are moved.
    by: Option<ClassesBy>,
}

impl App {
    /// Goes on to the next question, once a dialog has the answer to the one before.
    pub(super) fn take_meant(&mut self) {
        if let Dialog::MapPicture(dialog) = &self.dialog
            && let Some(look) = dialog.meant()
        {
            self.to_take.look = look;
            self.dialog = Dialog::None;
            self.ask(Question::Export(ExportFormat::Png));
        }
        if let Dialog::MoveFiles(dialog) = &self.dialog
            && let Some(by) = dialog.meant()
        {
            // As they are now: what is selected may change before a folder is chosen.
            self.to_take.images = self.session.opened.chosen.selection.iter().map(|id| (id, None)).collect();
            self.to_take.by = Some(by);
            self.dialog = Dialog::None;
            self.ask(Question::MoveInto);
        }
    }

    /// Asks by what the files of what is selected now are moved.
    pub(super) fn ask_how_to_move(&mut self) {
        if self.chooser.is_asking() || self.path_dialog.is_some() {
            return;
        }
        let selection = &self.session.opened.chosen.selection;
        if selection.is_empty() {
            let problem = Problem::new("There is nothing to move", "Nothing is selected.")
                .with_remedy("Select the pictures whose files are to be moved.");
            self.session.lasting.notices.tell_problem(problem);
            return;
        }
        self.dialog = Dialog::MoveFiles(MoveDialog::new(selection.len()));
    }

    /// Asks what moving them there would do.
    pub(super) fn ask_to_move(&mut self, target: PathBuf) {
        let images: Vec<_> = std::mem::take(&mut self.to_take.images).into_iter().map(|(id, _)| id).collect();
        let Some(by) = self.to_take.by.take().filter(|_| !images.is_empty()) else {
            let why = "The folder was closed or opened again before you chose where to.";
            let problem = Problem::new("Nothing was moved", why).with_remedy("Select the pictures and try again.");
            self.session.lasting.notices.tell_problem(problem);
            return;
        };
        self.act(Export::AskToMove { images, by, target });
    }
}
