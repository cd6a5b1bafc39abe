//! How far a job is: atomics the job bumps and a listener reads whenever it likes.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use tracing::field::Empty;
use tracing::span::EnteredSpan;

use super::AnalysisWish;

/// So many seconds a job runs before it is said how many are left.
const RATE_FROM_SECS: f64 = 2.0;

/// What an extraction's threads work at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Reading pictures: decoding, making them the network's size, thumbnails.
    Decode,
    /// The network, and pooling what its layers give.
    Network,
    /// Gathering statistics and exemplars, and writing to the disk.
    Write,
}

impl Stage {
    /// In the order of a picture's way.
    pub const ALL: [Self; 3] = [Self::Decode, Self::Network, Self::Write];
}

/// Counters of one job. Reading never blocks and costs nothing; there is no message per image.
#[derive(Debug)]
pub struct Progress {
    /// What is being done, for the person: `Extracting features`.
    pub title: String,
    /// What was wished, if the job is an analysis: whoever waits for one knows it by this, whatever it is called.
    pub wish: Option<AnalysisWish>,
    total: AtomicUsize,
    already: AtomicUsize,
    done: AtomicUsize,
    failed: AtomicUsize,
    moved: AtomicUsize,
    cancelled: AtomicBool,
    ended: AtomicBool,
    total_is_final: AtomicBool,
    started: Instant,
    ended_after_micros: AtomicU64,
    /// For each stage what all threads together worked at it.
    spent_micros: [AtomicU64; Stage::ALL.len()],
}

impl Progress {
    /// Starts the clock.
    pub fn new(title: impl Into<String>) -> Self {
        Self::since(Instant::now(), title)
    }

    /// The same of what began at another time.
    pub fn since(started: Instant, title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            wish: None,
            total: AtomicUsize::new(0),
            already: AtomicUsize::new(0),
            done: AtomicUsize::new(0),
            failed: AtomicUsize::new(0),
            moved: AtomicUsize::new(0),
            cancelled: AtomicBool::new(false),
            ended: AtomicBool::new(false),
            total_is_final: AtomicBool::new(false),
            started,
            ended_after_micros: AtomicU64::new(0),
            spent_micros: Default::default(),
        }
    }

    /// Of an analysis.
    pub fn of(wish: &AnalysisWish) -> Self {
        Self { wish: Some(wish.clone()), ..Self::new(wish.title()) }
    }

    /// Sets how much there is to do in all; `is_final` once nothing can be added any more.
    pub fn set_total(&self, total: usize, is_final: bool) {
        self.total.store(total, Relaxed);
        self.total_is_final.store(is_final, Relaxed);
    }

    /// Says how much was done by an earlier run.
    pub fn set_already(&self, already: usize) {
        self.already.store(already, Relaxed);
    }

    /// One thing an earlier run did is done again.
    pub fn redo(&self) {
        self.already.fetch_update(Relaxed, Relaxed, |already| Some(already.saturating_sub(1))).ok();
    }

    /// Counts work finished now, failures included.
    pub fn add(&self, done: usize, failed: usize) {
        self.done.fetch_add(done, Relaxed);
        self.failed.fetch_add(failed, Relaxed);
    }

    /// Says how much is finished now, where that is not counted one by one.
    pub fn set_done(&self, done: usize) {
        self.done.store(done, Relaxed);
    }

    /// Says how much is finished of the first `steps`, for what tells the share of its own work that is done.
    pub fn of_first(&self, steps: usize) -> impl Fn(f32) + Sync {
        move |share| self.set_done((share * steps as f32) as usize)
    }

    /// Asks the job to stop.
    pub fn cancel(&self) {
        self.cancelled.store(true, Relaxed);
    }

    /// Whether the job was asked to stop.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Relaxed)
    }

    /// Stops the clock.
    pub fn end(&self) {
        self.ended_after_micros.store(self.started.elapsed().as_micros() as u64, Relaxed);
        self.ended.store(true, Relaxed);
    }

    /// Whether the job is over, however it ended.
    pub fn has_ended(&self) -> bool {
        self.ended.load(Relaxed)
    }

    /// Everything there is, including what an earlier run did.
    pub fn total(&self) -> usize {
        self.total.load(Relaxed)
    }

    /// Whether the total can still grow.
    pub fn total_is_final(&self) -> bool {
        self.total_is_final.load(Relaxed)
    }

    /// Finished, by this run and earlier ones, failures included.
    pub fn done(&self) -> usize {
        self.already.load(Relaxed) + self.done.load(Relaxed)
    }

    /// Finished by this run.
    pub fn done_now(&self) -> usize {
        self.done.load(Relaxed)
    }

    /// Images this run could not read.
    pub fn failed(&self) -> usize {
        self.failed.load(Relaxed)
    }

    /// Counts pictures that were known again in other places.
    pub fn count_moved(&self, moved: usize) {
        self.moved.fetch_add(moved, Relaxed);
    }

    /// Pictures that this run knew again in other places: their files were moved or renamed.
    pub fn moved(&self) -> usize {
        self.moved.load(Relaxed)
    }

    /// Seconds since the start, or from start to end.
    pub fn elapsed_secs(&self) -> f64 {
        match self.has_ended() {
            true => self.ended_after_micros.load(Relaxed) as f64 / 1e6,
            false => self.started.elapsed().as_secs_f64(),
        }
    }

    /// A thread worked at a stage for this long.
    pub fn spend(&self, stage: Stage, time: Duration) {
        self.spent_micros[stage as usize].fetch_add(time.as_micros() as u64, Relaxed);
    }

    /// Seconds that all threads together worked at a stage. Stages overlap, so their sum may be more than what elapsed.
    pub fn spent_secs(&self, stage: Stage) -> f64 {
        self.spent_micros[stage as usize].load(Relaxed) as f64 / 1e6
    }

    /// Images per second over this run.
    pub fn images_per_sec(&self) -> f64 {
        self.done_now() as f64 / self.elapsed_secs().max(1e-3)
    }

    /// Seconds until the end at the present rate; `None` before anything was done, and in the first moments, whose rate says little.
    pub fn left_secs(&self) -> Option<f64> {
        if self.done_now() == 0 || self.elapsed_secs() < RATE_FROM_SECS {
            return None;
        }
        Some(self.total().saturating_sub(self.done()) as f64 / self.images_per_sec().max(1e-6))
    }

    /// Enters the span of this job, for whoever asks where time goes. It is left when what comes back is dropped.
    pub(in crate::engine) fn enter_span(&self) -> JobSpan<'_> {
        let span = tracing::info_span!("job", title = self.title.as_str(), done = Empty, failed = Empty).entered();
        JobSpan { progress: self, span }
    }

    /// Finished share in `0..=1`.
    pub fn share(&self) -> f32 {
        match self.total() {
            0 => 0.0,
            total => (self.done() as f32 / total as f32).min(1.0),
        }
    }
}

/// A job as the log has it. Counts are filled in at the end.
#[derive(Debug)]
pub(in crate::engine) struct JobSpan<'a> {
    progress: &'a Progress,
    span: EnteredSpan,
}

impl Drop for JobSpan<'_> {
    fn drop(&mut self) {
        self.span.record("done", self.progress.done_now());
        self.span.record("failed", self.progress.failed());
    }
}
