//! The threads that a network runs on.

use rayon::{ThreadPool, ThreadPoolBuilder};

thread_local! {
    /// Kept until this thread ends, as it cannot leave.
    static POOL: Option<ThreadPool> = ThreadPoolBuilder::new()
        .use_current_thread()
        .thread_name(|index| format!("tiramisu-network-{index}"))
        .build()
        // A thread of another pool shares the work with the others there.
        .ok();
}

/// Makes this thread one of those that share its work.
///
/// A thread outside rayon's pool sleeps while others work for it, and is woken when they are done; with a hundred layers of
/// a tenth of a millisecond that is a good part of a pass. And work for a network does not wait behind pictures that are
/// being decoded.
pub(super) fn share() {
    POOL.with(|_| ());
}
