//! Rows in, network, rows out: two batches of pictures overlap, one decoded while the network has the other.

use std::io::{Read, Write};
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, TryRecvError, bounded};
use rayon::prelude::*;

use super::picture::Preparing;
use super::reading::{self, Rows, UNREAD};
use super::waiting::{RowAtWork, WaitingRows};
use super::{StreamEnd, StreamPlan, Streamed};
use crate::domain::{Precision, StoredLayer};
use crate::engine::extraction::batching::BatchSize;
use crate::engine::message::{Event, Problem, Progress, Stage};
use crate::engine::tensor::{Batch, Pooled, TensorHandle, Wanted, images_in_a_batch};
use crate::engine::thread::outbox::Outbox;
use crate::engine::thread::readers::Readers;
use crate::gpu::{self, DeviceWhenNeeded};
use crate::store::stream::{FeatureStream, MadePicture, StreamError};

/// So long at most it takes to heed the wish to stop, while nothing comes.
const PATIENCE: Duration = Duration::from_millis(50);

/// Why it does not go on.
enum Halt {
    Stopped,
    Closed,
    Failed(Problem),
}

impl From<Problem> for Halt {
    fn from(problem: Problem) -> Self {
        Self::Failed(problem)
    }
}

impl From<StreamError> for Halt {
    fn from(error: StreamError) -> Self {
        #[expect(clippy::wildcard_enum_match_arm, reason = "all others are failures")]
        match error {
            StreamError::Closed => Self::Closed,
            other => Self::Failed(Problem::new("The features could not be written", other)),
        }
    }
}

/// As [`StreamPlan::run`].
pub(super) fn run(
    plan: &StreamPlan,
    input: Box<dyn Read + Send>,
    output: impl Write,
    progress: &Arc<Progress>,
) -> Result<Streamed, Problem> {
    let (outbox, events) = Outbox::new(|| {});
    let mut streamed =
        Streamed { rows: 0, with_problem: 0, end: StreamEnd::Whole, device: String::new(), remarks: Vec::new() };
    // First what is read: without it there is nothing to open a device for.
    let outcome = wait(&reading::open(input, plan.wish.column.clone())?, progress).and_then(|opened| {
        let stream = opened?;
        let unusable = |error| Problem::new("The compute device could not be opened", error);
        let mut device = gpu::open_with(plan.options.compute, plan.options.adapter.as_deref()).map_err(unusable)?;
        if plan.options.precision == Precision::Half {
            device.expect_half().map_err(unusable)?;
            device.description += ", half precision";
        }
        streamed.device = device.description.clone();
        let out = FeatureStream::open(output, &stream, &plan.columns, plan.wish.keep_content)?;
        let failed = |error: std::io::Error| Problem::new("The network cannot be run", error);
        let (tensor, join) =
            TensorHandle::start(DeviceWhenNeeded::opened(device), plan.options.precision, outbox.clone())
                .map_err(failed)?;
        let done = tensor.use_network(plan.graph.clone()).map_err(Halt::from).and_then(|()| {
            let rows = reading::read(stream)?;
            Work::new(plan, tensor, outbox, &events, progress, out, &mut streamed).run(&rows)
        });
        if done.is_err() {
            // What the network has at hand is of no use to anybody.
            progress.cancel();
        }
        // Every way to the thread is gone by now, so it ends.
        join.join().ok();
        done
    });
    match outcome {
        Ok(()) => {}
        Err(Halt::Stopped) => streamed.end = StreamEnd::Stopped,
        Err(Halt::Closed) => streamed.end = StreamEnd::Closed,
        Err(Halt::Failed(problem)) => return Err(problem),
    }
    Ok(streamed)
}

/// Waits for what comes of a thread, or for the wish to stop.
fn wait<T>(inbox: &Receiver<T>, progress: &Progress) -> Result<T, Halt> {
    loop {
        match inbox.recv_timeout(PATIENCE) {
            Ok(answer) => return Ok(answer),
            Err(RecvTimeoutError::Timeout) if progress.is_cancelled() => return Err(Halt::Stopped),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Err(Problem::new(UNREAD, "an internal error").into()),
        }
    }
}

struct Work<'a, W: Write> {
    plan: &'a StreamPlan,
    tensor: TensorHandle,
    outbox: Outbox,
    events: &'a Receiver<Event>,
    progress: &'a Arc<Progress>,
    out: FeatureStream<W>,
    streamed: &'a mut Streamed,
    wanted: Arc<Wanted>,
    size: BatchSize,
    waiting: WaitingRows,
}

/// A batch of pictures that the network has.
struct InFlight {
    /// What is told of each, or why it cannot be read.
    pictures: Vec<Result<MadePicture, String>>,
    answer: Option<Receiver<Result<Option<Pooled>, Problem>>>,
}

impl<'a, W: Write> Work<'a, W> {
    fn new(
        plan: &'a StreamPlan,
        tensor: TensorHandle,
        outbox: Outbox,
        events: &'a Receiver<Event>,
        progress: &'a Arc<Progress>,
        out: FeatureStream<W>,
        streamed: &'a mut Streamed,
    ) -> Self {
        let stored: Vec<StoredLayer> = plan.columns.spec().columns.iter().map(|(stored, _)| stored.clone()).collect();
        let single = if plan.columns.precision() == Precision::Single { stored.clone() } else { Vec::new() };
        let wanted = Arc::new(Wanted::new(&plan.layers, stored, &single));
        let most = images_in_a_batch(&plan.graph, tensor.device());
        let size = BatchSize::new(plan.options.batch_images, most);
        let waiting = WaitingRows::default();
        Self { plan, tensor, outbox, events, progress, out, streamed, wanted, size, waiting }
    }

