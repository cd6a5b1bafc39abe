//! What stands for an engine works on a thread of its own, as an engine does: what it makes and gives back is then no memory of the
//! window's thread, which would be strewn with it.

use std::sync::{Mutex, PoisonError};
use std::thread;

/// Does it there, and waits until it is done.
pub(super) fn aside<T: Send>(work: impl FnOnce() -> T + Send) -> Option<T> {
    let work = Mutex::new(Some(work));
    let take = || work.lock().unwrap_or_else(PoisonError::into_inner).take();
    let done = thread::scope(|scope| {
        let other = thread::Builder::new().name("made up".into()).spawn_scoped(scope, || take().map(|work| work()));
        other.ok().and_then(|other| other.join().ok()).flatten()
    });
    // Where no thread can be had it is done here.
    done.or_else(|| take().map(|work| work()))
}
