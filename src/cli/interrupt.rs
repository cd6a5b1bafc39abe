//! Ctrl-C and `kill`: the first time they ask to stop in order, and the process ends whatever happens: at once with the
//! next Ctrl-C, and within two seconds in any case.
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

/// The variable of the environment that says how many seconds a verb may take to stop in order. Who ends many of them, such as a
/// scheduler of jobs, often leaves them more time than a person does.
pub const GRACE: &str = "TIRAMISU_STOP_SECS";

/// Whether one came: the next Ctrl-C ends the process.
static CAME: AtomicBool = AtomicBool::new(false);

/// From now on the first Ctrl-C (and a plain `kill`) is remembered instead of ending the process.
///
/// Whoever calls this has to ask [`was_asked`] from then on. Should what runs hang all the same, a second Ctrl-C ends the
/// process at once, and the first one or `kill` do within two seconds, or as many as the variable [`GRACE`] says: none of that
/// needs a thread that does the verb's work.
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
    late::end_after_all()?;
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

/// Ends the process as it stands, with threads that cannot be stopped.
pub fn end_at_once(outcome: Outcome) -> ! {
    signal_hook::low_level::exit(i32::from(outcome.code()))
}

/// The end of a process that does not stop in order.
#[cfg(unix)]
mod late {
    #![expect(clippy::print_stderr, reason = "the console belongs to a verb that hangs")]

    use std::io::{self, Read};
    use std::os::unix::net::UnixStream;
    use std::thread;
    use std::time::Duration;

    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::low_level::pipe;

    use super::{GRACE, end_at_once, outcome};

    /// So long there is to stop in order: with the last words two seconds.
    const USUAL_SECS: f64 = 1.8;
    /// Nobody waits longer than a day.
    const MOST_SECS: f64 = 86_400.0;

    /// So long the last words may take.
    const WORDS: Duration = Duration::from_millis(200);

    fn grace() -> Duration {
        let wished = std::env::var(GRACE).ok().and_then(|text| text.trim().parse::<f64>().ok());
        let wished = wished.filter(|secs| (0.0..=MOST_SECS).contains(secs));
        Duration::from_secs_f64(wished.unwrap_or(USUAL_SECS))
    }

    pub fn end_after_all() -> io::Result<()> {
        let (mut heard, told) = UnixStream::pair()?;
        let grace = grace();
        let watch = move || {
            // The first one counts: some send it twice at once, to the process and to its group.
            if heard.read_exact(&mut [0]).is_ok() {
                thread::sleep(grace);
                end();
            }
        };
        thread::Builder::new().name("end after all".into()).spawn(watch)?;
        pipe::register(SIGINT, told.try_clone()?)?;
        pipe::register(SIGTERM, told).map(drop)
    }

    fn end() -> ! {
        // What hangs may hold standard error, so nobody waits for long until this is said.
        let say = || eprintln!("tiramisu: it did not stop in time and was ended; everything committed so far is saved");
        // Without a thread it ends without a word.
        drop(thread::Builder::new().name("last words".into()).spawn(say));
        thread::sleep(WORDS);
        end_at_once(outcome())
    }
}
