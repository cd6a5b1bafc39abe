//! Ctrl-C and `kill`: the first time they ask to stop in order, and the process ends whatever happens: at once with the
//! next Ctrl-C, soon after `kill`.
//!
//! Only verbs that look at [`was_asked`] listen. Any other ends at once, which is the system's own behaviour: the workspace
//! survives that by design.

use std::sync::atomic::{AtomicI32, Ordering::Relaxed};

use super::Outcome;

/// The signal that came last; 0 if none did.
static ASKED: AtomicI32 = AtomicI32::new(0);

#[cfg(unix)]
const SIGTERM: i32 = 15;

/// From now on the first Ctrl-C (and a plain `kill`) is remembered instead of ending the process.
///
/// Whoever calls this has to ask [`was_asked`] from then on. Should what runs hang all the same, a second Ctrl-C ends the
/// process at once, and `kill` within a few seconds: none of that needs a thread that still works.
///
/// Elsewhere than on Unix the system's own behaviour stays.
pub fn listen() {
    #[cfg(unix)]
    unix::listen();
}

/// Whether the person asked to stop.
pub fn was_asked() -> bool {
    ASKED.load(Relaxed) != 0
}

/// How a verb ended that stopped because it was asked to.
pub fn outcome() -> Outcome {
    match ASKED.load(Relaxed) {
        #[cfg(unix)]
        SIGTERM => Outcome::Terminated,
        _ => Outcome::Interrupted,
    }
}

#[cfg(unix)]
mod unix {
    use super::{ASKED, Relaxed, SIGTERM};

    // The same numbers on every Unix.
    const SIGINT: i32 = 2;
    const SIGALRM: i32 = 14;
    const STANDARD_ERROR: i32 = 2;

    /// So long `kill` leaves to stop in order. Whoever sends it (a desktop that logs out, a container that ends) often kills
    /// for good after ten seconds.
    const GRACE_SECS: u32 = 5;

    const LATE: &[u8] = b"tiramisu: it did not stop in order in time and was ended; what was committed stays\n";

    // Declared here because a few functions of the C library, which std links anyway, are not worth a dependency.
    unsafe extern "C" {
        fn signal(number: i32, handler: usize) -> usize;
        fn alarm(secs: u32) -> u32;
        fn write(file: i32, bytes: *const u8, count: usize) -> isize;
        fn _exit(code: i32) -> !;
    }

    pub fn listen() {
        let remember: extern "C" fn(i32) = remember;
        let end: extern "C" fn(i32) = end;
        // SAFETY: `signal` is called with valid signal numbers and handlers that live as long as the process and do nothing
        // but what is allowed inside a handler.
        unsafe {
            signal(SIGALRM, end as usize);
            signal(SIGINT, remember as usize);
            signal(SIGTERM, remember as usize);
        }
    }

    extern "C" fn remember(number: i32) {
        let earlier = ASKED.swap(number, Relaxed);
        // SAFETY: both are async-signal-safe, and have no preconditions.
        unsafe {
            if number == SIGINT && earlier != 0 {
                _exit(128 + number);
            }
            // Some send it twice at once, to the process and to its group: only the first one sets the alarm.
            if number == SIGTERM && earlier != SIGTERM {
                alarm(GRACE_SECS);
            }
        }
    }

    extern "C" fn end(_: i32) {
        // SAFETY: both are async-signal-safe; the bytes live as long as the process.
        unsafe {
            write(STANDARD_ERROR, LATE.as_ptr(), LATE.len());
            _exit(128 + SIGTERM);
        }
    }
}
