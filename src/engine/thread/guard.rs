//! A panic becomes a failed answer, not a dead window.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::engine::message::{Asked, Problem};
use crate::engine::thread::outbox::Outbox;

/// Does `work`, which is `of` what was asked for; if it panics, the listener is told that `what` failed and `None` comes
/// back. The state `work` leaves behind is dropped or still whole: every caller starts afresh with the next question.
pub fn guarded<T>(what: &str, of: &Asked, outbox: &Outbox, work: impl FnOnce() -> T) -> Option<T> {
    let outcome = caught(work);
    if outcome.is_none() {
        tell_of_panic(what, of, outbox);
    }
    outcome
}

/// Does `work`; `None` if it panics, of which the listener is told nothing yet.
pub fn caught<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}

/// Does `work`; if it panics, what the panic said, of which the listener is told nothing yet.
pub fn attempted<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| said_by(&*payload))
}

/// Nothing, where a panic came with something else than words.
fn said_by(payload: &(dyn Any + Send)) -> String {
    let words = payload.downcast_ref::<String>().map(String::as_str).or(payload.downcast_ref::<&str>().copied());
    words.unwrap_or_default().to_owned()
}

/// Tells the listener that `what` failed by a panic.
pub fn tell_of_panic(what: &str, of: &Asked, outbox: &Outbox) {
    let why = "an internal error, described on the terminal";
    let problem =
        Problem::new(what, why).with_remedy("Everything committed so far is saved. Please report this error.");
    // The listener's bell may be what panicked.
    catch_unwind(AssertUnwindSafe(|| outbox.complain(of.clone(), problem))).ok();
}
