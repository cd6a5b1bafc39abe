//! The threads that a network runs on.

mod apart;

use std::{
    hint,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use rayon::{ThreadPool, ThreadPoolBuilder, Yield};

use self::apart::Others;

/// How long a thread that finds nothing to do asks for it again at once, as layers follow one another within microseconds.
/// After this it rests between two questions: whoever runs the network is held up by something else.
const PATIENT: Duration = Duration::from_millis(2);
const REST: Duration = Duration::from_micros(100);
/// After so many questions it lets others have the processor, which costs nothing where nobody else wants it.
const QUESTIONS: usize = 16;

thread_local! {
    /// Kept until this thread ends, as it cannot leave.
    static POOL: Option<(ThreadPool, Others)> = pool();
}

fn pool() -> Option<(ThreadPool, Others)> {
    // The pool of all the rest is there before this thread is ever kept on one processor, which threads inherit.
    rayon::current_num_threads();
    let others = Others::default();
    let joining = others.clone();
    let pool = ThreadPoolBuilder::new()
        .use_current_thread()
        .thread_name(|index| format!("tiramisu-network-{index}"))
        // Not called for this thread.
        .start_handler(move |_| joining.join())
        .build();
    // A thread of another pool shares the work with the others there.
    Some((pool.ok()?, others))
}

/// Runs a pass on this thread, which becomes one of those that share its work.
///
/// A thread outside rayon's pool sleeps while others work for it, and is woken when they are done; with a hundred layers of
/// a tenth of a millisecond that is a good part of a pass. And work for a network does not wait behind pictures that are
/// being decoded. Nor are the other threads put to sleep between two layers: they would be woken when the next one is half
/// done.
pub(super) fn share<R>(pass: impl FnOnce() -> R) -> R {
    // Those of another pool have passes of their own to run.
    let others = POOL.with(|pool| {
        pool.as_ref().filter(|(pool, _)| pool.current_num_threads() > 1).map(|(_, others)| others.clone())
    });
    let Some(others) = others else { return pass() };
    let _kept = others.keep_off();
    rayon::in_place_scope(|scope| {
        let over = Over::default();
        let is_over = over.0.clone();
        scope.spawn_broadcast(move |_, thread| {
            // The first one is this thread, which has come here after its pass, or between.
            if thread.index() > 0 {
                stay_awake(&is_over);
            }
        });
        pass()
    })
}

/// Set when it is dropped, so that a pass that panics is over, too.
#[derive(Default)]
struct Over(Arc<AtomicBool>);

impl Drop for Over {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

/// Does what there is to do until the pass is over.
fn stay_awake(is_over: &AtomicBool) {
    let mut idle_since = Instant::now();
    while !is_over.load(Ordering::Acquire) {
        for _ in 0..QUESTIONS {
            match rayon::yield_now() {
                Some(Yield::Executed) => idle_since = Instant::now(),
                Some(Yield::Idle) | None => hint::spin_loop(),
            }
        }
        if idle_since.elapsed() < PATIENT {
            thread::yield_now();
        } else {
            thread::sleep(REST);
        }
    }
}
