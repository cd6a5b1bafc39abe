//! A field for a path, which is looked at on the disk while it is written.

use std::path::{Path, PathBuf};
use std::thread;

use crossbeam_channel::{Receiver, bounded};
use eframe::egui::{self, Response, RichText, TextEdit, Ui};

use super::check;
use crate::ui::theme::palette;
use crate::ui::{Question, Waker};

/// A text, and what it comes to.
type Checked = (String, Result<PathBuf, String>);

/// What is written so far.
pub(in crate::ui::dialogs) struct PathField {
    question: Question,
    text: String,
    checked: Option<Checked>,
    /// A look at the disk under way. It is taken on a thread of its own: the disk may sleep.
    check: Option<Receiver<Checked>>,
    wants_focus: bool,
    /// What the person wants to be asked by the desktop's dialog instead.
    asked: Option<Question>,
    /// Whether the desktop's dialog wrote it, and nobody was told yet.
    is_picked: bool,
    waker: Waker,
}

impl PathField {
    /// The answer to `question`, beginning with `path`.
    pub(in crate::ui::dialogs) fn new(question: Question, path: &Path, waker: Waker) -> Self {
        let text = path.display().to_string();
        Self { question, text, checked: None, check: None, wants_focus: false, asked: None, is_picked: false, waker }
    }

    /// Whether an answer to `question` is written here: a data set is a file or a folder.
    pub(in crate::ui::dialogs) fn answers(&self, question: Question) -> bool {
        let is_import = |question| matches!(question, Question::ImportFile | Question::ImportFolder);
        question == self.question || (is_import(question) && is_import(self.question))
    }

    /// The person wants to be asked by the desktop's dialog.
    pub(in crate::ui::dialogs) fn ask(&mut self, question: Question) {
        self.asked = Some(question);
    }

    /// What they want to be asked by it; told once.
    pub(in crate::ui::dialogs) fn take_question(&mut self) -> Option<Question> {
        self.asked.take()
    }

    /// Writes what the person picked in the desktop's dialog.
    pub(in crate::ui::dialogs) fn write(&mut self, path: &Path) {
        self.text = path.display().to_string();
        self.is_picked = true;
    }

    /// Whether what is written was picked there; told once.
    pub(in crate::ui::dialogs) fn take_picked(&mut self) -> bool {
        std::mem::take(&mut self.is_picked)
    }

    /// Writes what was typed for the desktop's dialog, as a whole path or beside what is written (below it, if that ends as a folder does),
    /// and puts the cursor behind it.
    pub(in crate::ui::dialogs) fn write_on(&mut self, typed: &str) {
        if !typed.is_empty() {
            self.text = written_on(&self.text, typed);
        }
        self.focus();
    }

    /// Puts the cursor behind what is written.
    pub(in crate::ui::dialogs) fn focus(&mut self) {
        self.wants_focus = true;
    }

    /// Shows the field.
    pub(in crate::ui::dialogs) fn show(&mut self, ui: &mut Ui) -> Response {
        self.take_check();
        let field = TextEdit::singleline(&mut self.text).desired_width(f32::INFINITY);
        let field = ui.add(field).accessible_name("Path");
        // What is only measured gives the keyboard back.
        if self.wants_focus && !ui.is_sizing_pass() {
            self.wants_focus = false;
            field.request_focus();
            self.put_cursor_at_the_end(ui.ctx(), field.id);
        }
        field
    }

    /// Shows what is wrong with the path. A line is kept for it, so that what is below stays where it is.
    pub(in crate::ui::dialogs) fn show_verdict(&self, ui: &mut Ui) {
        let wrong = match self.verdict() {
            Some(Err(why)) if !why.is_empty() => why.as_str(),
            _ => " ",
        };
        ui.label(RichText::new(wrong).color(palette().problem));
    }

    /// What is known of the text as it is now.
    pub(in crate::ui::dialogs) fn verdict(&self) -> Option<&Result<PathBuf, String>> {
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

/// A path that `typed` is, or that it names from `written` on.
pub(in crate::ui::dialogs) fn written_on(written: &str, typed: &str) -> String {
    if typed.trim_start().starts_with('~') {
        return typed.to_owned();
    }
    let written = Path::new(written);
    let is_folder = written.as_os_str().to_string_lossy().ends_with(std::path::is_separator);
    let folder = if is_folder { Some(written) } else { written.parent() };
    folder.unwrap_or(written).join(typed).display().to_string()
}
