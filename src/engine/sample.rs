//! The program's own pictures, for a first look without any files.

use std::ops::ControlFlow;
use std::path::Path;

use crate::engine::message::{Problem, Progress};
use crate::images;

/// The seed of the sample collection that the window opens.
pub const SAMPLE_SEED: u64 = 2016;

/// Says before anything is written whether `dir` has room for the sample of `seed`: it is new, empty, or holds pictures of that sample
/// alone. Ends early if `progress` is cancelled.
///
/// # Errors
/// When something else lies there, or a picture of other content has the name of one of the sample.
pub fn check_sample_room(dir: &Path, seed: u64, progress: &Progress) -> Result<(), Problem> {
    images::sample::check_room(dir, seed, &|| progress.is_cancelled())
        .map_err(|error| Problem::new("No sample pictures were made", error))
}

/// Makes `count` pictures below `dir`, one folder a class; the same seed makes the same files. Returns how many were
/// written; fewer if `progress` was cancelled.
///
/// # Errors
/// When the folder cannot be written.
pub fn make_sample(dir: &Path, count: usize, seed: u64, progress: &Progress) -> Result<usize, Problem> {
    progress.set_total(count, true);
    let mut told = 0;
    let outcome = images::sample::write(dir, count, seed, &mut |done| {
        progress.add(done.saturating_sub(told), 0);
        told = done;
        if progress.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    progress.end();
    outcome.map_err(|error| Problem::new("The sample pictures could not be made", error))?;
    Ok(told)
}
