//! What the person should be told once.

use std::collections::VecDeque;
use std::time::Instant;

use crate::engine::Problem;

/// A short message; problems stay until they are dismissed, good news fades.
#[derive(Clone, Debug)]
pub struct Notice {
    /// Grows by one with each notice.
    pub id: u64,
    /// What to say.
    pub text: NoticeText,
    /// When it was said.
    pub since: Instant,
    /// What it came of.
    pub of: NoticeOf,
    /// If it is of a choice that can be taken back: the [state of the history](crate::session::OpenedCollection::history_state) in which
    /// that is the last one.
    pub undoes: Option<u64>,
}

/// What a notice came of. What has a dialog of its own is said there while that is open, and in no other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NoticeOf {
    /// Anything that has no dialog.
    #[default]
    Anything,
    /// All that is done: nothing goes on any more, in no dialog.
    All,
    /// The networks that we know.
    Networks,
    /// An import.
    Import,
    /// Boxes that become pictures.
    CutOut,
}

/// What a notice says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoticeText {
    /// Something went well.
    News(String),
    /// Something went wrong.
    Problem(Problem),
}

/// Problems remembered; of more the last ones.
const MOST_PROBLEMS: usize = 100;

/// The notices that are not dismissed, and problems.
#[derive(Clone, Debug, Default)]
pub struct Notices {
    all: Vec<Notice>,
    /// Problems, dismissed ones among them.
    problems: VecDeque<(Instant, Problem)>,
    last: u64,
    /// The notice that says what was undone.
    of_undone: Option<u64>,
    /// The notice that says what came of a pick.
    of_pick: Option<u64>,
}

impl Notices {
    /// The oldest first.
    pub fn all(&self) -> &[Notice] {
        &self.all
    }

    /// What went wrong and when, the oldest first, whether it was dismissed or not.
    pub fn problems(&self) -> impl DoubleEndedIterator<Item = (Instant, &Problem)> {
        self.problems.iter().map(|(since, problem)| (*since, problem))
    }

    /// Tells the person something.
    pub fn tell(&mut self, text: NoticeText) {
        self.tell_of(NoticeOf::Anything, text);
    }

    /// Tells what came of something that has a dialog of its own.
    pub(in crate::session) fn tell_of(&mut self, of: NoticeOf, text: NoticeText) {
        self.last += 1;
        if let NoticeText::Problem(problem) = &text {
            self.note_problem(problem.clone());
        }
        self.all.push(Notice { id: self.last, text, since: Instant::now(), of, undoes: None });
    }

    /// Tells of a choice, with a way to take it back as long as the history is in this state; in the place of the one before, of which
    /// there is no such way any more.
    pub(in crate::session) fn tell_choice(&mut self, what: String, state: u64) {
        self.all.retain(|notice| notice.undoes.is_none());
        self.tell_news(what);
        if let Some(notice) = self.all.last_mut() {
            notice.undoes = Some(state);
        }
    }

    /// Puts a problem on the list of problems, and says nothing: it came of what nobody asked for.
    pub(in crate::session) fn note_problem(&mut self, problem: Problem) {
        self.problems.retain(|(_, other)| *other != problem);
        if self.problems.len() == MOST_PROBLEMS {
            self.problems.pop_front();
        }
        self.problems.push_back((Instant::now(), problem));
    }

    /// Tells that something went well.
    pub fn tell_news(&mut self, news: impl Into<String>) {
        self.tell(NoticeText::News(news.into()));
    }

    /// Tells that something went wrong.
    pub fn tell_problem(&mut self, problem: Problem) {
        self.tell(NoticeText::Problem(problem));
    }

    /// Tells of a problem that comes up again and again: it is said once, the last time it came up.
    pub(in crate::session) fn tell_once(&mut self, problem: Problem) {
        self.tell_once_of(NoticeOf::Anything, problem);
    }

    /// The same of what has a dialog of its own.
    pub(in crate::session) fn tell_once_of(&mut self, of: NoticeOf, problem: Problem) {
        let text = NoticeText::Problem(problem);
        self.all.retain(|notice| notice.text != text);
        self.tell_of(of, text);
    }

    /// Tells what was undone, in the place of what was undone before: keys that are held down undo one choice after the other.
    pub(in crate::session) fn tell_undone(&mut self, what: String) {
        if let Some(before) = self.of_undone {
            self.dismiss(before);
        }
        self.tell_news(what);
        self.of_undone = Some(self.last);
    }

    /// Tells what came of a pick, in the place of what came of the one before; with a way to take it back if the selection changed.
    pub(in crate::session) fn tell_picked(&mut self, what: String, state: Option<u64>) {
        self.withdraw_picked();
        match state {
            Some(state) => self.tell_choice(what, state),
            None => self.tell_news(what),
        }
        self.of_pick = Some(self.last);
    }

    /// Takes away what was told of a pick: something else is selected now.
    pub(in crate::session) fn withdraw_picked(&mut self) {
        if let Some(before) = self.of_pick.take() {
            self.dismiss(before);
        }
    }

    /// Takes a notice away.
    pub(in crate::session) fn dismiss(&mut self, id: u64) {
        self.all.retain(|notice| notice.id != id);
    }
}
