//! Asking the person for a folder or a file, without ever holding up the window.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;

use crossbeam_channel::{Receiver, Sender, unbounded};
use rfd::AsyncFileDialog;

use super::{Waker, dialog_failures};
use crate::domain::file_ending::NETWORK_ENDINGS;
use crate::engine::ExportFormat;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// A folder of pictures to open.
    Folder,
    /// A network's file.
    Network,
    /// Where an export goes: a folder for files, a file for tables.
    Export(ExportFormat),
    /// Where the recipe goes: a file.
    Recipe,
    /// A folder for the folders that files are moved into.
    MoveInto,
    /// A folder for pictures of boxes.
    CutOutInto,
    /// A file of labels and boxes.
    ImportFile,
    /// The folder of a data set, with its labels and boxes.
    ImportFolder,
}

impl Question {
    /// What a dialog that asks it is called.
    pub fn title(self) -> &'static str {
        match self {
            Self::Folder => "Open a folder of pictures",
            Self::Network => "Choose a network",
            Self::Export(format) => format.description().question,
            Self::Recipe => "Save how features, maps and clusters were made",
            Self::MoveInto => "Move the files, not copies, into folders of this folder",
            Self::CutOutInto => "Choose a folder for the pictures of boxes",
            Self::ImportFile => "Choose a file of labels and boxes",
            Self::ImportFolder => "Choose the folder of a data set",
        }
    }

    /// What a new file is called unless the person writes otherwise; empty where none is asked for.
    pub fn usual_name(self) -> &'static str {
        match self {
            Self::Export(format) => format.file().map_or("", |file| file.usual_name),
            Self::Recipe => "recipe.toml",
            Self::Folder
            | Self::Network
            | Self::MoveInto
            | Self::CutOutInto
            | Self::ImportFile
            | Self::ImportFolder => "",
        }
    }
}

/// What came of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The person picked this.
    Picked(PathBuf),
    /// The person thought better of it.
    Declined,
    /// The desktop has no dialog: the person was not asked.
    NoDialog,
}

/// Where the answer to a question goes. Dropping it without a word means that the person thought better of it.
pub struct Reply {
    number: u64,
    question: Question,
    title: String,
    answer: Answer,
    to: Sender<(u64, Question, Answer)>,
    waker: Waker,
}

impl Reply {
    /// What a dialog that asks for it is called: what is asked, and about what.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Answers; `None` if the person thought better of it.
    pub fn answer(mut self, path: Option<PathBuf>) {
        self.answer = path.map_or(Answer::Declined, Answer::Picked);
    }

    /// Says that the person could not be asked.
    pub fn no_dialog(mut self) {
        self.answer = Answer::NoDialog;
    }
}

impl Drop for Reply {
    fn drop(&mut self) {
        // The window may be gone by now, and with it whoever wanted to know.
        let answer = std::mem::replace(&mut self.answer, Answer::Declined);
        let _ = self.to.send((self.number, self.question, answer));
        self.waker.wake();
    }
}

/// Puts questions to the person and keeps the answers until the window takes them.
///
/// The asking itself is a closure: the desktop's dialogs in the program, prepared answers in a test.
pub struct Chooser {
    ask: Box<dyn FnMut(Question, Reply)>,
    answers: Receiver<(u64, Question, Answer)>,
    answered: Sender<(u64, Question, Answer)>,
    waker: Waker,
    /// How many questions were asked.
    asked: u64,
    /// The question whose answer is waited for.
    open: Option<Question>,
    /// What was picked in a dialog that is waited for no longer.
    late: Option<(Question, PathBuf)>,
}

impl Chooser {
    /// Asks through `ask`, which answers sooner or later, from any thread.
    pub fn new(ask: impl FnMut(Question, Reply) + 'static) -> Self {
        #[expect(clippy::disallowed_methods, reason = "a dialog gives one answer, and dialogs are few")]
        let (answered, answers) = unbounded();
        Self { ask: Box::new(ask), answers, answered, waker: Waker::default(), asked: 0, open: None, late: None }
    }

