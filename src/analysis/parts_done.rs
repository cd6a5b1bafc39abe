//! How much is done of work that several threads do side by side.

use std::sync::{Mutex, PoisonError};

use super::Watch;

/// Counts parts, and tells the share.
pub(super) struct PartsDone<'a> {
    all: usize,
    watch: Watch<'a>,
    /// Held while the share is told, so that no thread tells less than another did before.
    done: Mutex<usize>,
}

impl<'a> PartsDone<'a> {
    /// None of so many yet.
    pub(super) fn of(all: usize, watch: Watch<'a>) -> Self {
        Self { all: all.max(1), watch, done: Mutex::new(0) }
    }

    /// So many more are done.
    pub(super) fn add(&self, parts: usize) {
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        *done += parts;
        (self.watch)((*done as f32 / self.all as f32).min(1.0));
    }
}

/// Tells a whole of which this is only the part between two shares.
pub(super) fn within(watch: Watch<'_>, from: f32, to: f32) -> impl Fn(f32) + Sync {
    move |share| watch((from + (to - from) * share).min(to))
}
