//! Frames as they are measured, and what becomes of them.

use std::time::{Duration, Instant};

use super::NotMeasured;
use super::window::{BenchWindow, Frame};
use crate::domain::{ActionTimes, FrameTimes};

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
}

impl Samples {
    pub(super) fn add(&mut self, frame: Frame) {
        self.thread_secs.push(frame.thread_secs);
        self.drawn_secs.extend(frame.drawn_secs);
        self.most_uploaded_bytes = self.most_uploaded_bytes.max(frame.uploaded_bytes);
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
        }
    }
}

/// Frames while something goes on; `poke` is what happens before each.
pub(super) fn every(
    window: &mut BenchWindow,
    progress: &mut Progress<'_>,
    action: &str,
    frames: usize,
    mut poke: impl FnMut(&mut BenchWindow, usize),
) -> Result<ActionTimes, NotMeasured> {
    let mut samples = Samples::default();
    for frame in 0..frames {
        progress.tell(action)?;
        poke(window, frame);
        samples.add(window.step());
    }
    Ok(samples.into_times(action, true))
}

/// Something is done so many times; of each the longest frame counts.
pub(super) fn longest(
    window: &mut BenchWindow,
    progress: &mut Progress<'_>,
    action: &str,
    times: usize,
    mut poke: impl FnMut(&mut BenchWindow, usize),
) -> Result<ActionTimes, NotMeasured> {
    let mut samples = Samples::default();
    for time in 0..times {
        poke(window, time);
        samples.add(until_done(window, progress, action)?);
    }
    Ok(samples.into_times(action, false))
}

/// Draws until all that was begun is done; the longest frame of all, with the most bytes that any uploaded.
pub(super) fn until_done(
    window: &mut BenchWindow,
    progress: &mut Progress<'_>,
    action: &str,
) -> Result<Frame, NotMeasured> {
    let begun = Instant::now();
    let mut longest = Frame::default();
    let mut frames = 0;
    loop {
        progress.tell(action)?;
        let frame = window.step();
        frames += 1;
        longest = Frame {
            thread_secs: longest.thread_secs.max(frame.thread_secs),
            drawn_secs: match (longest.drawn_secs, frame.drawn_secs) {
                (Some(a), Some(b)) => Some(a.max(b)),
                (a, b) => a.or(b),
            },
            uploaded_bytes: longest.uploaded_bytes.max(frame.uploaded_bytes),
            wants_another: frame.wants_another,
            rests: frame.rests,
        };
        let has_waited = !window.is_answered_elsewhere() || begun.elapsed() > ANSWERS;
        let is_seen = frames >= if frame.rests { LEAST_FRAMES } else { ENOUGH_FRAMES };
        if (is_seen && window.is_quiet() && has_waited) || begun.elapsed() > MOST {
            return Ok(longest);
        }
        if window.is_answered_elsewhere() && window.is_quiet() {
            // As between two frames on a screen: others get the processor.
            std::thread::sleep(Duration::from_millis(4));
        }
    }
}