    fn run(mut self, rows: &Receiver<Rows>) -> Result<(), Halt> {
        let mut in_flight = None;
        let mut goes_on = true;
        while goes_on || in_flight.is_some() || !self.waiting.is_empty() {
            while goes_on && !self.waiting.has_idle(self.size.images()) {
                // Only when there is nothing else to do: who writes may wait for the answer to what it wrote.
                let must_wait = in_flight.is_none() && !self.waiting.has_idle(1);
                match next_rows(rows, must_wait) {
                    Ok(came) => self.waiting.take(came?),
                    Err(TryRecvError::Empty) => break,
                    Err(TryRecvError::Disconnected) => goes_on = false,
                }
                // A batch without rows has nothing to wait for.
                self.write_whole()?;
            }
            if self.progress.is_cancelled() {
                return Err(Halt::Stopped);
            }
            let next = self.waiting.begin(self.size.images(), &self.plan.columns);
            let started = if next.is_empty() { None } else { Some(self.start(&next)?) };
            if let Some(batch) = std::mem::replace(&mut in_flight, started) {
                self.finish(batch)?;
                self.write_whole()?;
            }
        }
        self.out.finish()?;
        Ok(())
    }

    /// Decodes pictures and hands them to the network.
    fn start(&self, rows: &[RowAtWork]) -> Result<InFlight, Halt> {
        let _decode = tracing::debug_span!("decode", images = rows.len()).entered();
        let (input, with_thumbnail) = (self.plan.graph.preprocessing.resizing(), self.plan.columns.has_thumbnails());
        let preparing = Preparing { folder: &self.plan.wish.folder, input, with_thumbnail };
        let progress = self.progress;
        let prepare = |at: &RowAtWork| {
            if progress.is_cancelled() {
                return Err(String::new());
            }
            let begun = std::time::Instant::now();
            let picture = preparing.prepare(at.rows.picture(at.row));
            progress.spend(Stage::Decode, begun.elapsed());
            picture
        };
        let prepared: Vec<_> = Readers::Job.run(|| rows.par_iter().map(prepare).collect());
        if self.progress.is_cancelled() {
            return Err(Halt::Stopped);
        }
        let mut rgb = Vec::with_capacity(rows.len() * input.width as usize * input.height as usize * 3);
        let mut count = 0;
        let pictures = prepared
            .into_iter()
            .map(|picture| {
                let picture = picture?;
                rgb.extend_from_slice(&picture.rgb);
                count += 1;
                Ok(picture.made)
            })
            .collect();
        if count == 0 {
            return Ok(InFlight { pictures, answer: None });
        }
        let (reply, answer) = bounded(1);
        let (wanted, progress) = (self.wanted.clone(), self.progress.clone());
        self.tensor.run(Batch { rgb, count, wanted, progress, reply })?;
        Ok(InFlight { pictures, answer: Some(answer) })
    }

    /// Takes what the network made of pictures.
    fn finish(&mut self, batch: InFlight) -> Result<(), Halt> {
        let mut columns = Vec::new();
        if let Some(answer) = batch.answer {
            let lost = |_| Problem::new("The network failed while it ran", "its thread has ended");
            let pooled = answer.recv().map_err(lost)??.ok_or(Halt::Stopped)?;
            let readable = batch.pictures.iter().filter(|picture| picture.is_ok()).count();
            self.size.learn(readable, pooled.elapsed_secs);
            columns = pooled.into_columns(&self.wanted, &self.outbox).0;
        }
        let places: Vec<usize> = self.plan.columns.places().collect();
        let (count, mut failed, mut readable) = (batch.pictures.len(), 0, 0);
        for picture in batch.pictures {
            let made = self.waiting.next_made().expect("each row at work waits for what is made of it");
            let is_well = match picture {
                Ok(picture) => {
                    let row = readable;
                    readable += 1;
                    made.push(picture, places.iter().map(|place| columns[*place].row(row)))
                }
                Err(problem) => {
                    made.push_problem(problem);
                    false
                }
            };
            failed += usize::from(!is_well);
        }
        self.streamed.with_problem += failed;
        self.progress.add(count, failed);
        self.hear();
        Ok(())
    }

    /// Writes the batches that are whole.
    fn write_whole(&mut self) -> Result<(), Halt> {
        while let Some((rows, made)) = self.waiting.pop_whole(&self.plan.columns) {
            let begun = std::time::Instant::now();
            self.out.write(&rows, made)?;
            self.streamed.rows += rows.len();
            self.progress.spend(Stage::Write, begun.elapsed());
        }
        Ok(())
    }

    /// Takes in what the network's thread found amiss.
    fn hear(&mut self) {
        for event in self.events.try_iter() {
            #[expect(clippy::wildcard_enum_match_arm, reason = "nothing else comes from that thread")]
            match event {
                Event::Problem { problem, .. } | Event::Remark(problem) | Event::DeviceLost { problem, .. } => {
                    self.streamed.remarks.push(problem)
                }
                _ => {}
            }
        }
    }
}

/// The next rows; `Empty` if there are none now, `Disconnected` if there will be none.
fn next_rows(rows: &Receiver<Rows>, must_wait: bool) -> Result<Rows, TryRecvError> {
    match must_wait {
        false => rows.try_recv(),
        true => rows.recv_timeout(PATIENCE).map_err(|error| match error {
            RecvTimeoutError::Timeout => TryRecvError::Empty,
            RecvTimeoutError::Disconnected => TryRecvError::Disconnected,
        }),
    }
}
