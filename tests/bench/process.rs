//! One run of a program, from its start to its end.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::extraction::peak_of;
use super::notebook::cpu_secs_of;
use super::table::median;

/// What a run took.
pub struct Run {
    /// From its start to its end.
    pub secs: f64,
    /// Without what it does before the first picture.
    pub inner_secs: f64,
    /// Of all its threads.
    pub cpu_secs: f64,
    /// The most memory it held.
    pub peak_mib: f64,
    /// Pictures that it was done with.
    pub images: f64,
    /// The document that it answered with.
    pub answer: Value,
}

impl Run {
    /// How many cores were at work in the mean.
    pub fn cores(&self) -> f64 {
        self.cpu_secs / self.secs
    }

    /// Of an extraction, how much of all its work was `decode`, `network` or `write`.
    pub fn share(&self, stage: &str) -> f64 {
        self.answer["spent"][format!("{stage}_share")].as_f64().unwrap_or(f64::NAN)
    }
}

/// The median of a number of some runs.
pub fn median_of(runs: &[Run], number: impl Fn(&Run) -> f64) -> f64 {
    median(runs.iter().map(number).collect())
}

/// Runs a process that answers with one JSON document, in which its seconds and its pictures have these names; `None` if it fails.
pub fn run(command: &mut Command, inner: &str, images: &str) -> Option<Run> {
    let begun = Instant::now();
    let mut running = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()?;
    let (mut cpu_secs, mut peak_kib) = (0.0f64, 0);
    while running.try_wait().ok()?.is_none() {
        cpu_secs = cpu_secs.max(cpu_secs_of(running.id()));
        peak_kib = peak_kib.max(peak_of(running.id()));
        std::thread::sleep(Duration::from_millis(5));
    }
    let secs = begun.elapsed().as_secs_f64();
    let output = running.wait_with_output().ok()?;
    let answer: Value = serde_json::from_slice(&output.stdout).ok()?;
    let (inner_secs, images) = (answer[inner].as_f64()?, answer[images].as_f64()?);
    Some(Run { secs, inner_secs, cpu_secs, peak_mib: peak_kib as f64 / 1024.0, images, answer })
}
