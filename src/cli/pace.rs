//! When to write a line about progress, where no bar can be drawn.

use std::time::Duration;

/// A line is due five seconds after the start, then every five seconds, and rarer when work takes long, for the sake of
/// logs: every minute after twenty.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    next: Duration,
}

impl Pace {
    const SHORTEST: Duration = Duration::from_secs(5);
    const LONGEST: Duration = Duration::from_secs(60);
    /// Of the time that has passed.
    const SHARE: u32 = 20;

    /// Whether a line is due `elapsed` after the start; if so, the next one is planned.
    pub fn is_due(&mut self, elapsed: Duration) -> bool {
        if elapsed < self.next {
            return false;
        }
        self.next = elapsed + (elapsed / Self::SHARE).clamp(Self::SHORTEST, Self::LONGEST);
        true
    }
}

impl Default for Pace {
    fn default() -> Self {
        Self { next: Self::SHORTEST }
    }
}
