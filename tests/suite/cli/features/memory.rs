//! However long a stream is, a few batches of it are held.

use std::io::{self, Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use tiramisu::domain::{Pooling, Precision};
use tiramisu::engine::{EngineOptions, NetworkFile, Progress, StreamEnd, StreamPlan, StreamWish};
use tiramisu::gpu::Compute;

use super::{pictures, stream};

/// Rows of a batch.
const ROWS: usize = 4;
/// Batches of the stream.
const BATCHES: usize = 200;

/// What was read and written so far.
#[derive(Default)]
struct Counts {
    batches_read: AtomicUsize,
    bytes_written: AtomicUsize,
    most_held: AtomicUsize,
}

/// The lengths in bytes of what is written: of the schema, and of each batch.
#[derive(Clone, Copy)]
struct Lengths {
    schema: usize,
    batch: usize,
}

/// Hands out one batch after the other, the next when the one before was taken to its end.
struct Source {
    counts: Arc<Counts>,
    written: Lengths,
    batch: Vec<u8>,
    end: Vec<u8>,
    /// What is being handed out.
    now: io::Cursor<Vec<u8>>,
}

impl Source {
    fn new(counts: Arc<Counts>, written: Lengths) -> Self {
        let rows = pictures(1..1 + ROWS as u32);
        let none = super::write(&rows.schema(), &[]);
        let one = stream(&[rows]);
        let (schema, end) = none.split_at(none.len() - super::END.len());
        let batch = one[schema.len()..one.len() - end.len()].to_vec();
        Self { counts, written, batch, end: end.to_vec(), now: io::Cursor::new(schema.to_vec()) }
    }
}

impl Read for Source {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let given = self.now.read(into)?;
        if given > 0 || into.is_empty() {
            return Ok(given);
        }
        let written = self.counts.bytes_written.load(SeqCst).saturating_sub(self.written.schema) / self.written.batch;
        let next = match self.counts.batches_read.load(SeqCst) {
            read if read < BATCHES => {
                self.counts.most_held.fetch_max(read + 1 - written, SeqCst);
                self.batch.clone()
            }
            BATCHES => self.end.clone(),
            _ => return Ok(0),
        };
        self.counts.batches_read.fetch_add(1, SeqCst);
        self.now = io::Cursor::new(next);
        self.now.read(into)
    }
}

/// Counts, and lets others wait.
struct Sink(Arc<Counts>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        std::thread::sleep(std::time::Duration::from_millis(1));
        self.0.bytes_written.fetch_add(bytes.len(), SeqCst);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_long_stream_does_not_gather_in_memory() {
    let wish = StreamWish {
        network: NetworkFile::Analytic,
        layers: Some(vec!["edges".to_owned()]),
        poolings: Pooling::ALL.to_vec(),
        vectors: Precision::Half,
        column: None,
        thumbnails: false,
        keep_content: false,
        folder: "".into(),
    };
    let options = EngineOptions { compute: Compute::Cpu, batch_images: Some(ROWS), ..EngineOptions::default() };
    let plan = StreamPlan::new(wish, options).expect("the network is part of the program");
    let progress = || Arc::new(Progress::new("Making features"));
    let length = |batches: usize| {
        let rows = pictures(1..1 + ROWS as u32);
        let (input, mut out) = (super::write(&rows.schema(), &vec![rows.clone(); batches]), Vec::new());
        plan.run(Box::new(io::Cursor::new(input)), &mut out, &progress()).expect("it runs to the end");
        out.len()
    };
    let batch = length(2) - length(1);
    let written = Lengths { schema: length(0) - super::END.len(), batch };

    let (counts, progress) = (Arc::new(Counts::default()), progress());
    let input = Box::new(Source::new(counts.clone(), written));
    let streamed = plan.run(input, Sink(counts.clone()), &progress).expect("it runs to the end");
    assert_eq!((streamed.end, streamed.rows, progress.done_now()), (StreamEnd::Whole, ROWS * BATCHES, ROWS * BATCHES));
    let all = written.schema + BATCHES * batch + super::END.len();
    assert_eq!(counts.bytes_written.load(SeqCst), all, "every batch is as long as the first");
    // One in the reader's hands, one in the queue, one that waits to be begun, two that are at work, one that is written, and
    // what a buffer takes ahead.
    let most = counts.most_held.load(SeqCst);
    assert!((1..=8).contains(&most), "{most} batches of {BATCHES} were held at once");
}
