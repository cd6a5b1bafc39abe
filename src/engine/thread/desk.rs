//! Who answers the questions of a slot.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle};

use crate::engine::message::Problem;
use crate::engine::thread::outbox::Outbox;
use crate::engine::thread::slot::Slot;

/// A slot, and a thread that answers what is put into it. It is started by the first question: of all that a window could ask, a
/// verb asks one or two, and a dozen threads more are a good part of its time.
pub struct Desk<T, K = ()> {
    name: &'static str,
    slot: Arc<Slot<T, K>>,
    state: Mutex<State<T, K>>,
    outbox: Outbox,
}

/// Answers until the slot is closed.
type Serve<T, K> = Box<dyn FnOnce(&Slot<T, K>) + Send>;

enum State<T, K> {
    Unasked(Serve<T, K>),
    Served(JoinHandle<()>),
    /// Nobody answers: no thread could be started, or it has ended.
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
        let state = Mutex::new(State::Unasked(Box::new(serve)));
        Self { name, slot: Arc::new(slot), state, outbox: outbox.clone() }
    }

    /// Asks, as [`Slot::put`].
    pub fn put(&self, question: T) {
        self.slot.put(question);
        let mut state = self.lock();
        if !matches!(*state, State::Unasked(_)) {
            return;
        }
        if let State::Unasked(serve) = std::mem::replace(&mut *state, State::Left) {
            let slot = self.slot.clone();
            match Builder::new().name(format!("tiramisu-{}", self.name)).spawn(move || serve(&slot)) {
                Ok(thread) => *state = State::Served(thread),
                Err(error) => {
                    let problem = Problem::new("What was asked will not be answered", error);
                    self.outbox.remark(problem.with_remedy("Close what is not needed, and open the folder again."));
                }
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
