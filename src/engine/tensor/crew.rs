//! Threads that take pictures through a network on this processor, each of them one at a time.
//!
//! A picture that stays on one core stays in its cache from layer to layer, and no thread waits for another at the end of
//! every layer, as all do when they share a pass. The next batch's pictures follow those of the one before without a
//! pause. On a GPU nothing of this holds: there a batch is one pass.

use std::sync::atomic::{AtomicUsize, Ordering::AcqRel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded};
use rayon::ThreadPoolBuilder;
use tracing::Span;

use super::batch::{Batch, Pooled};
use super::gone;
use super::running::Running;
use crate::domain::Precision;
use crate::engine::message::{Asked, Problem, Stage};
use crate::engine::thread::device_failure::{device_failed, panicked};
use crate::engine::thread::guard::guarded;
use crate::engine::thread::outbox::Outbox;
use crate::features::{PooledBatch, PooledRows};

/// What came of a picture; `None` if it was stopped.
type Outcome = Result<Option<PooledRows>, Problem>;

/// The way to the threads; they end when it is dropped, after what they have at hand.
pub(super) struct Crew {
    jobs: Sender<Job>,
    members: usize,
    /// Held by every picture that is under way, too.
    at_work: Arc<()>,
}

/// A picture of a batch.
struct Job {
    running: Arc<Running>,
    shared: Arc<Shared>,
    picture: usize,
    _at_work: Arc<()>,
}

/// A batch that several threads have pictures of.
struct Shared {
    batch: Batch,
    precision: Precision,
    outbox: Outbox,
    /// When the first picture was begun: until then the batch before it is at work.
    started: OnceLock<Instant>,
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
                .spawn(move || serve(&inbox, member, (cores / members).max(1)))?;
        }
        Ok(Self { jobs, members, at_work: Arc::default() })
    }

    /// Whether there are enough pictures that with those of the next batch nobody is idle: fewer are a pass that all threads
    /// share.
    pub(super) fn is_for(&self, batch: &Batch) -> bool {
        batch.count * 2 >= self.members
    }

    /// Waits until nobody is at work: what is timed then has the processor for itself.
    pub(super) fn rest(&self) {
        while Arc::strong_count(&self.at_work) > 1 {
            std::thread::sleep(Duration::from_millis(1));
        }
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
            started: OnceLock::new(),
            span,
            outcomes: Mutex::new((0..count).map(|_| None).collect()),
            left: AtomicUsize::new(count),
        });
        for picture in 0..count {
            let _at_work = self.at_work.clone();
            let job = Job { running: running.clone(), shared: shared.clone(), picture, _at_work };
            if self.jobs.send(job).is_err() {
                shared.take(picture, Err(gone()));
            }
        }
    }
}

fn serve(jobs: &Receiver<Job>, member: usize, threads: usize) {
    // What an operation shares between threads stays on this one, or with those that it has for itself.
    // The others end with the pool.
    let name = move |helper| format!("tiramisu-pass-{member}-{helper}");
    let pool = ThreadPoolBuilder::new().num_threads(threads).thread_name(name).use_current_thread().build();
    if let Err(error) = &pool {
        tracing::warn!("passes share more threads than there are cores: {error}");
    }
    for Job { running, shared, picture, _at_work } in jobs {
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
        self.started.get_or_init(|| begun);
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
        let elapsed_secs = self.started.get().map_or(0.0, |started| started.elapsed().as_secs_f64());
        Ok(Some(Pooled { rows: joined, precision: self.precision, elapsed_secs }))
    }
}
