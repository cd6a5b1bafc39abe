//! The thread that reads what is brought: whoever waits for input cannot be told to stop.

use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use crate::engine::message::{Problem, Progress};
use crate::store::stream::{BroughtColumns, BroughtRows, BroughtStream, StreamError};

const UNREAD: &str = "The vectors could not be read";
/// So long at most it takes to heed the wish to stop, while nothing comes.
const PATIENCE: Duration = Duration::from_millis(50);

/// What comes in, in its order: first what the rows have, then rows.
pub(super) struct Incoming {
    inbox: Receiver<Result<Brought, StreamError>>,
}

enum Brought {
    Columns(BroughtColumns),
    Rows(BroughtRows),
}

/// What there is next.
pub(super) enum Next<T> {
    Here(T),
    End,
    Stopped,
}

impl Incoming {
    /// Starts reading. The thread ends when there is no more, or nobody takes what it read; while it waits for input it is
    /// left to itself, since nothing wakes it.
    pub(super) fn start(input: Box<dyn Read + Send>, key: Option<String>) -> Result<Self, Problem> {
        // One waits here, one in the thread's hands.
        let (rows, inbox) = bounded(1);
        let read = move || {
            let outcome = catch_unwind(AssertUnwindSafe(|| read_all(input, key.as_deref(), &rows)));
            if outcome.is_err() {
                // The library trusts lengths that it reads, and gives up on some.
                rows.send(Err(StreamError::Broken { reason: "it contradicts itself".to_owned() })).ok();
            }
        };
        let thread = std::thread::Builder::new().name("tiramisu-input".into()).spawn(read);
        thread.map_err(|error| Problem::new(UNREAD, error))?;
        Ok(Self { inbox })
    }

    /// What the rows have; comes before any of them.
    pub(super) fn columns(&self, progress: &Progress) -> Result<Next<BroughtColumns>, Problem> {
        match self.next(progress)? {
            Next::Here(Brought::Columns(columns)) => Ok(Next::Here(columns)),
            Next::Stopped => Ok(Next::Stopped),
            Next::Here(Brought::Rows(_)) | Next::End => Err(Problem::new(UNREAD, "an internal error")),
        }
    }

    /// The next rows.
    pub(super) fn rows(&self, progress: &Progress) -> Result<Next<BroughtRows>, Problem> {
        match self.next(progress)? {
            Next::Here(Brought::Rows(rows)) => Ok(Next::Here(rows)),
            Next::Stopped => Ok(Next::Stopped),
            Next::Here(Brought::Columns(_)) | Next::End => Ok(Next::End),
        }
    }

    fn next(&self, progress: &Progress) -> Result<Next<Brought>, Problem> {
        loop {
            if progress.is_cancelled() {
                return Ok(Next::Stopped);
            }
            match self.inbox.recv_timeout(PATIENCE) {
                Ok(brought) => return brought.map(Next::Here).map_err(|error| Problem::new(UNREAD, error)),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(Next::End),
            }
        }
    }
}

fn read_all(input: Box<dyn Read + Send>, key: Option<&str>, rows: &Sender<Result<Brought, StreamError>>) {
    let stream = match BroughtStream::open(input, key) {
        Ok(stream) => stream,
        Err(error) => return drop(rows.send(Err(error))),
    };
    let columns = BroughtColumns::clone(stream.columns());
    if rows.send(Ok(Brought::Columns(columns))).is_err() {
        return;
    }
    for next in stream {
        let is_last = next.is_err();
        if rows.send(next.map(Brought::Rows)).is_err() || is_last {
            return;
        }
    }
}
