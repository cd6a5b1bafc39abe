//! What is taken away or moved, as the person says it step by step: what, how, where to.

use std::path::PathBuf;

use super::App;
use crate::domain::{MapPicture, counted, thousands};
use crate::engine::{ExportFormat, ImportReport, Problem};
use crate::session::{CutOut, Export, Import, ImportState, Taken, ToExport};
use crate::ui::Question;
use crate::ui::dialogs::{CutOutDialog, DataSetChoice, DataSetDialog, Dialog, ImportDialog};

/// What is to be taken away or moved, once it is known where to.
#[derive(Default)]
pub(super) struct ToTake {
    /// The images, with their scores.
    pub(super) what: ToExport,
    /// What they are, in words: `12 selected`.
    pub(super) takes: String,
    /// How a map is drawn as a picture: as the last one was.
    pub(super) look: MapPicture,
    /// How pictures become a data set: as the last ones did.
    pub(super) data_set: DataSetChoice,
}

impl ToTake {
    /// What a question is about, if it asks where pictures go.
    pub(super) fn of(&self, question: Question) -> Option<&str> {
        match question {
            Question::Export(_) | Question::MoveInto => Some(self.takes.as_str()).filter(|takes| !takes.is_empty()),
            Question::Folder
            | Question::Network
            | Question::Recipe
            | Question::CutOutInto
            | Question::ImportFile
            | Question::ImportFolder => None,
        }
    }
}

impl App {
    /// Goes on to the next question, once a dialog has the answer to the one before.
    pub(super) fn take_meant(&mut self) {
        if let Dialog::Export(dialog) = &self.dialog
            && let Some((format, taken)) = dialog.meant()
        {
            self.ask_where(Question::Export(format), taken);
        }
        if let Dialog::MapPicture(dialog) = &self.dialog
            && let Some((look, taken)) = dialog.meant()
        {
            self.to_take.look = look;
            self.ask_where(Question::Export(ExportFormat::Png), taken);
        }
        if let Dialog::DataSet(dialog) = &self.dialog
            && let Some((format, choice, taken)) = dialog.meant()
        {
            let are_moved = choice.are_moved;
            self.to_take.data_set = choice;
            self.ask_where(if are_moved { Question::MoveInto } else { Question::Export(format) }, taken);
        }
        if let Some(question) = self.dialog.take_question() {
            self.ask(question);
        }
    }

    /// Asks where what is taken goes, in the place of the dialog that said what that is. What is chosen may change before there is an
    /// answer.
    fn ask_where(&mut self, question: Question, taken: Taken) {
        let what = self.session.opened.to_export(taken);
        if what.images.is_empty() {
            let problem = Problem::new("There is nothing to take", "What was to be taken is not there any more.")
                .with_remedy("Select the pictures and try again.");
            self.session.lasting.notices.tell_problem(problem);
            self.dialog = Dialog::None;
            return;
        }
        self.to_take.what = what;
        self.to_take.takes = self.session.opened.taken_in_words(taken);
        self.dialog = Dialog::None;
        self.ask(question);
    }

    /// Asks which labels and boxes are to come in; what came of those before was seen. What was recognised while nobody looked waits
    /// for the person's word.
    pub(super) fn show_import(&mut self) {
        let Some(collection) = self.session.collection().cloned() else { return };
        if self.session.opened.import.is_over() {
            self.act(Import::Again);
        }
        self.dialog = Dialog::Import(Box::new(ImportDialog::new(&collection.folder, self.waker.clone())));
    }

    /// Tells that files were read while nobody looked: nothing is imported yet.
    pub(super) fn tell_recognised(&mut self, report: &ImportReport) {
        let is_awaited = matches!(self.session.opened.import, ImportState::Looking { progress: Some(_), .. });
        if !is_awaited || matches!(self.dialog, Dialog::Import(_)) {
            return;
        }
        let (found, of) = (counted(report.matched, "picture", "pictures"), thousands(report.pictures));
        let format = report.format.title();
        self.session.lasting.notices.tell_news(format!(
            "{format} was read: {found} of {of} matched. Nothing is imported yet: see File, Import labels and boxes…"
        ));
    }

    /// Asks which boxes are to become pictures, and where.
    pub(super) fn show_cut_out(&mut self) {
        let Some(collection) = self.session.collection().cloned() else { return };
        let dialog = CutOutDialog::new(&collection, self.session.opened.chosen.layer, self.waker.clone());
        self.dialog = Dialog::CutOut(Box::new(dialog));
        self.act(CutOut::Count);
    }

    /// Asks by what the files of what is selected now are moved.
    pub(super) fn ask_how_to_move(&mut self) {
        if self.chooser.is_asking() || self.path_dialog.is_some() {
            return;
        }
        if self.session.opened.chosen.selection.is_empty() {
            let problem = Problem::new("There is nothing to move", "Nothing is selected.")
                .with_remedy("Select the pictures whose files are to be moved.");
            self.session.lasting.notices.tell_problem(problem);
            return;
        }
        self.ask_for_data_set(ExportFormat::Folders, Taken::Selected, true);
    }

    /// Asks how what is to be taken becomes a data set; without another word its files are moved, or placed as those of the last one.
    pub(super) fn ask_for_data_set(&mut self, format: ExportFormat, taken: Taken, are_moved: bool) {
        let choice = DataSetChoice { are_moved, ..self.to_take.data_set.clone() };
        let dialog = DataSetDialog::new(format, taken, choice, &self.session);
        self.dialog = Dialog::DataSet(Box::new(dialog));
    }

    /// Asks what moving them there would do.
    pub(super) fn ask_to_move(&mut self, target: PathBuf) {
        let ToExport { images, .. } = std::mem::take(&mut self.to_take.what);
        if images.is_empty() {
            let why = "The folder was closed or opened again before you chose where to.";
            let problem = Problem::new("Nothing was moved", why).with_remedy("Select the pictures and try again.");
            self.session.lasting.notices.tell_problem(problem);
            return;
        }
        let DataSetChoice { by, splits, .. } = self.to_take.data_set.clone();
        self.act(Export::AskToMove { images, by, splits, target });
    }
}
