//! Undo and redo of what is chosen.

use std::sync::Arc;

use super::chosen::Chosen;
use super::following::Following;
use crate::session::Place;

/// How many steps back are kept.
const DEPTH: usize = 200;

/// States that were left behind, and states that were taken back.
///
/// When the pictures are opened again, what a state speaks of must be followed to what it is now. That waits until the state
/// is the next to be taken: opening again costs the same however many states there are.
#[derive(Clone, Debug, Default)]
pub struct History {
    past: Vec<Step>,
    future: Vec<Step>,
    /// Every opening again since the oldest state, the last one last.
    followings: Vec<Arc<Following>>,
    /// How often it was changed.
    state: u64,
    /// Where in the window one is.
    place: Place,
}

/// A state, how many of the followings are done with it, and where the choice was made that led away from it, or that leads to it again.
#[derive(Clone, Debug)]
struct Step {
    chosen: Chosen,
    followed: usize,
    place: Place,
}

impl History {
    /// Where in the window one is: what is chosen next is chosen there.
    pub fn set_place(&mut self, place: Place) {
        self.place = place;
    }

    /// Remembers `before`, which is about to change.
    pub fn record(&mut self, before: Chosen) {
        if self.past.len() == DEPTH {
            self.past.remove(0);
        }
        self.state += 1;
        let step = self.step(before, self.place);
        self.past.push(step);
        self.future.clear();
    }

    /// Gives the state before `now`, and where the choice was made that led from one to the other.
    pub fn undo(&mut self, now: &Chosen) -> Option<(Chosen, Place)> {
        self.state += 1;
        let Step { place, .. } = *self.past.last()?;
        let before = self.past.pop()?.follow(&self.followings);
        let step = self.step(now.clone(), place);
        self.future.push(step);
        self.forget_repeated(&before);
        Some((before, place))
    }

    /// Gives the state before the last `steps`, and where the first of these was made; what is between can be brought back step by step.
    pub fn undo_many(&mut self, steps: usize, now: &Chosen) -> Option<(Chosen, Place)> {
        let mut before = self.undo(now)?;
        for _ in 1..steps {
            match self.undo(&before.0) {
                Some(earlier) => before = earlier,
                None => break,
            }
        }
        Some(before)
    }

    /// The states before `now`, the newest first, as they are now: what was opened again since has other places. With each where the
    /// choice was made that led away from it.
    pub(super) fn past(&self) -> impl Iterator<Item = (Chosen, Place)> {
        self.past.iter().rev().map(|step| (step.clone().follow(&self.followings), step.place))
    }

    /// Another number whenever anything of it is.
    pub(super) fn state(&self) -> u64 {
        self.state
    }

    /// Gives the state that was taken back, and where the choice had been made that leads there.
    pub fn redo(&mut self, now: &Chosen) -> Option<(Chosen, Place)> {
        self.state += 1;
        let Step { place, .. } = *self.future.last()?;
        let after = self.future.pop()?.follow(&self.followings);
        let step = self.step(now.clone(), place);
        self.past.push(step);
        self.forget_repeated(&after);
        Some((after, place))
    }

    /// What all states speak of is to be looked for as `following` does, each when its turn comes.
    pub(super) fn follow(&mut self, following: Following) {
        self.state += 1;
        self.followings.push(Arc::new(following));
    }

    /// Puts later steps on top of these, each as `on_top` makes it; what was taken back before them cannot be brought back
    /// any more.
    pub fn append(&mut self, later: Self, on_top: impl Fn(Chosen) -> Chosen) {
        self.state += 1;
        let Self { past, future, followings, .. } = later;
        debug_assert!(followings.is_empty(), "what is on top is of now");
        let followed = self.followings.len();
        let on_top = |step: Step| Step { chosen: on_top(step.chosen), followed, place: step.place };
        self.past.extend(past.into_iter().map(on_top));
        self.past.drain(..self.past.len().saturating_sub(DEPTH));
        self.future = future.into_iter().map(on_top).collect();
    }

    /// Forgets the next steps as long as they would change nothing, seen from `now`.
    pub fn forget_repeated(&mut self, now: &Chosen) {
        let followings = &self.followings;
        // Without them a step is never what it leads away from.
        if followings.is_empty() {
            return;
        }
        for steps in [&mut self.past, &mut self.future] {
            while let Some(step) = steps.pop() {
                let place = step.place;
                let chosen = step.follow(followings);
                if chosen != *now {
                    steps.push(Step { chosen, followed: followings.len(), place });
                    break;
                }
            }
        }
    }

    /// Labels came from elsewhere: what was given by hand before cannot be taken back to those of before, nor brought back.
    pub(super) fn forget_labels(&mut self, now: &mut Chosen) {
        let is_labelled = |step: &Step| !step.chosen.label_edits.is_empty();
        if now.label_edits.is_empty() && !self.past.iter().chain(&self.future).any(is_labelled) {
            return;
        }
        self.state += 1;
        now.label_edits.clear();
        for steps in [&mut self.past, &mut self.future] {
            // A step that changed nothing else is none any more.
            let mut next = (now.clone(), self.followings.len());
            let mut kept = Vec::with_capacity(steps.len());
            while let Some(mut step) = steps.pop() {
                step.chosen.label_edits.clear();
                if (&step.chosen, step.followed) != (&next.0, next.1) {
                    next = (step.chosen.clone(), step.followed);
                    kept.push(step);
                }
            }
            kept.reverse();
            *steps = kept;
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

    /// Bytes that the selections of all states take, beside that of `now`: most share nearly all of it with the next.
    pub fn bytes(&self, now: &Chosen) -> usize {
        let mut later = now;
        let mut bytes = 0;
        for step in self.past.iter().rev() {
            bytes += size_of::<Step>() + step.chosen.selection.bytes_beside(&later.selection);
            later = &step.chosen;
        }
        let mut earlier = now;
        for step in self.future.iter().rev() {
            bytes += size_of::<Step>() + step.chosen.selection.bytes_beside(&earlier.selection);
            earlier = &step.chosen;
        }
        bytes
    }

    /// A state of now.
    fn step(&self, chosen: Chosen, place: Place) -> Step {
        Step { chosen, followed: self.followings.len(), place }
    }
}

impl Step {
    /// The state as it is now.
    fn follow(self, followings: &[Arc<Following>]) -> Chosen {
        followings[self.followed..].iter().fold(self.chosen, |chosen, following| following.followed(&chosen))
    }
}
