//! Asks for a path where the desktop has no dialog for that.

mod check;
mod field;

use std::path::PathBuf;

use eframe::egui::{self, Key, RichText};

use super::modal;
use crate::engine::ExportFormat;
use crate::ui::theme::palette;
use crate::ui::widgets::text::{capital, main_button};
use crate::ui::{Question, Waker};

pub(super) use field::PathField;
use field::written_on;

/// What becomes of files that are moved into the folder, and when.
const MOVED_LATER: &str = "The files will leave the folders that they lie in, and Undo does not bring them back. Nothing moves before you \
                           have seen how many go where and have said yes.";

/// What came of the dialog.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is still open.
    Open,
    /// The person turned away.
    Declined,
    /// This is the answer.
    Picked(PathBuf),
}

/// The question, and what is written so far.
pub struct PathDialog {
    question: Question,
    /// What is written there: `12 selected`.
    takes: Option<String>,
    field: PathField,
    /// Whether the person is done writing: what is written counts as soon as it is checked.
    is_meant: bool,
}

impl PathDialog {
    /// Asks `question`, beginning at home with what was `typed` already; `takes` says what is to be written there.
    pub fn new(question: Question, takes: Option<String>, typed: &str, waker: Waker) -> Self {
        // Joined with nothing it ends in a separator, to be written on behind.
        let home = etcetera::home_dir().unwrap_or_default();
        let path = match typed {
            "" => home.join(question.usual_name()),
            typed => written_on(&home.join("").display().to_string(), typed).into(),
        };
        let mut field = PathField::new(question, &path, waker);
        field.focus();
        Self { question, takes, field, is_meant: false }
    }

    /// What is asked.
    pub fn question(&self) -> Question {
        self.question
    }

    /// Shows it.
    pub fn show(&mut self, ctx: &egui::Context) -> Outcome {
        let mut is_declined = false;
        let is_left = modal(ctx, self.question.title(), 560.0, |ui| {
            let why = "This desktop has no file dialog (it needs xdg-desktop-portal or zenity). Type the path here \
                       instead.";
            if let Some(takes) = &self.takes {
                ui.label(capital(takes));
            }
            if let Question::Export(format) = self.question {
                ui.label(RichText::new(format.outcome()).small().color(palette().weak));
                ui.add_space(4.0);
            } else if self.question == Question::MoveInto {
                ui.label(RichText::new(MOVED_LATER).small().color(palette().warning));
                ui.add_space(4.0);
            }
            ui.label(RichText::new(why).color(palette().weak));
            ui.add_space(4.0);
            let field = self.field.show(ui);
            if field.changed() {
                self.is_meant = false;
            }
            let is_entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            self.field.show_verdict(ui);
            let is_wrong = matches!(self.field.verdict(), Some(Err(_)));
            if is_wrong && (is_entered || self.is_meant) {
                self.is_meant = false;
                self.field.focus();
            }
            ui.horizontal(|ui| {
                let button = ui.add_enabled_ui(!is_wrong, |ui| main_button(ui, self.main_word())).inner;
                let button = button.on_disabled_hover_text("What is wrong with the path stands above");
                self.is_meant |= (button.clicked() || is_entered) && !is_wrong;
                is_declined = ui.button("Cancel").clicked();
            });
            is_declined
        });
        match self.field.verdict() {
            Some(Ok(path)) if self.is_meant => Outcome::Picked(path.clone()),
            _ if is_left => Outcome::Declined,
            _ => Outcome::Open,
        }
    }

    fn main_word(&self) -> &'static str {
        match self.question {
            Question::Folder => "Open",
            Question::Network => "Use",
            Question::MoveInto | Question::CutOutInto | Question::ImportFile | Question::ImportFolder => "Go on",
            Question::Recipe => "Save",
            Question::Export(ExportFormat::Folders) => "Go on",
            Question::Export(format) if format.file().is_none() => "Copy",
            Question::Export(_) => "Export",
        }
    }
}
