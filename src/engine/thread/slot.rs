//! A question of which only the newest counts.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Holds at most one value: putting a new one drops an older one that nobody took.
#[derive(Debug)]
pub struct Slot<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

#[derive(Debug)]
struct State<T> {
    value: Option<T>,
    generation: u64,
    is_closed: bool,
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self { state: Mutex::new(State { value: None, generation: 0, is_closed: false }), changed: Condvar::new() }
    }
}

impl<T> Slot<T> {
    /// Asks; an older question is dropped unseen.
    pub fn put(&self, value: T) {
        let mut state = self.lock();
        state.value = Some(value);
        state.generation += 1;
        self.changed.notify_all();
    }

    /// Takes the question, if there is one, with its number.
    pub fn take(&self) -> Option<(T, u64)> {
        let mut state = self.lock();
        let generation = state.generation;
        state.value.take().map(|value| (value, generation))
    }

    /// Waits for a question; `None` once the slot is closed.
    pub fn wait(&self) -> Option<(T, u64)> {
        let mut state = self.lock();
        loop {
            if state.is_closed {
                return None;
            }
            let generation = state.generation;
            if let Some(value) = state.value.take() {
                return Some((value, generation));
            }
            // The time-out only bounds how late a missed wake-up can be noticed.
            state = self.changed.wait_timeout(state, Duration::from_secs(1)).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Whether a newer question came since number `generation`, or nobody wants an answer any more.
    pub fn is_stale(&self, generation: u64) -> bool {
        let state = self.lock();
        state.is_closed || state.generation != generation
    }

    /// Whether nobody asks any more.
    pub fn is_closed(&self) -> bool {
        self.lock().is_closed
    }

    /// Nobody asks any more.
    pub fn close(&self) {
        self.lock().is_closed = true;
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        // A panic elsewhere leaves the three fields consistent, so the lock stays usable.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
