//! Threads that open the files of pictures, apart from those that compute. A file on a drive that does not answer holds whoever opens
//! it; a folder of them would hold every thread of rayon's pool, and neighbours, groups and maps would wait for a disk that they need
//! not read.

use std::sync::OnceLock;

use rayon::{Scope, ThreadPool, ThreadPoolBuilder};

/// For whom files are opened. Neither waits for the other.
#[derive(Clone, Copy, Debug)]
pub enum Readers {
    /// Long work.
    Job,
    /// What a view asks now.
    Look,
}

impl Readers {
    /// Does work in which files are opened beside each other (rayon's parallel iterators), on as many threads as there are cores.
    pub fn run<T: Send>(self, work: impl FnOnce() -> T + Send) -> T {
        match self.pool() {
            Some(pool) => pool.install(work),
            None => work(),
        }
    }

    /// Hands out work in which files are opened, each piece by itself, and goes on beside it on this thread; ends when all of it has ended.
    pub fn scope<'scope, T>(self, hand_out: impl FnOnce(&Scope<'scope>) -> T) -> T {
        match self.pool() {
            Some(pool) => pool.in_place_scope(hand_out),
            None => rayon::in_place_scope(hand_out),
        }
    }

    /// `None` where the system has no more threads to give.
    fn pool(self) -> Option<&'static ThreadPool> {
        static OF_JOB: OnceLock<Option<ThreadPool>> = OnceLock::new();
        static OF_LOOK: OnceLock<Option<ThreadPool>> = OnceLock::new();
        let (pool, name) = match self {
            Self::Job => (&OF_JOB, "tiramisu-files"),
            Self::Look => (&OF_LOOK, "tiramisu-shown"),
        };
        let start = || {
            let started = ThreadPoolBuilder::new().thread_name(move |number| format!("{name} {number}")).build();
            started.inspect_err(|error| tracing::warn!("files are opened by threads that also compute: {error}")).ok()
        };
        pool.get_or_init(start).as_ref()
    }
}
