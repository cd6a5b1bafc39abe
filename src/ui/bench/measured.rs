//! Frames as they are measured, and what becomes of them.

use std::time::{Duration, Instant};

use super::NotMeasured;
use super::steps::Pace;
use super::window::{BenchWindow, Doing, Frame};
use crate::domain::{ActionTimes, FramePart, FrameTimes};
use crate::session::Choose;

/// Frames after which something that was done at once is seen to be done: if the window then rests, and else some more.
const LEAST_FRAMES: usize = 4;
const ENOUGH_FRAMES: usize = 24;
/// So long answers of other threads are waited for.
const ANSWERS: Duration = Duration::from_millis(400);
/// So long one thing may take.
const MOST: Duration = Duration::from_secs(20);

/// Whom it is told what is measured.
pub(super) struct Progress<'a> {
    pub(super) goes_on: &'a mut dyn FnMut(&str) -> bool,
    pub(super) is_stopped: bool,
}

impl Progress<'_> {
    /// Tells it.
    ///
    /// # Errors
    /// When the person has stopped it.
    pub(super) fn tell(&mut self, what: &str) -> Result<(), NotMeasured> {
        self.is_stopped |= !(self.goes_on)(what);
        if self.is_stopped { Err(NotMeasured::Stopped) } else { Ok(()) }
    }
}

/// What was measured of one thing that is done.
#[derive(Default)]
pub(super) struct Samples {
    thread_secs: Vec<f64>,
    drawn_secs: Vec<f64>,
    most_uploaded_bytes: Option<u64>,
    most_looked_at: u64,
    most_waiting: usize,
    /// The longest of them.
    longest: Frame,
}

impl Samples {
    pub(super) fn add(&mut self, frame: Frame) {
        if frame.thread_secs >= self.longest.thread_secs {
            self.longest = frame;
        }
        self.thread_secs.push(frame.thread_secs);
        self.drawn_secs.extend(frame.drawn_secs);
        self.most_uploaded_bytes = self.most_uploaded_bytes.max(frame.uploaded_bytes);
        self.most_looked_at = self.most_looked_at.max(frame.looked_at);
        self.most_waiting = self.most_waiting.max(frame.waiting);
    }

    /// The frames on the window's thread.
    pub(super) fn thread(&self) -> FrameTimes {
        FrameTimes::of(self.thread_secs.iter().copied()).unwrap_or_default()
    }

    pub(super) fn into_times(self, action: &str, goes_on: bool) -> ActionTimes {
        ActionTimes {
            action: action.to_owned(),
            goes_on,
            thread: self.thread(),
            drawn: FrameTimes::of(self.drawn_secs),
            most_uploaded_bytes: self.most_uploaded_bytes,
            most_looked_at: self.most_looked_at,
            most_waiting: self.most_waiting,
            longest_did: self.longest.did.iter().filter(|(_, secs)| *secs > 0.0).map(part).collect(),
        }
    }
}

fn part((what, secs): &(&'static str, f32)) -> FramePart {
    FramePart { what: (*what).to_owned(), ms: f64::from(*secs) * 1e3 }
}

/// A window, how often everything is done in it, and what came of it.
pub(super) struct Measuring<'a, 'b> {
    pub(super) window: &'a mut BenchWindow,
    pub(super) pace: Pace,
    pub(super) progress: &'a mut Progress<'b>,
    pub(super) done: &'a mut Vec<ActionTimes>,
    pub(super) remarks: &'a mut Vec<String>,
}

impl Measuring<'_, '_> {
    /// Measures frames while something goes on; `poke` is what happens before each.
    ///
    /// # Errors
    /// When the person has stopped it, as of all of these.
    pub(super) fn every(
        &mut self,
        action: &str,
        mut poke: impl FnMut(&mut BenchWindow, usize),
    ) -> Result<(), NotMeasured> {
        let mut samples = Samples::default();
        for frame in 0..self.pace.frames {
            self.progress.tell(action)?;
            poke(self.window, frame);
            samples.add(self.window.step());
        }
        self.done.push(samples.into_times(action, true));
        Ok(())
    }

    /// Measures what is done at once, again and again; of each time the longest frame counts.
    pub(super) fn longest(
        &mut self,
        action: &str,
        poke: impl FnMut(&mut BenchWindow, usize),
    ) -> Result<(), NotMeasured> {
        self.longest_after(action, None, poke)
    }

    /// The same of what changes something only after something else: that is done first each time, and not measured.
    pub(super) fn longest_after(
        &mut self,
        action: &str,
        first: Option<Choose>,
        mut poke: impl FnMut(&mut BenchWindow, usize),
    ) -> Result<(), NotMeasured> {
        let mut samples = Samples::default();
        for time in 0..self.pace.times {
            if let Some(first) = &first {
                self.window.then(Doing::Act(first.clone().into()));
                self.until_done(action)?;
            }
            poke(self.window, time);
            samples.add(self.until_done(action)?);
        }
        self.done.push(samples.into_times(action, false));
        Ok(())
    }

    /// Draws until all that was begun is done; the longest frame of all, with the most bytes that any uploaded, and the images that were
    /// looked at in all of them.
    pub(super) fn until_done(&mut self, action: &str) -> Result<Frame, NotMeasured> {
        let begun = Instant::now();
        let mut longest = Frame::default();
        let mut frames = 0;
        loop {
            self.progress.tell(action)?;
            let frame = self.window.step();
            frames += 1;
            longest = Frame {
                did: if frame.thread_secs >= longest.thread_secs { frame.did } else { longest.did },
                thread_secs: longest.thread_secs.max(frame.thread_secs),
                drawn_secs: match (longest.drawn_secs, frame.drawn_secs) {
                    (Some(a), Some(b)) => Some(a.max(b)),
                    (a, b) => a.or(b),
                },
                uploaded_bytes: longest.uploaded_bytes.max(frame.uploaded_bytes),
                looked_at: longest.looked_at + frame.looked_at,
                waiting: longest.waiting.max(frame.waiting),
                wants_another: frame.wants_another,
                rests: frame.rests,
            };
            let has_waited = !self.window.is_answered_elsewhere() || begun.elapsed() > ANSWERS;
            let is_seen = frames >= if frame.rests { LEAST_FRAMES } else { ENOUGH_FRAMES };
            // What is measured next is not to pay for what this began.
            let is_at_work = self.window.is_at_work();
            if (is_seen && self.window.is_quiet() && has_waited && !is_at_work) || begun.elapsed() > MOST {
                return Ok(longest);
            }
            if (is_at_work || self.window.is_answered_elsewhere()) && self.window.is_quiet() {
                // As between two frames on a screen: others get the processor.
                std::thread::sleep(Duration::from_millis(4));
            }
        }
    }
}
