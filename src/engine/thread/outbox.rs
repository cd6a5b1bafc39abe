//! The way up: a bounded queue of events and the listener's bell.
//!
//! A listener may be slow: a hidden window is not asked to draw. Work must go on all the same, so news of images and
//! commits is gathered while the queue is full and handed over later in one piece; it grows with the collection's index
//! and with nothing else. Answers to questions wait: nobody asks for more before they were taken.

use std::sync::{Arc, Mutex, PoisonError, TryLockError};

use crossbeam_channel::{Receiver, Sender, bounded};

use crate::domain::ImageRecords;
use crate::engine::message::{Asked, Event, Problem};

/// Events a listener has not taken yet.
const CAPACITY: usize = 64;

/// Sends events and wakes whoever listens.
#[derive(Clone)]
pub struct Outbox {
    events: Sender<Event>,
    backlog: Arc<Mutex<Backlog>>,
    /// Held while sending, so that nothing overtakes.
    turn: Arc<Mutex<()>>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

/// News that waits for room, in the order in which it makes sense.
#[derive(Default)]
struct Backlog {
    images: Option<ImageRecords>,
    committed: Option<(usize, u64)>,
}

impl Outbox {
    /// Makes the queue; the receiver goes to the listener.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> (Self, Receiver<Event>) {
        let (events, inbox) = bounded(CAPACITY);
        (Self { events, backlog: Arc::default(), turn: Arc::default(), wake: Arc::new(wake) }, inbox)
    }

    /// Tells the listener; if it has gone, nobody needs to know.
    pub fn tell(&self, event: Event) {
        let must_arrive = self.gather(event);
        let turn = match must_arrive {
            Some(_) => Some(self.turn.lock().unwrap_or_else(PoisonError::into_inner)),
            // Somebody is waiting for room: the news goes with what comes next.
            None => match self.turn.try_lock() {
                Ok(turn) => Some(turn),
                // A bell that panicked left nothing half done.
                Err(TryLockError::Poisoned(turn)) => Some(turn.into_inner()),
                Err(TryLockError::WouldBlock) => None,
            },
        };
        let Some(_turn) = turn else { return };
        if must_arrive.is_some() || self.events.len() + 2 <= CAPACITY {
            let news = self.backlog.lock().unwrap_or_else(PoisonError::into_inner).take();
            news.chain(must_arrive).for_each(|event| {
                self.events.send(event).ok();
            });
        }
        (self.wake)();
    }

    /// Puts news aside; gives back what has to be handed over by itself.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "what is no news of images is handed over by itself, whatever it is"
    )]
    fn gather(&self, event: Event) -> Option<Event> {
        let mut backlog = self.backlog.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            // What two threads tell at a time may come in either order: the later state is the truth.
            Event::Images(images) => {
                let is_later = backlog.images.as_ref().is_none_or(|known| known.revision() <= images.revision());
                if is_later {
                    backlog.images = Some(images);
                }
            }
            Event::Committed { images, version } => backlog.committed = Some((images, version)),
            other => return Some(other),
        }
        None
    }

    /// Tells the listener that something went wrong with what was asked for.
    pub fn complain(&self, of: Asked, problem: Problem) {
        tracing::warn!(%problem);
        self.tell(Event::Problem { of, problem });
    }

    /// Tells the listener what was found amiss and is done without.
    pub fn remark(&self, remark: Problem) {
        tracing::warn!(%remark);
        self.tell(Event::Remark(remark));
    }
}

impl Backlog {
    fn take(&mut self) -> impl Iterator<Item = Event> + use<> {
        let images = self.images.take().map(Event::Images);
        let committed = self.committed.take().map(|(images, version)| Event::Committed { images, version });
        [images, committed].into_iter().flatten()
    }
}
