//! What can go wrong on the way out, in words for the person.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::domain::thousands;

/// Why an export did not happen. The meaning comes first, the path last.
#[derive(Debug, Error)]
pub enum ExportError {
    /// Files of these names are already there, and nobody said that they may go.
    #[error("{}", already_there(targets))]
    Exists {
        /// The files that are there, at least one.
        targets: Vec<PathBuf>,
    },
    /// A folder has the name, and a folder is never replaced by a file.
    #[error("a folder of this name is there already; choose another name: {}", path.display())]
    IsFolder {
        /// The folder.
        path: PathBuf,
    },
    /// A data set goes into a folder of its own.
    #[error(
        "{} in this folder already, and would become part of the data set; name a new or empty folder: {}",
        lying_there(holds, *others),
        path.display()
    )]
    FolderNotEmpty {
        /// What lies there, or some of it.
        holds: String,
        /// How much else lies there.
        others: usize,
        /// The folder.
        path: PathBuf,
    },
    /// Copies that replace would go where pictures of the collection lie.
    #[error("copies might replace pictures of the collection, which lie in this folder; name another one: {}", path.display())]
    HoldsOwn {
        /// The folder.
        path: PathBuf,
    },
    /// The images lack what the format is for.
    #[error("{reason}: {}", path.display())]
    NothingToWrite {
        /// What they lack, and what to do.
        reason: String,
        /// What was to be written.
        path: PathBuf,
    },
    /// No space left.
    #[error("the disk is full; no unfinished file was left behind; free some space or choose another place: {}", path.display())]
    DiskFull {
        /// What was being written.
        path: PathBuf,
    },
    /// The system does not allow writing there.
    #[error("writing is not allowed there (read-only or not yours); choose another place: {}", path.display())]
    NotAllowed {
        /// What was being written.
        path: PathBuf,
    },
    /// The folder to write to is missing or is a file.
    #[error("there is no such folder to write to; choose another place: {}", path.display())]
    NoFolder {
        /// What was being written.
        path: PathBuf,
    },
    /// Anything else the system says.
    #[error("it could not be written ({reason}): {}", path.display())]
    NotWritten {
        /// What was being written.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
}

impl ExportError {
    /// What writing `path` ran into.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the system's kinds of errors are many, and more may come")]
    pub(super) fn from_writing(error: &io::Error, path: &Path) -> Self {
        let path = path.to_owned();
        match error.kind() {
            io::ErrorKind::AlreadyExists => Self::Exists { targets: vec![path] },
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                Self::DiskFull { path }
            }
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::NotAllowed { path },
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::NoFolder { path },
            _ => Self::NotWritten { path, reason: error.to_string() },
        }
    }

    /// Whether every further file would meet the same.
    pub(super) fn ends_the_export(&self) -> bool {
        matches!(self, Self::DiskFull { .. } | Self::NotAllowed { .. })
    }
}

fn lying_there(holds: &str, others: usize) -> String {
    match others {
        0 => format!("{holds} lies"),
        1 => format!("{holds} and another lie"),
        others => format!("{holds} and {} others lie", thousands(others)),
    }
}

fn already_there(targets: &[PathBuf]) -> String {
    let named: Vec<String> = targets.iter().take(3).map(|target| target.display().to_string()).collect();
    let named = named.join(", ");
    let (are, them) = match targets.len() {
        1 => ("a file of this name is there already".to_owned(), "it"),
        many => (format!("{} files of these names are there already", thousands(many)), "them"),
    };
    let more = if targets.len() > 3 { " ..." } else { "" };
    format!("{are}; choose another place, keep both, or allow {them} to be replaced: {named}{more}")
}
