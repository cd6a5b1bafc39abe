//! For how long each notice was to be seen: what lies behind a dialog, behind newer ones, or in a window that is minimised, gets no older.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// From one frame to the next no more than this counts. A window that is minimised draws none, and nobody tells it for how long.
pub const LONGEST: Duration = Duration::from_secs(2);

/// How long each was seen, by its number.
#[derive(Debug, Default)]
pub struct Seen {
    all: BTreeMap<u64, Times>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Times {
    /// Until it was drawn last.
    before: Duration,
    /// When that was, if it is still seen.
    drawn: Option<Instant>,
}

impl Times {
    /// By `now`, if it is still seen.
    fn until(self, now: Instant) -> Duration {
        self.before + self.drawn.map_or(Duration::ZERO, |drawn| now.saturating_duration_since(drawn).min(LONGEST))
    }
}

impl Seen {
    /// These are seen from `now` on, if they were not already, and no others.
    pub fn see(&mut self, seen: &[u64], now: Instant) {
        for (id, times) in &mut self.all {
            *times = Times { before: times.until(now), drawn: seen.contains(id).then_some(now) };
        }
        for id in seen {
            self.all.entry(*id).or_default().drawn = Some(now);
        }
    }

    /// How long one was seen by `now`.
    pub fn time_of(&self, id: u64, now: Instant) -> Duration {
        self.all.get(&id).map_or(Duration::ZERO, |times| times.until(now))
    }

    /// Forgets all that are not there any more.
    pub fn keep(&mut self, is_there: impl Fn(u64) -> bool) {
        self.all.retain(|id, _| is_there(*id));
    }
}
