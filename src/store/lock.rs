//! One writer at a time.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{StoreError, assigned_cells, deleting, plain_file, replacing, version_names};

/// So long a locked workspace is waited for before it is refused.
const PATIENCE: Duration = Duration::from_secs(3);
/// Between two tries.
const PAUSE: Duration = Duration::from_millis(50);

/// Held as long as a workspace may be written; let go by the system when the process ends, however it ends.
#[derive(Debug)]
pub(super) struct WriteLock {
    _file: File,
    /// Held by who replaces a table that others of this process replace, too.
    turn: Mutex<()>,
}

impl WriteLock {
    /// Takes the lock of the workspace at `root`. While somebody else has it, waits a few seconds: verbs one after the other
    /// follow each other closely, and one that ends has its last commit to finish.
    pub(super) fn take(root: &Path) -> Result<Self, StoreError> {
        // A leading dot keeps it out of what other programs list as tables.
        let path = root.join(".lock");
        match plain_file::expect(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(StoreError::from_io("cannot open the workspace's lock", &path, error));
            }
            _ => {}
        }
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|e| StoreError::from_io("cannot open the workspace's lock", &path, e))?;
        let begun = Instant::now();
        let answer = loop {
            match file.try_lock() {
                Err(TryLockError::WouldBlock) if begun.elapsed() < PATIENCE => std::thread::sleep(PAUSE),
                answer => break answer,
            }
        };
        match answer {
            Ok(()) => {
                replacing::finish(root);
                assigned_cells::clear_away(root);
                deleting::clear_away(root);
                version_names::clear_away(root);
                Ok(Self { _file: file, turn: Mutex::default() })
            }
            Err(TryLockError::WouldBlock) => Err(StoreError::AlreadyOpen { root: root.to_owned() }),
            // Some network file systems have no locks. Refusing to work there would help nobody.
            Err(TryLockError::Error(e)) if e.kind() == io::ErrorKind::Unsupported => {
                tracing::warn!("no file locks here, so nothing stops a second writer: {}", path.display());
                // Nothing is cleared away, for it may be somebody's; but a table that is out of its place would seem lost.
                replacing::finish(root);
                Ok(Self { _file: file, turn: Mutex::default() })
            }
            Err(TryLockError::Error(e)) => Err(StoreError::from_io("cannot lock the workspace", &path, e)),
        }
    }

    /// Waits for the turn to replace a table and to delete its old files. A file of a commit that is still under way looks like
    /// one that nobody needs any more, and threads of this process share the lock.
    pub(super) fn take_turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
