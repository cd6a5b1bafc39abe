//! Who answers the questions of a slot.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle};

use crossbeam_channel::bounded;

use crate::engine::message::Problem;
use crate::engine::thread::outbox::Outbox;
use crate::engine::thread::slot::Slot;

/// A slot, and a thread that answers what is put into it. It is started by the first question: of all that a window could ask, a
/// verb asks one or two, and a dozen threads more are a good part of its time. Where it cannot be started then, the next question
/// tries again: what the machine lacked it may have by then.
pub struct Desk<T, K = ()> {
    name: &'static str,
    slot: Arc<Slot<T, K>>,
    state: Mutex<State<T, K>>,
    outbox: Outbox,
}

/// Answers until the slot is closed.
type Serve<T, K> = Box<dyn FnOnce(&Slot<T, K>) + Send>;

enum State<T, K> {
    /// Nobody answers yet; whether it was told that no thread could be started.
    Unserved(Serve<T, K>, bool),
    Served(JoinHandle<()>),
    /// Nobody answers any more.
    Left,
}

impl<T: Send + 'static, K: Copy + Ord + Send + 'static> Desk<T, K> {
    /// Whose thread will be called so. That it cannot be started is told through `outbox`.
    pub fn new(
        name: &'static str,
        slot: Slot<T, K>,
        outbox: &Outbox,
        serve: impl FnOnce(&Slot<T, K>) + Send + 'static,
    ) -> Self {
        let state = Mutex::new(State::Unserved(Box::new(serve), false));
        Self { name, slot: Arc::new(slot), state, outbox: outbox.clone() }
    }

    /// Asks, as [`Slot::put`].
    pub fn put(&self, question: T) {
        self.slot.put(question);
        let mut state = self.lock();
        match std::mem::replace(&mut *state, State::Left) {
            State::Unserved(serve, is_told) => *state = self.start(serve, is_told),
            State::Served(thread) => *state = State::Served(thread),
            State::Left => {}
        }
    }

    fn start(&self, serve: Serve<T, K>, is_told: bool) -> State<T, K> {
        // A thread that cannot be started takes with it what it was to do, but for what it has not been given yet.
        let (give, given) = bounded::<Serve<T, K>>(1);
        let slot = self.slot.clone();
        let serve_what_is_given = move || {
            if let Ok(serve) = given.recv() {
                serve(&slot);
            }
        };
        match Builder::new().name(format!("tiramisu-{}", self.name)).spawn(serve_what_is_given) {
            Ok(thread) => {
                give.send(serve).ok();
                State::Served(thread)
            }
            Err(error) => {
                if !is_told {
                    let problem = Problem::new("What was asked is not answered", error);
                    self.outbox.remark(problem.with_remedy("Close what is not needed, and ask again."));
                }
                State::Unserved(serve, true)
            }
        }
    }
}

impl<T, K: Copy + Ord> Desk<T, K> {
    /// Nobody asks any more.
    pub fn close(&self) {
        self.slot.close();
    }
}

impl<T, K> Desk<T, K> {
    fn lock(&self) -> MutexGuard<'_, State<T, K>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T, K> Drop for Desk<T, K> {
    /// Waits for the thread, whose slot is closed.
    fn drop(&mut self) {
        let state = std::mem::replace(&mut *self.lock(), State::Left);
        if let State::Served(thread) = state {
            thread.join().ok();
        }
    }
}
