//! Threads that take pictures through a network on this processor, each of them one at a time.
//!
//! A picture that stays on one core stays in its cache from layer to layer, and no thread waits for another at the end of
//! every layer, as all do when they share a pass. The next batch's pictures follow those of the one before without a
//! pause. On a GPU nothing of this holds: there a batch is one pass.

use std::sync::atomic::{AtomicUsize, Ordering::AcqRel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use crossbeam_channel::{Receiver, Sender, bounded};
use rayon::ThreadPoolBuilder;
use tracing::Span;

use super::batch::{Batch, Pooled};
use super::gone;
use super::running::{Running, device_failed, panicked};
use crate::domain::Precision;
use crate::engine::message::{Asked, Problem, Stage};
use crate::engine::thread::guard::guarded;
use crate::engine::thread::outbox::Outbox;
use crate::features::{PooledBatch, PooledRows};

/// What came of a picture; `None` if it was stopped.
type Outcome = Result<Option<PooledRows>, Problem>;

/// The way to the threads; they end when it is dropped, after what they have at hand.
pub(super) struct Crew {
    jobs: Sender<Job>,
    members: usize,
}

/// A picture of a batch.
struct Job {
    running: Arc<Running>,
    shared: Arc<Shared>,
    picture: usize,
}

/// A batch that several threads have pictures of.
struct Shared {
    batch: Batch,
    precision: Precision,
    outbox: Outbox,
    started: Instant,
    span: Span,
    outcomes: Mutex<Vec<Option<Outcome>>>,
    left: AtomicUsize,
}

impl Crew {
    /// `members` threads, which share the processor's `cores`.
    pub(super) fn start(members: usize, cores: usize) -> std::io::Result<Self> {
        // Nobody waits in the queue: a batch is handed out when there are hands for it.
        let (jobs, inbox) = bounded(0);
        for member in 1..=members {
            let inbox = inbox.clone();
            std::thread::Builder::new()
                .name(format!("tiramisu-pass-{member}"))
                .spawn(move || serve(&inbox, (cores / members).max(1)))?;
        }
        Ok(Self { jobs, members })
    }

    /// Whether there are enough pictures that nobody is idle: of fewer, each is a pass that all threads share.
    pub(super) fn is_for(&self, batch: &Batch) -> bool {
        batch.count >= self.members
    }

    /// Hands out a batch, picture by picture, and returns when the last one is begun. Whoever finishes the last one
    /// answers.
    pub(super) fn run(&self, running: &Arc<Running>, batch: Batch, precision: Precision, outbox: &Outbox) {
        let count = batch.count;
        let span = tracing::debug_span!("batch", images = count, layers = batch.wanted.layers.len());
        let shared = Arc::new(Shared {
            batch,
            precision,
            outbox: outbox.clone(),
            started: Instant::now(),
            span,
            outcomes: Mutex::new((0..count).map(|_| None).collect()),
            left: AtomicUsize::new(count),
        });
        for picture in 0..count {
            let job = Job { running: running.clone(), shared: shared.clone(), picture };
            if self.jobs.send(job).is_err() {
                shared.take(picture, Err(gone()));
            }
        }
    }
}

fn serve(jobs: &Receiver<Job>, threads: usize) {
    // What an operation shares between threads stays on this one, or with those that it has for itself.
    // The others end with the pool.
    let pool = ThreadPoolBuilder::new().num_threads(threads).use_current_thread().build();
    if let Err(error) = &pool {
        tracing::warn!("passes share their threads with everything else: {error}");
    }
    for Job { running, shared, picture } in jobs {
        let outcome = guarded("The network failed while it ran", &Asked::Extract, &shared.outbox, || {
            shared.pass(&running, picture)
        });
        shared.take(picture, outcome.unwrap_or_else(|| Err(panicked())));
    }
}

impl Shared {
    /// Runs one picture.
    fn pass(&self, running: &Running, picture: usize) -> Outcome {
        let Batch { rgb, count, wanted, progress, .. } = &self.batch;
        let begun = Instant::now();
        let _batch = self.span.enter();
        let _forward = tracing::debug_span!("forward").entered();
        let bytes = rgb.len() / count;
        let rgb = &rgb[picture * bytes..][..bytes];
        let rows = running.pass(rgb, 1, wanted, progress).map(PooledBatch::read_rows).transpose();
        progress.spend(Stage::Network, begun.elapsed());
        rows.map_err(device_failed)
    }

    /// Takes what came of a picture; of the last one the batch's answer is made.
    fn take(&self, picture: usize, outcome: Outcome) {
        // What a thread left that failed is whole: an outcome is put in when it is there.
        let outcomes = || self.outcomes.lock().unwrap_or_else(PoisonError::into_inner);
        outcomes()[picture] = Some(outcome);
        if self.left.fetch_sub(1, AcqRel) > 1 {
            return;
        }
        let _batch = self.span.enter();
        let _read = tracing::debug_span!("read").entered();
        let outcomes = std::mem::take(&mut *outcomes());
        self.batch.reply.send(self.join(outcomes)).ok();
    }

    fn join(&self, outcomes: Vec<Option<Outcome>>) -> Result<Option<Pooled>, Problem> {
        let outcomes: Option<Vec<PooledRows>> = outcomes.into_iter().flatten().collect::<Result<_, _>>()?;
        let Some(joined) = outcomes.and_then(|rows| {
            rows.into_iter().reduce(|mut all, row| {
                all.append(row);
                all
            })
        }) else {
            return Ok(None);
        };
        Ok(Some(self.batch.finish(joined, self.started.elapsed(), self.precision, &self.outbox)))
    }
}
