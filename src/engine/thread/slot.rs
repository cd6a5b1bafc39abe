//! Questions of which only the newest counts.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crossbeam_channel::{Receiver, Sender, bounded};

/// Holds at most one question of each kind: a new one drops an older one of its kind that nobody took. One thread takes them,
/// those of the least kind first.
pub struct Slot<T, K = ()> {
    kind_of: fn(&T) -> K,
    state: Mutex<State<T, K>>,
    /// Rung when there is something to take, or nobody asks any more.
    bell: Sender<()>,
    rung: Receiver<()>,
}

struct State<T, K> {
    /// What was not taken yet, with its number.
    waiting: BTreeMap<K, (T, u64)>,
    /// The newest question of each kind, taken or not.
    newest: BTreeMap<K, u64>,
    /// Of the last question.
    number: u64,
    is_closed: bool,
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self::of_kinds(|_| ())
    }
}

impl<T, K: Copy + Ord> Slot<T, K> {
    /// An empty one; `kind_of` says of which kind a question is.
    pub fn of_kinds(kind_of: fn(&T) -> K) -> Self {
        let state = State { waiting: BTreeMap::new(), newest: BTreeMap::new(), number: 0, is_closed: false };
        let (bell, rung) = bounded(1);
        Self { kind_of, state: Mutex::new(state), bell, rung }
    }

    /// Asks; an older question of the same kind is dropped unseen, and so is this one once the slot is closed.
    pub fn put(&self, question: T) {
        let kind = (self.kind_of)(&question);
        let mut state = self.lock();
        if state.is_closed {
            return;
        }
        state.number += 1;
        let number = state.number;
        state.newest.insert(kind, number);
        state.waiting.insert(kind, (question, number));
        drop(state);
        self.ring();
    }

    /// Takes a question, if there is one, with its number.
    pub fn take(&self) -> Option<(T, u64)> {
        self.lock().waiting.pop_first().map(|(_, numbered)| numbered)
    }

    /// Waits for a question; `None` once the slot is closed.
    pub fn wait(&self) -> Option<(T, u64)> {
        loop {
            if self.is_closed() {
                return None;
            }
            if let Some(numbered) = self.take() {
                return Some(numbered);
            }
            // What was put since then has rung.
            self.rung.recv().ok();
        }
    }

    /// Whether a question waits that was not taken yet.
    pub fn has_waiting(&self) -> bool {
        !self.lock().waiting.is_empty()
    }

    /// Rings when there may be something to take, for whoever waits for other things, too.
    pub fn rung(&self) -> &Receiver<()> {
        &self.rung
    }

    /// Drops the questions that were not taken yet, except for some.
    pub fn keep_only(&self, is_kept: impl Fn(&T) -> bool) {
        self.lock().waiting.retain(|_, (question, _)| is_kept(question));
    }

    /// Whether a newer question of its kind came since number `number`, or nobody wants an answer any more.
    pub fn is_stale(&self, number: u64) -> bool {
        let state = self.lock();
        state.is_closed || state.newest.values().all(|newest| *newest != number)
    }

    /// Whether nobody asks any more.
    pub fn is_closed(&self) -> bool {
        self.lock().is_closed
    }

    /// Nobody asks any more, or nobody answers: what waits is dropped.
    pub fn close(&self) {
        let mut state = self.lock();
        state.is_closed = true;
        state.waiting.clear();
        drop(state);
        self.ring();
    }

    fn ring(&self) {
        // If it is full, it has rung and was not heard yet.
        self.bell.try_send(()).ok();
    }

    fn lock(&self) -> MutexGuard<'_, State<T, K>> {
        // A panic elsewhere leaves the fields consistent, so the lock stays usable.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
