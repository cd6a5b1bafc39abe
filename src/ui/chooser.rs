//! Asking the person for a folder or a file, without ever holding up the window.

use std::path::PathBuf;
use std::thread;

use crossbeam_channel::{Receiver, Sender, unbounded};
use rfd::AsyncFileDialog;

use super::{Waker, network_words};
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
}

/// Where the answer to a question goes. Dropping it without a word means that the person thought better of it.
pub struct Reply {
    question: Question,
    answer: Option<PathBuf>,
    to: Sender<(Question, Option<PathBuf>)>,
    waker: Waker,
}

impl Reply {
    /// Answers; `None` if the person thought better of it.
    pub fn answer(mut self, path: Option<PathBuf>) {
        self.answer = path;
    }
}

impl Drop for Reply {
    fn drop(&mut self) {
        // The window may be gone by now, and with it whoever wanted to know.
        let _ = self.to.send((self.question, self.answer.take()));
        self.waker.wake();
    }
}

/// Puts questions to the person and keeps the answers until the window takes them.
///
/// The asking itself is a closure: the desktop's dialogs in the program, prepared answers in a test.
pub struct Chooser {
    ask: Box<dyn FnMut(Question, Reply)>,
    answers: Receiver<(Question, Option<PathBuf>)>,
    answered: Sender<(Question, Option<PathBuf>)>,
    waker: Waker,
    open: usize,
}

impl Chooser {
    /// Asks through `ask`, which answers sooner or later, from any thread.
    pub fn new(ask: impl FnMut(Question, Reply) + 'static) -> Self {
        let (answered, answers) = unbounded();
        Self { ask: Box::new(ask), answers, answered, waker: Waker::default(), open: 0 }
    }

    /// Asks with the desktop's own dialogs.
    pub fn native() -> Self {
        Self::new(|question, reply| {
            // The dialog's future is made here, since macOS wants that on the main thread, and waited for elsewhere.
            let picked = native_dialog(question);
            let waiting = thread::Builder::new()
                .name("dialog".into())
                .spawn(move || reply.answer(pollster::block_on(picked).map(|file| file.path().to_owned())));
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
        self.open > 0
    }

    /// Asks, unless a dialog is open already.
    pub fn ask(&mut self, question: Question) {
        if self.is_asking() {
            return;
        }
        self.open += 1;
        let reply = Reply { question, answer: None, to: self.answered.clone(), waker: self.waker.clone() };
        (self.ask)(question, reply);
    }

    /// The next answer, if there is one. Questions that were declined yield nothing.
    pub fn take_answer(&mut self) -> Option<(Question, PathBuf)> {
        while let Ok((question, answer)) = self.answers.try_recv() {
            self.open = self.open.saturating_sub(1);
            if let Some(path) = answer {
                return Some((question, path));
            }
        }
        None
    }
}

fn native_dialog(
    question: Question,
) -> std::pin::Pin<Box<dyn std::future::Future<Output = Option<rfd::FileHandle>> + Send>> {
    let dialog = AsyncFileDialog::new();
    match question {
        Question::Folder => Box::pin(dialog.set_title("Open a folder of pictures").pick_folder()),
        Question::Network => {
            Box::pin(dialog.set_title("Choose a network").add_filter("Networks", &network_words::ENDINGS).pick_file())
        }
        Question::Export(ExportFormat::Files) => {
            Box::pin(dialog.set_title("Copy the pictures into a folder").pick_folder())
        }
        Question::Export(ExportFormat::Csv) => Box::pin(
            dialog
                .set_title("Export a table")
                .set_file_name("selection.csv")
                .add_filter("Comma separated values", &["csv"])
                .save_file(),
        ),
        Question::Export(ExportFormat::Json) => Box::pin(
            dialog
                .set_title("Export as JSON")
                .set_file_name("selection.json")
                .add_filter("JSON", &["json"])
                .save_file(),
        ),
        Question::Export(ExportFormat::Npy) => Box::pin(
            dialog
                .set_title("Export the vectors of the layer, and a table of their images beside them")
                .set_file_name("vectors.npy")
                .add_filter("NumPy array", &["npy"])
                .save_file(),
        ),
        Question::Export(ExportFormat::Parquet) => Box::pin(
            dialog
                .set_title("Export the vectors of the layer")
                .set_file_name("vectors.parquet")
                .add_filter("Parquet", &["parquet"])
                .save_file(),
        ),
    }
}
