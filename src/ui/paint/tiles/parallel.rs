//! Some threads for a moment: the pool that all others share may be busy for minutes.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Threads at most: beyond that memory is what is waited for.
const THREADS_MAX: usize = 8;

/// Does `work` for every item, on as many threads as there are processors, and gives what came of it, in the order of the items.
/// Returns when all is done: not for the window's thread unless the items are few.
pub fn in_parallel<T: Send, R: Send>(items: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let threads = thread::available_parallelism().map_or(1, usize::from).min(THREADS_MAX).min(items.len());
    if threads < 2 {
        return items.into_iter().map(work).collect();
    }
    let count = items.len();
    let waiting: Vec<Mutex<Option<T>>> = items.into_iter().map(|item| Mutex::new(Some(item))).collect();
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(count));
    let take_turns = || {
        loop {
            let turn = next.fetch_add(1, Ordering::Relaxed);
            let Some(waiting) = waiting.get(turn) else { break };
            let item = waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(item) = item {
                let result = work(item);
                done.lock().unwrap_or_else(PoisonError::into_inner).push((turn, result));
            }
        }
    };
    thread::scope(|scope| {
        for number in 1..threads {
            // Where no thread can be had the present one does it all.
            let _ = thread::Builder::new().name(format!("tiles {number}")).spawn_scoped(scope, take_turns);
        }
        take_turns();
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_unstable_by_key(|(turn, _)| *turn);
    done.into_iter().map(|(_, result)| result).collect()
}
