//! The state of all images that several threads change and ask for.

use std::sync::{Mutex, PoisonError, RwLock};

use super::ImageRecords;

/// What is known now. Whoever changes it makes the next state beside it, copies and counts what that takes, and puts it in the place of
/// the one before; whoever asks meanwhile has that, and waits for nobody's work.
#[derive(Debug, Default)]
pub struct SharedRecords {
    /// Held only to take it or to put another in its place.
    now: RwLock<ImageRecords>,
    /// Held by who makes the next one, so that nobody's change is lost.
    turn: Mutex<()>,
}

impl SharedRecords {
    /// The state as it is now.
    pub fn now(&self) -> ImageRecords {
        self.now.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Makes the next state; `work` is handed a copy of the one there is, which costs nothing but what it changes of it. Whoever asks from
    /// within has the state before.
    pub fn change<T>(&self, work: impl FnOnce(&mut ImageRecords) -> T) -> T {
        // A panic left the state before.
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let mut next = self.now();
        let done = work(&mut next);
        std::mem::swap(&mut *self.now.write().unwrap_or_else(PoisonError::into_inner), &mut next);
        // What nobody keeps of the one before is given back here, where nobody waits for it.
        drop(next);
        done
    }
}

impl From<ImageRecords> for SharedRecords {
    fn from(now: ImageRecords) -> Self {
        Self { now: RwLock::new(now), turn: Mutex::default() }
    }
}
