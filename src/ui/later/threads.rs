//! Threads that are kept for what comes next: a map that settles has something found out several times a second, and to begin a thread
//! takes the window's longer than all else it does for that, the more so while others ask the system for memory.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

/// Who has had nothing to do for so long ends.
const PATIENCE: Duration = Duration::from_secs(20);

/// So many wait for something to do at most.
const MOST: usize = 4;

/// What is done by one of them.
type Work = Box<dyn FnOnce() + Send>;

/// Threads of which some have nothing to do. Clones are the same ones.
#[derive(Clone, Default)]
pub struct Threads(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// Those that wait, each by its number.
    resting: Vec<(usize, Sender<Work>)>,
    /// How many were begun, ever.
    begun: usize,
}

impl Threads {
    /// Has `work` done by one that waits, or by a new one if none does. What panics ends its thread, and nothing else.
    ///
    /// # Errors
    /// When there can be no other thread: nothing is done.
    pub fn run(&self, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
        let mut work: Work = Box::new(work);
        let number = loop {
            let mut state = self.state();
            let Some((_, rested)) = state.resting.pop() else {
                state.begun += 1;
                break state.begun;
            };
            drop(state);
            match rested.send(work) {
                Ok(()) => return Ok(()),
                // It has died.
                Err(back) => work = back.into_inner(),
            }
        };
        let threads = self.clone();
        let (more, coming) = bounded(1);
        thread::Builder::new().name("beside".into()).spawn(move || threads.live(number, &more, &coming, work)).map(drop)
    }

    /// How many were begun since the first.
    pub fn begun(&self) -> usize {
        self.state().begun
    }

    /// How many wait for something to do.
    pub fn resting(&self) -> usize {
        self.state().resting.len()
    }

    /// What one of them does until it ends.
    fn live(&self, number: usize, more: &Sender<Work>, coming: &Receiver<Work>, first: Work) {
        let mut next = Some(first);
        while let Some(work) = next {
            work();
            next = self.rest(number, more, coming);
        }
    }

    /// Waits for something to do; `None` if there is nothing for a long while, or others wait already.
    fn rest(&self, number: usize, more: &Sender<Work>, coming: &Receiver<Work>) -> Option<Work> {
        let mut state = self.state();
        if state.resting.len() >= MOST {
            return None;
        }
        state.resting.push((number, more.clone()));
        drop(state);
        match coming.recv_timeout(PATIENCE) {
            Ok(work) => Some(work),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                let mut state = self.state();
                let before = state.resting.len();
                state.resting.retain(|(other, _)| *other != number);
                // Whoever has taken it off the list is about to send it something.
                let is_called = state.resting.len() == before;
                drop(state);
                if is_called { coming.recv_timeout(PATIENCE).ok() } else { None }
            }
        }
    }

    /// Held for some instructions only, by whoever.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
