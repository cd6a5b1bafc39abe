//! The way up: a bounded queue of events and the listener's bell.

use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, bounded};

use super::{Event, Problem};

/// News a listener has not taken yet. When it is full the engine waits: memory stays bounded.
const CAPACITY: usize = 256;

/// Sends events and wakes whoever listens.
#[derive(Clone)]
pub struct Outbox {
    events: Sender<Event>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

impl Outbox {
    /// Makes the queue; the receiver goes to the listener.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> (Self, Receiver<Event>) {
        let (events, inbox) = bounded(CAPACITY);
        (Self { events, wake: Arc::new(wake) }, inbox)
    }

    /// Tells the listener; if it has gone, nobody needs to know.
    pub fn tell(&self, event: Event) {
        if self.events.send(event).is_ok() {
            (self.wake)();
        }
    }

    /// Tells the listener that something went wrong.
    pub fn complain(&self, problem: Problem) {
        tracing::warn!(%problem);
        self.tell(Event::Problem(problem));
    }
}
