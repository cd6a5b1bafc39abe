//! What is found out on a thread of its own, so that the window goes on meanwhile.

mod threads;

use std::sync::LazyLock;

use crossbeam_channel::{Receiver, TryRecvError, bounded};
use eframe::egui;

pub use threads::Threads;

/// Those of the window.
static THREADS: LazyLock<Threads> = LazyLock::new(Threads::default);

/// An answer that is there at once, or is on its way.
pub enum Later<T> {
    /// It was little work.
    Now(T),
    /// A thread is at it.
    OnItsWay(Receiver<T>),
}

/// What came of asking for it.
pub enum Asked<T> {
    /// Here it is.
    Here(T),
    /// Ask again in another frame, which will come by itself.
    NotYet(Later<T>),
    /// The thread has died: there will be none.
    Never,
}

impl<T: Send + 'static> Later<T> {
    /// Does what is to be drawn on a map: at once if there is little, else on a thread that asks for a frame when it is done.
    pub fn begin(ctx: &egui::Context, is_little: bool, work: impl FnOnce() -> T + Send + 'static) -> Self {
        if is_little {
            return Self::Now(work());
        }
        Self::on_thread(ctx, "a map", work)
    }

    /// Does the work on another thread, which asks for a frame when it is done. `what` it is for is told if there can be none.
    pub fn on_thread(ctx: &egui::Context, what: &str, work: impl FnOnce() -> T + Send + 'static) -> Self {
        let (done, answer) = bounded(1);
        let asks = AsksAtLast(ctx.clone());
        let begun = THREADS.run(move || {
            // Also where it panics: that nobody will answer is an answer. It comes after all that can be told.
            let _asks = asks;
            let done = done;
            // Nobody may want it by now.
            let _ = done.send(work());
        });
        if let Err(error) = begun {
            tracing::error!("no thread for {what}: {error}");
        }
        Self::OnItsWay(answer)
    }

    /// Takes the answer if it is there. Never waits.
    pub fn ask(self) -> Asked<T> {
        match self {
            Self::Now(answer) => Asked::Here(answer),
            Self::OnItsWay(receiver) => match receiver.try_recv() {
                Ok(answer) => Asked::Here(answer),
                Err(TryRecvError::Empty) => Asked::NotYet(Self::OnItsWay(receiver)),
                Err(TryRecvError::Disconnected) => Asked::Never,
            },
        }
    }
}

/// Asks for a frame when it goes.
struct AsksAtLast(egui::Context);

impl Drop for AsksAtLast {
    fn drop(&mut self) {
        self.0.request_repaint();
    }
}

/// Gives up what may be the last of something large, on another thread: to give back some megabytes takes a millisecond.
pub fn let_go<T: Send + 'static>(large: T) {
    // Where no thread can be had it goes here.
    let _ = THREADS.run(move || drop(large));
}
