//! For how long each notice was to be seen: what lies behind a dialog, or behind newer ones, gets no older.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// How long each was seen, by its number.
#[derive(Debug, Default)]
pub struct Seen {
    all: BTreeMap<u64, Times>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Times {
    /// Until it was hidden last.
    before: Duration,
    /// Since when it is seen again, if it is.
    since: Option<Instant>,
}

impl Seen {
    /// These are seen from `now` on, if they were not already, and no others.
    pub fn see(&mut self, seen: &[u64], now: Instant) {
        for (id, times) in &mut self.all {
            if let (false, Some(since)) = (seen.contains(id), times.since) {
                *times = Times { before: times.before + now.saturating_duration_since(since), since: None };
            }
        }
        for id in seen {
            self.all.entry(*id).or_default().since.get_or_insert(now);
        }
    }

    /// How long one was seen by `now`.
    pub fn time_of(&self, id: u64, now: Instant) -> Duration {
        let Some(Times { before, since }) = self.all.get(&id) else { return Duration::ZERO };
        *before + since.map_or(Duration::ZERO, |since| now.saturating_duration_since(since))
    }

    /// Forgets all that are not there any more.
    pub fn keep(&mut self, is_there: impl Fn(u64) -> bool) {
        self.all.retain(|id, _| is_there(*id));
    }
}
