//! How long a thread has waited for a processor, as the system counts it.

use std::cell::RefCell;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

/// The count of the thread that made it. What other programs did meanwhile is no work of the window's.
pub(super) struct Waiting(Option<RefCell<File>>);

impl Waiting {
    /// Of this thread.
    pub(super) fn of_this_thread() -> Self {
        Self(File::open("/proc/thread-self/schedstat").ok().map(RefCell::new))
    }

    /// Whether the system counts it.
    pub(super) fn is_known(&self) -> bool {
        self.nanos().is_some()
    }

    /// Seconds since the thread began; 0 where it is not known.
    pub(super) fn secs(&self) -> f64 {
        self.nanos().unwrap_or_default() as f64 * 1e-9
    }

    fn nanos(&self) -> Option<u64> {
        let mut file = self.0.as_ref()?.borrow_mut();
        let mut text = [0; 128];
        file.seek(SeekFrom::Start(0)).ok()?;
        let length = file.read(&mut text).ok()?;
        // Nanoseconds at work, nanoseconds of waiting for that, and how often.
        std::str::from_utf8(&text[..length]).ok()?.split_whitespace().nth(1)?.parse().ok()
    }
}
