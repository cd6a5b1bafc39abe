//! Why nothing was imported, in words for the person.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why a file was not imported. The meaning comes first, the path last.
#[derive(Debug, Error)]
pub enum ImportError {
    /// It cannot be read at all.
    #[error("it cannot be read ({reason}): {}", path.display())]
    Unread {
        /// What the system said.
        reason: String,
        /// The file or folder.
        path: PathBuf,
    },
    /// It is larger than any that we know how to keep in memory.
    #[error("it is too large: {what}: {}", path.display())]
    TooLarge {
        /// How large it is, and how large it may be.
        what: String,
        /// The file.
        path: PathBuf,
    },
    /// It is not as its format says.
    #[error("{reason}: {}", path.display())]
    NotUnderstood {
        /// What is wrong, and where in it.
        reason: String,
        /// The file.
        path: PathBuf,
    },
    /// It is of no format that we know.
    #[error("{reason}: {}", path.display())]
    UnknownFormat {
        /// What was looked for.
        reason: String,
        /// The file or folder.
        path: PathBuf,
    },
    /// It was stopped.
    #[error("it was stopped")]
    Stopped,
}

impl ImportError {
    /// What reading `path` ran into.
    pub(super) fn unread(error: &io::Error, path: &Path) -> Self {
        let reason = match error.kind() == io::ErrorKind::NotFound {
            true => "there is no such file or folder".to_owned(),
            false => error.to_string(),
        };
        Self::Unread { reason, path: path.to_owned() }
    }

    /// That `path` is not as its format says.
    pub(super) fn not_understood(reason: impl Into<String>, path: &Path) -> Self {
        Self::NotUnderstood { reason: reason.into(), path: path.to_owned() }
    }
}
