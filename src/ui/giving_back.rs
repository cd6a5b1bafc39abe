//! Room that is free goes back to the system while the window is at rest: to give some megabytes back takes milliseconds, and so does
//! to get them again, which no frame is to pay for.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

/// A window that draws no frame for so long is at rest, for a while at least.
const REST: Duration = Duration::from_secs(1);

/// Behind a window that draws nothing room goes back so often: threads of the engine give up some, whoever looks.
const UNSEEN: Duration = Duration::from_secs(60);

/// A window that never rests gives back after so many looks.
const LOOKS: u32 = 20;

/// What is to be done about free room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// It goes back.
    Now,
    /// Look again after a while.
    Later,
    /// Nothing was drawn since it went back last: look again when something is, or after a long while.
    AfterAFrame,
}

/// Tells by the frames that were drawn whether a window is at rest.
#[derive(Debug, Default)]
pub struct Rests {
    /// How many frames there were when room went back last.
    given_at: u64,
    /// How many there were at the last look, and how many looks there were since room went back.
    seen: u64,
    looks: u32,
}

impl Rests {
    /// Looks how many frames there were.
    pub fn look(&mut self, frames: u64) -> Due {
        if frames == self.given_at {
            return Due::AfterAFrame;
        }
        let is_at_rest = self.looks > 0 && frames == self.seen;
        if is_at_rest || self.looks >= LOOKS {
            *self = Self { given_at: frames, seen: frames, looks: 0 };
            return Due::Now;
        }
        self.seen = frames;
        self.looks += 1;
        Due::Later
    }
}

/// The thread that gives room back. It sleeps until there is a frame, or for a long while, and ends with this.
pub struct GivingBack {
    shared: Arc<Shared>,
    thread: Option<Thread>,
}

#[derive(Default)]
struct Shared {
    frames: AtomicU64,
    /// How many frames there were when room went back last.
    given_at: AtomicU64,
    /// Whether the thread waits for a frame.
    is_asleep: AtomicBool,
    is_over: AtomicBool,
}

impl Shared {
    /// Waits so long, unless the window closes.
    fn wait(&self, time: Duration) {
        self.wait_unless(time, || false);
    }

    /// Waits so long for a frame after so many; whether none came, and the window is still open.
    fn wait_for_frame(&self, frames: u64, time: Duration) -> bool {
        // One that came just now has not called.
        self.is_asleep.store(true, Ordering::SeqCst);
        let is_new = || self.frames.load(Ordering::SeqCst) != frames;
        self.wait_unless(time, is_new);
        self.is_asleep.store(false, Ordering::SeqCst);
        !is_new() && !self.is_over.load(Ordering::Acquire)
    }

    fn wait_unless(&self, time: Duration, is_it: impl Fn() -> bool) {
        let begun = Instant::now();
        while let Some(left) = time.checked_sub(begun.elapsed())
            && !self.is_over.load(Ordering::Acquire)
            && !is_it()
        {
            thread::park_timeout(left);
        }
    }
}

impl GivingBack {
    /// Has `give_back` called on a thread of its own, again and again; none is begun without it.
    pub fn begin(give_back: Option<fn()>) -> Self {
        Self::begin_with(give_back, UNSEEN)
    }

    /// The same where as much time as `unseen` passes between two calls while nothing is drawn.
    pub fn begin_with(give_back: Option<fn()>, unseen: Duration) -> Self {
        let shared = Arc::new(Shared::default());
        let thread = give_back.and_then(|give_back| {
            let shared = shared.clone();
            let begun = thread::Builder::new().name("free room".into()).spawn(move || live(&shared, give_back, unseen));
            begun.inspect_err(|error| tracing::warn!("no thread to give free room back: {error}")).ok()
        });
        Self { shared, thread: thread.map(|thread| thread.thread().clone()) }
    }

    /// A frame is drawn.
    pub fn note_frame(&self) {
        self.shared.frames.fetch_add(1, Ordering::SeqCst);
        if let Some(thread) = &self.thread
            && self.shared.is_asleep.swap(false, Ordering::SeqCst)
        {
            thread.unpark();
        }
    }

    /// Whether all that was free after the last frame went back; without a thread nothing does.
    pub fn is_done(&self) -> bool {
        self.thread.is_none()
            || self.shared.given_at.load(Ordering::Acquire) == self.shared.frames.load(Ordering::Relaxed)
    }
}

impl Drop for GivingBack {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::Release);
        self.thread.iter().for_each(Thread::unpark);
    }
}

/// What the thread does until the window closes.
fn live(shared: &Shared, give_back: fn(), unseen: Duration) {
    let mut rests = Rests::default();
    while !shared.is_over.load(Ordering::Acquire) {
        let frames = shared.frames.load(Ordering::Relaxed);
        match rests.look(frames) {
            Due::Now => {
                give_back();
                shared.given_at.store(frames, Ordering::Release);
            }
            Due::Later => shared.wait(REST),
            Due::AfterAFrame => {
                if shared.wait_for_frame(frames, unseen) {
                    give_back();
                }
            }
        }
    }
}
