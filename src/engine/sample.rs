//! The program's own pictures, for a first look without any files.

use std::ops::ControlFlow;
use std::path::Path;

use crate::engine::message::{Problem, Progress};
use crate::images;

/// The seed of the sample collection that the window opens.
pub const SAMPLE_SEED: u64 = 2016;

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
