//! The one handle to the workspace that all who read share.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::store::{Reads, StoreError, Workspace};

/// Opens the workspace once and hands out readers that share its threads, and what it remembers of its files.
pub struct WorkspaceReader {
    root: PathBuf,
    only_looks: bool,
    open: Mutex<Option<Workspace>>,
}

impl WorkspaceReader {
    /// Shares what is open already.
    pub fn of(workspace: &Workspace) -> Self {
        let (root, only_looks) = (workspace.root().to_owned(), workspace.only_looks());
        Self { root, only_looks, open: Mutex::new(Some(workspace.reader())) }
    }

    /// Where the workspace lies.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Whether nothing of the workspace may be written.
    pub fn only_looks(&self) -> bool {
        self.only_looks
    }

    /// What was asked of the disk so far by all who read through this, and by the writer whose threads it shares.
    pub fn reads(&self) -> Reads {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.as_ref().map(Workspace::reads).unwrap_or_default()
    }

    /// Waits until what is being remembered behind an answer is on the disk.
    pub fn finish_remembering(&self) {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(workspace) = &*open {
            workspace.finish_remembering();
        }
    }

    /// The workspace as it is now, to be read on any thread for as long as one likes.
    ///
    /// # Errors
    /// When it cannot be read any more. What failed once is opened anew the next time.
    pub fn now(&self) -> Result<Workspace, StoreError> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(workspace) = open.as_mut()
            && workspace.refresh().is_ok()
        {
            return Ok(workspace.reader());
        }
        *open = None;
        let workspace = if self.only_looks { Workspace::look_into(&self.root) } else { Workspace::open(&self.root) }?;
        Ok(open.insert(workspace).reader())
    }
}