    /// Asks with the desktop's own dialogs.
    pub fn native() -> Self {
        // Where one could not be opened the next one cannot be either, and finding out may take a while.
        let are_missing = Arc::new(AtomicBool::new(false));
        Self::new(move |question, reply| {
            if are_missing.load(Relaxed) {
                reply.no_dialog();
                return;
            }
            // The dialog's future is made here, since macOS wants that on the main thread, and waited for elsewhere.
            let (picked, are_missing) = (native_dialog(question, reply.title()), are_missing.clone());
            let waiting = thread::Builder::new().name("dialog".into()).spawn(move || {
                let failures = dialog_failures::count();
                match pollster::block_on(picked) {
                    None if dialog_failures::count() > failures => {
                        are_missing.store(true, Relaxed);
                        reply.no_dialog();
                    }
                    file => reply.answer(file.map(|file| file.path().to_owned())),
                }
            });
            if let Err(error) = waiting {
                tracing::error!("no thread for a dialog: {error}");
            }
        })
    }

    pub(super) fn attach(&mut self, waker: Waker) {
        self.waker = waker;
    }

    /// Whether a question waits for its answer.
    pub fn is_asking(&self) -> bool {
        self.open.is_some()
    }

    /// The question that waits for its answer.
    pub fn open_question(&self) -> Option<Question> {
        self.open
    }

    /// Waits no longer: whatever is picked in the dialog later is [late](Self::take_late). One that never comes would else be waited for
    /// until the program ends.
    pub fn give_up(&mut self) {
        self.open = None;
    }

    /// Asks, unless a dialog is open already. `takes` says of which pictures it is asked: `12 selected`.
    pub fn ask(&mut self, question: Question, takes: Option<&str>) {
        if self.is_asking() {
            return;
        }
        self.open = Some(question);
        self.asked += 1;
        let title = takes.map_or_else(|| question.title().to_owned(), |takes| format!("{}: {takes}", question.title()));
        let (number, answer) = (self.asked, Answer::Declined);
        let (to, waker) = (self.answered.clone(), self.waker.clone());
        let reply = Reply { number, question, title, answer, to, waker };
        (self.ask)(question, reply);
    }

    /// The answer, if it is there.
    pub fn take_answer(&mut self) -> Option<(Question, Answer)> {
        while let Ok((number, question, answer)) = self.answers.try_recv() {
            if number == self.asked && self.open.take().is_some() {
                return Some((question, answer));
            }
            if let Answer::Picked(path) = answer {
                self.late = Some((question, path));
            }
        }
        None
    }

    /// What was picked in a dialog that nobody waited for any more, once answers were taken: nothing is done with it, and the person, who
    /// saw the dialog open, has to know.
    pub fn take_late(&mut self) -> Option<(Question, PathBuf)> {
        self.late.take()
    }
}

fn native_dialog(
    question: Question,
    title: &str,
) -> std::pin::Pin<Box<dyn Future<Output = Option<rfd::FileHandle>> + Send>> {
    let dialog = AsyncFileDialog::new().set_title(title);
    let file = match question {
        Question::Folder | Question::MoveInto | Question::CutOutInto | Question::ImportFolder => None,
        Question::ImportFile => return Box::pin(dialog.pick_file()),
        Question::Network => return Box::pin(dialog.add_filter("Networks", &NETWORK_ENDINGS).pick_file()),
        Question::Recipe => {
            return Box::pin(dialog.set_file_name(question.usual_name()).add_filter("TOML", &["toml"]).save_file());
        }
        Question::Export(format) => format.file(),
    };
    match file {
        None => Box::pin(dialog.pick_folder()),
        Some(file) => {
            let dialog = dialog.set_file_name(file.usual_name).add_filter(file.kind, &[file.ending]);
            let dialog = file.or.into_iter().fold(dialog, |dialog, (ending, kind)| dialog.add_filter(kind, &[ending]));
            Box::pin(dialog.save_file())
        }
    }
}
