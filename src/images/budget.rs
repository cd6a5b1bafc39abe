//! How much memory decoding may take in all.
//!
//! The limits of [`super::decode()`] hold for one picture, but every rayon worker decodes one of its own: sixteen
//! scanned posters at once would be far more than a laptop has. So a decode first claims what its header says it will
//! take, and waits while others hold too much. Photographs rarely meet; huge pictures go through a few at a time.
//!
//! Two rules keep it from standing still. Who waits holds no claim, so whoever holds one gets done. And the claims are
//! served in the order they came: a huge picture waits for those before it, not for a gap that small ones keep filling.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// What all decodes of this process share.
pub(super) static DECODING: Budget = Budget::new(1 << 30);

/// A number of bytes that threads share.
pub struct Budget {
    capacity_bytes: u64,
    queue: Mutex<Queue>,
    changed: Condvar,
}

struct Queue {
    held_bytes: u64,
    next_ticket: u64,
    now_serving: u64,
}

/// Bytes taken from a [`Budget`]; dropping it gives them back, also when a panic unwinds.
#[must_use = "the bytes are given back when the claim is dropped"]
pub struct Claim<'a> {
    budget: &'a Budget,
    bytes: u64,
}

impl Budget {
    /// A budget nothing is taken from yet.
    pub const fn new(capacity_bytes: u64) -> Self {
        let queue = Mutex::new(Queue { held_bytes: 0, next_ticket: 0, now_serving: 0 });
        Self { capacity_bytes, queue, changed: Condvar::new() }
    }

    /// Waits for its turn and until `bytes` are free. More than the whole budget is let in too, but alone.
    ///
    /// A thread that holds a claim must not ask for a second one, nor run other rayon jobs that might: it could wait
    /// for itself.
    pub fn claim(&self, bytes: u64) -> Claim<'_> {
        let mut queue = self.lock();
        let ticket = queue.next_ticket;
        queue.next_ticket += 1;
        let mut queue = self
            .changed
            .wait_while(queue, |queue| queue.now_serving != ticket || !self.fits(queue.held_bytes, bytes))
            .unwrap_or_else(PoisonError::into_inner);
        queue.now_serving += 1;
        queue.held_bytes += bytes;
        // The next in line may fit beside this one.
        self.changed.notify_all();
        Claim { budget: self, bytes }
    }

    fn fits(&self, held_bytes: u64, bytes: u64) -> bool {
        held_bytes == 0 || held_bytes.saturating_add(bytes) <= self.capacity_bytes
    }

    /// Nothing that panics runs under the lock, so a poisoned one still counts right.
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        self.budget.lock().held_bytes -= self.bytes;
        self.budget.changed.notify_all();
    }
}
