//! Undo and redo of what is chosen.

use super::Chosen;

/// How many steps back are kept.
const DEPTH: usize = 200;

/// States that were left behind, and states that were taken back.
#[derive(Clone, Debug, Default)]
pub struct History {
    past: Vec<Chosen>,
    future: Vec<Chosen>,
}

impl History {
    /// Remembers `before`, which is about to change.
    pub fn record(&mut self, before: Chosen) {
        if self.past.len() == DEPTH {
            self.past.remove(0);
        }
        self.past.push(before);
        self.future.clear();
    }

    /// Gives the state before `now`.
    pub fn undo(&mut self, now: &Chosen) -> Option<Chosen> {
        let before = self.past.pop()?;
        self.future.push(now.clone());
        Some(before)
    }

    /// Gives the state that was taken back.
    pub fn redo(&mut self, now: &Chosen) -> Option<Chosen> {
        let after = self.future.pop()?;
        self.past.push(now.clone());
        Some(after)
    }

    /// The same steps, each state as `follow` makes it.
    pub fn map(self, follow: impl Fn(&Chosen) -> Chosen) -> Self {
        let all = |states: Vec<Chosen>| states.iter().map(&follow).collect();
        Self { past: all(self.past), future: all(self.future) }
    }

    /// Puts later steps on top of these; what was taken back before them cannot be brought back any more.
    pub fn append(&mut self, later: Self) {
        self.past.extend(later.past);
        self.past.drain(..self.past.len().saturating_sub(DEPTH));
        self.future = later.future;
    }

    /// Forgets steps that would change nothing, seen from `now`.
    pub fn forget_repeated(&mut self, now: &Chosen) {
        for states in [&mut self.past, &mut self.future] {
            states.dedup();
            while states.last() == Some(now) {
                states.pop();
            }
        }
    }

    /// Whether there is something to take back.
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether there is something to bring back.
    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }
}
