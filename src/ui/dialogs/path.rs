//! Asks for a path where the desktop has no dialog for that.

mod check;

use std::path::PathBuf;
use std::thread;

use crossbeam_channel::{Receiver, bounded};
use eframe::egui::{self, Key, RichText, TextEdit};

use super::modal;
use crate::ui::theme::palette;
use crate::ui::widgets::text::main_button;
use crate::ui::{Question, Waker};

/// A text, and what it comes to.
type Checked = (String, Result<PathBuf, String>);

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
    text: String,
    checked: Option<Checked>,
    /// A look at the disk under way. It is taken on a thread of its own: the disk may sleep.
    check: Option<Receiver<Checked>>,
    /// Whether the person is done writing: what is written counts as soon as it is checked.
    is_meant: bool,
    wants_focus: bool,
    waker: Waker,
}

impl PathDialog {
    /// Asks `question`, beginning at home.
    pub fn new(question: Question, waker: Waker) -> Self {
        // Joined with nothing it ends in a separator, to be written on behind.
        let home = etcetera::home_dir().unwrap_or_default();
        let text = home.join(question.usual_name()).display().to_string();
        Self { question, text, checked: None, check: None, is_meant: false, wants_focus: true, waker }
    }

    /// What is asked.
    pub fn question(&self) -> Question {
        self.question
    }

    /// Shows it.
    pub fn show(&mut self, ctx: &egui::Context) -> Outcome {
        self.take_check();
        let mut is_declined = false;
        let is_left = modal(ctx, self.question.title(), 560.0, |ui| {
            let why = "This desktop has no file dialog (it needs xdg-desktop-portal or zenity). Type the path here \
                       instead.";
            ui.label(RichText::new(why).color(palette().weak));
            ui.add_space(4.0);
            let field = TextEdit::singleline(&mut self.text).desired_width(f32::INFINITY);
            let field = ui.add(field).accessible_name("Path");
            if std::mem::take(&mut self.wants_focus) {
                field.request_focus();
                self.put_cursor_at_the_end(ui.ctx(), field.id);
            }
            if field.changed() {
                self.is_meant = false;
            }
            let is_entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            let verdict = self.verdict();
            let wrong = match verdict {
                Some(Err(why)) => why.as_str(),
                _ => "",
            };
            // A line is kept for it, so that the buttons stay where they are.
            ui.label(RichText::new(if wrong.is_empty() { " " } else { wrong }).color(palette().problem));
            let is_wrong = matches!(verdict, Some(Err(_)));
            if is_wrong && (is_entered || self.is_meant) {
                self.is_meant = false;
                self.wants_focus = true;
            }
            ui.horizontal(|ui| {
                let button = ui.add_enabled_ui(!is_wrong, |ui| main_button(ui, self.main_word())).inner;
                self.is_meant |= (button.clicked() || is_entered) && !is_wrong;
                is_declined = ui.button("Cancel").clicked();
            });
            is_declined
        });
        match self.verdict() {
            Some(Ok(path)) if self.is_meant => Outcome::Picked(path.clone()),
            _ if is_left => Outcome::Declined,
            _ => Outcome::Open,
        }
    }

    fn main_word(&self) -> &'static str {
        match self.question {
            Question::Folder => "Open",
            Question::Network => "Use",
            Question::MoveInto => "Go on",
            Question::Export(format) if format.file().is_none() => "Copy",
            Question::Export(_) => "Export",
        }
    }

    /// What is known of the text as it is now.
    fn verdict(&self) -> Option<&Result<PathBuf, String>> {
        self.checked.as_ref().filter(|(text, _)| *text == self.text).map(|(_, verdict)| verdict)
    }

    /// Takes in what a look at the disk found, and looks again if the text is another by now.
    fn take_check(&mut self) {
        if let Some(checked) = self.check.as_ref().and_then(|check| check.try_recv().ok()) {
            self.checked = Some(checked);
            self.check = None;
        }
        if self.check.is_some() || self.verdict().is_some() {
            return;
        }
        let (done, check) = bounded(1);
        let (question, text, waker) = (self.question, self.text.clone(), self.waker.clone());
        let spawned = thread::Builder::new().name("path".into()).spawn(move || {
            let verdict = check::check(question, &text);
            // The dialog may be gone by now.
            let _ = done.send((text, verdict));
            waker.wake();
        });
        match spawned {
            Ok(_) => self.check = Some(check),
            Err(error) => {
                self.checked = Some((self.text.clone(), Err(format!("The path cannot be checked: {error}."))))
            }
        }
    }

    fn put_cursor_at_the_end(&self, ctx: &egui::Context, field: egui::Id) {
        let mut state = TextEdit::load_state(ctx, field).unwrap_or_default();
        let end = egui::text::CCursor::new(self.text.chars().count());
        state.cursor.set_char_range(Some(egui::text::CCursorRange::one(end)));
        state.store(ctx, field);
    }
}
