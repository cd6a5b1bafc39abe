//! Ctrl-C: the first one asks to stop in order, the second one stops at once.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

static ASKED: AtomicBool = AtomicBool::new(false);

/// From now on Ctrl-C (and a plain `kill`) is remembered instead of ending the process.
///
/// Elsewhere than on Unix the system's own behaviour stays: the process ends at once, and the workspace survives that by
/// design.
pub fn listen() {
    #[cfg(unix)]
    unix::listen();
}

/// Whether the person asked to stop.
pub fn was_asked() -> bool {
    ASKED.load(Relaxed)
}

#[cfg(unix)]
mod unix {
    use super::{ASKED, Relaxed};

    // The same numbers on every Unix.
    const SIGINT: i32 = 2;
    const SIGTERM: i32 = 15;
    const DEFAULT: usize = 0;

    // Declared here because one function of the C library, which std links anyway, is not worth a dependency.
    unsafe extern "C" {
        fn signal(number: i32, handler: usize) -> usize;
    }

    pub fn listen() {
        let handler: extern "C" fn(i32) = remember;
        // SAFETY: `signal` is called with valid signal numbers and a handler that lives as long as the process and does
        // nothing but what is allowed inside a handler.
        unsafe {
            signal(SIGINT, handler as usize);
            signal(SIGTERM, handler as usize);
        }
    }

    extern "C" fn remember(number: i32) {
        ASKED.store(true, Relaxed);
        // SAFETY: `signal` is async-signal-safe; the next one of this kind ends the process.
        unsafe {
            signal(number, DEFAULT);
        }
    }
}
