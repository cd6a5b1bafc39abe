//! The thread that reads a stream: whoever waits for input cannot be told to stop.

use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crossbeam_channel::{Receiver, Sender, bounded};

use crate::engine::message::Problem;
use crate::store::stream::{PictureRows, PictureStream, StreamError};

pub(super) const UNREAD: &str = "The pictures could not be read";

/// What comes of reading: rows, in their order, until the end or an error.
pub(super) type Rows = Result<PictureRows, Problem>;

/// Opens a stream on a thread of its own, and hands it back for the caller to see what it has.
pub(super) fn open(input: Box<dyn Read + Send>, column: Option<String>) -> Result<Receiver<Opened>, Problem> {
    let (reply, answer) = bounded(1);
    let work = move || {
        let opened = guarded(|| PictureStream::open(input, column.as_deref())).map_err(unread);
        reply.send(opened.and_then(|opened| opened.map_err(unread))).ok();
    };
    spawn(work)?;
    Ok(answer)
}

/// What comes of opening.
pub(super) type Opened = Result<PictureStream, Problem>;

/// Reads on. The thread ends when there is no more, or nobody takes what it read; while it waits for input it is left to
/// itself, since nothing wakes it.
pub(super) fn read(stream: PictureStream) -> Result<Receiver<Rows>, Problem> {
    // One waits here, one in the thread's hands.
    let (rows, inbox) = bounded(1);
    spawn(move || read_all(stream, &rows))?;
    Ok(inbox)
}

fn read_all(mut stream: PictureStream, rows: &Sender<Rows>) {
    loop {
        let next = match guarded(|| stream.next()) {
            Ok(None) => return,
            Ok(Some(next)) => next.map_err(unread),
            Err(error) => Err(unread(error)),
        };
        let is_last = next.is_err();
        if rows.send(next).is_err() || is_last {
            return;
        }
    }
}

/// The library trusts lengths that it reads, and gives up on some.
fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, StreamError> {
    let broken = |_| StreamError::Broken { reason: "it contradicts itself".to_owned() };
    catch_unwind(AssertUnwindSafe(work)).map_err(broken)
}

fn unread(error: StreamError) -> Problem {
    Problem::new(UNREAD, error)
}

fn spawn(work: impl FnOnce() + Send + 'static) -> Result<(), Problem> {
    let thread = std::thread::Builder::new().name("tiramisu-input".into()).spawn(work);
    thread.map(drop).map_err(|error| Problem::new(UNREAD, error))
}
