//! The walk through the folder, on a thread of its own.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

use crossbeam_channel::Sender;

use crate::domain::thousands;
use crate::engine::message::{Event, Problem, Progress};
use crate::engine::thread::outbox::Outbox;
use crate::images::{self, Found};

/// Found images are told in portions of at most this many, or of a tenth of a second.
const PORTION: usize = 512;

/// What the walk found meanwhile.
pub(super) type Portion = Vec<Found>;

/// Pictures of the sample collection that are to be made before the folder is walked.
#[derive(Clone, Copy, Debug)]
pub struct SampleWish {
    /// How many.
    pub count: usize,
    /// Which ones.
    pub seed: u64,
}

/// Makes the sample collection's pictures, and sends those that are there after the first few, then more and more at a
/// time: whoever waits for them sees the first ones at once.
///
/// # Errors
/// When a picture cannot be written.
pub(super) fn make_in_portions(
    folder: &Path,
    SampleWish { count, seed }: SampleWish,
    progress: &Progress,
    portions: &Sender<Portion>,
) -> Result<(), Problem> {
    let mut next = 1;
    let made = images::sample::write(folder, count, seed, &mut |made| {
        if made >= next {
            next = made * 2;
            let mut portion = Vec::new();
            // Whoever takes it passes by those that it knows. What cannot be walked is told of in the end.
            let walked = images::walk(folder, &|| progress.is_cancelled(), &mut |found| {
                portion.push(found);
                ControlFlow::Continue(())
            });
            if walked.is_ok() && portions.send(portion).is_err() {
                return ControlFlow::Break(());
            }
        }
        if progress.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    made.map(drop).map_err(|error| Problem::new("The sample pictures could not be made", error))
}

/// Walks the folder and sends what it finds; says in `is_clean` whether it saw everything. The listener is told of raw files.
///
/// # Errors
/// When the folder cannot be walked, or a part of it.
pub(super) fn walk_in_portions(
    folder: &Path,
    progress: &Progress,
    portions: &Sender<Portion>,
    is_clean: &AtomicBool,
    outbox: &Outbox,
) -> Result<(), Problem> {
    let mut portion = Vec::new();
    let mut since = Instant::now();
    let summary = images::walk(folder, &|| progress.is_cancelled(), &mut |found| {
        portion.push(found);
        if portion.len() >= PORTION || since.elapsed() > Duration::from_millis(100) {
            since = Instant::now();
            if portions.send(std::mem::take(&mut portion)).is_err() {
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    })
    .map_err(|error| Problem::new("The folder cannot be walked", error))?;
    is_clean.store(summary.problems.is_empty() && !summary.stopped, Relaxed);
    portions.send(portion).ok();
    if !summary.stopped {
        outbox.tell(Event::CameraRaw(summary.camera_raw));
    }
    if let Some(first) = summary.problems.first() {
        let more = match summary.problems.len() - 1 {
            0 => String::new(),
            more => format!(" (and {} more)", thousands(more)),
        };
        return Err(Problem::new(
            "Part of the folder could not be read",
            format!("{}: {}{more}", first.path.text, first.reason),
        ));
    }
    Ok(())
}
