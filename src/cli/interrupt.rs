//! Ctrl-C and `kill`: the first time they ask to stop in order, and the process ends whatever happens: at once with the
//! next Ctrl-C, soon after `kill`.
//!
//! Only verbs that look at [`was_asked`] listen. Any other ends at once, which is the system's own behaviour: the workspace
//! survives that by design.

use std::io;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use super::Outcome;

/// The signal that came last; 0 if none did.
static LAST: AtomicUsize = AtomicUsize::new(0);

/// Whether one came: the next Ctrl-C ends the process.
static CAME: AtomicBool = AtomicBool::new(false);

/// From now on the first Ctrl-C (and a plain `kill`) is remembered instead of ending the process.
///
/// Whoever calls this has to ask [`was_asked`] from then on. Should what runs hang all the same, a second Ctrl-C ends the
/// process at once, and `kill` within a few seconds: none of that needs a thread that does the verb's work.
pub fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        if let Err(error) = register() {
            tracing::warn!("Ctrl-C and `kill` end the program at once: {error}");
        }
    });
}

/// What is registered first is done first, of each signal.
fn register() -> io::Result<()> {
    flag::register_usize(SIGINT, &LAST, SIGINT as usize)?;
    // Before the flag is up, so that it takes a second one.
    flag::register_conditional_shutdown(SIGINT, i32::from(Outcome::Interrupted.code()), &CAME)?;
    flag::register(SIGINT, &CAME)?;
    flag::register_usize(SIGTERM, &LAST, SIGTERM as usize)?;
    flag::register(SIGTERM, &CAME)?;
    // Elsewhere nothing sends it from outside.
    #[cfg(unix)]
    late::end_after_kill()?;
    Ok(())
}

/// Whether the person asked to stop.
pub fn was_asked() -> bool {
    LAST.load(SeqCst) != 0
}

/// How a verb ended that stopped because it was asked to.
pub fn outcome() -> Outcome {
    match LAST.load(SeqCst) == SIGTERM as usize {
        true => Outcome::Terminated,
        false => Outcome::Interrupted,
    }
}

/// The end of a process that does not stop in order after `kill`.
#[cfg(unix)]
mod late {
    #![expect(clippy::print_stderr, reason = "the console belongs to a verb that hangs")]

    use std::io::{self, Read};
    use std::os::unix::net::UnixStream;
    use std::thread;
    use std::time::Duration;

    use signal_hook::consts::SIGTERM;
    use signal_hook::low_level::{exit, pipe};

    use crate::cli::Outcome;

    /// So long `kill` leaves to stop in order. Whoever sends it (a desktop that logs out, a container that ends) often kills
    /// for good after ten seconds.
    const GRACE: Duration = Duration::from_secs(5);

    /// So long the last words may take.
    const WORDS: Duration = Duration::from_millis(200);

    pub fn end_after_kill() -> io::Result<()> {
        let (mut heard, told) = UnixStream::pair()?;
        let watch = move || {
            // The first one counts: some send it twice at once, to the process and to its group.
            if heard.read_exact(&mut [0]).is_ok() {
                thread::sleep(GRACE);
                end();
            }
        };
        thread::Builder::new().name("end after kill".into()).spawn(watch)?;
        pipe::register(SIGTERM, told).map(drop)
    }

    fn end() -> ! {
        // What hangs may hold standard error, so nobody waits for long until this is said.
        let say = || eprintln!("tiramisu: it did not stop in time and was ended; everything committed so far is saved");
        // Without a thread it ends without a word.
        drop(thread::Builder::new().name("last words".into()).spawn(say));
        thread::sleep(WORDS);
        exit(i32::from(Outcome::Terminated.code()))
    }
}
