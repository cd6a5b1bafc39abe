//! What can go wrong with a workspace, in words for the person.

use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};

/// Why the workspace could not do what was asked: what, what to do about it, and where.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody else writes.
    #[error("the workspace is already open in another Tiramisu; close that one first: {}", root.display())]
    AlreadyOpen {
        /// The workspace's folder.
        root: PathBuf,
    },
    /// No place left on the disk.
    #[error(
        "the disk is full; everything committed so far is saved. Free some space, or choose a workspace on another \
         disk: {}", path.display()
    )]
    DiskFull {
        /// What was being written.
        path: PathBuf,
    },
    /// The disk cannot be written.
    #[error(
        "the workspace lies on a read-only disk; choose another place for the workspace: {}", path.display()
    )]
    ReadOnly {
        /// What was to be written.
        path: PathBuf,
    },
    /// The folder or file is not ours to read or write.
    #[error(
        "you have no permission for the workspace's folder; change its permissions, or choose another place for the \
         workspace: {}", path.display()
    )]
    NotAllowed {
        /// What was to be read or written.
        path: PathBuf,
    },
    /// A writing call on a workspace that was opened to be read.
    #[error("the workspace was opened for reading only: {}", root.display())]
    OpenedForReading {
        /// The workspace's folder.
        root: PathBuf,
    },
    /// There is nothing to open.
    #[error("there is no workspace here; extract a folder of images first: {}", root.display())]
    NoWorkspace {
        /// The folder that was to be opened.
        root: PathBuf,
    },
    /// The folder is in use for something else.
    #[error(
        "the folder is neither empty nor a workspace; choose an empty or a new folder for the workspace: {}",
        root.display()
    )]
    NotAWorkspace {
        /// The folder that was to become a workspace.
        root: PathBuf,
    },
    /// A result that was never made, or is not there any more.
    #[error("there is no {what} of this name; `tiramisu info` lists what there is: {name}")]
    NoSuchResult {
        /// What was asked for.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// A version that was never made, or is not there any more.
    #[error("there is no version {version} of the table; `tiramisu versions FOLDER` lists those there are: {}", path.display())]
    NoSuchVersion {
        /// The number or name asked for.
        version: String,
        /// The table.
        path: PathBuf,
    },
    /// A name that versions cannot have, or that is given already.
    #[error("a version cannot be called {name}: {reason}: {}", path.display())]
    BadTag {
        /// The name.
        name: String,
        /// Why not.
        reason: String,
        /// The table.
        path: PathBuf,
    },
    /// A version whose content must not come back.
    #[error("version {version} cannot be restored: {reason}: {}", path.display())]
    CannotRestore {
        /// Its number.
        version: u64,
        /// Why not, and what to do instead.
        reason: String,
        /// The table.
        path: PathBuf,
    },
    /// The person said so.
    #[error("stopped before the end: {}", path.display())]
    Stopped {
        /// What was being looked through.
        path: PathBuf,
    },
    /// Made by a later Tiramisu.
    #[error(
        "the workspace has format {found}, and this Tiramisu knows formats up to {known}; open it with a newer \
         Tiramisu, or choose another place for the workspace: {}", root.display()
    )]
    NewerFormat {
        /// The workspace's folder.
        root: PathBuf,
        /// Its format.
        found: u32,
        /// The latest format this program knows.
        known: u32,
    },
    /// The workspace is about other images.
    #[error(
        "the workspace belongs to the images in {}, not to those in {}; open that folder, or choose another place \
         for the workspace: {}", belongs_to.display(), asked.display(), root.display()
    )]
    OtherFolder {
        /// The workspace's folder.
        root: PathBuf,
        /// The image folder it was made for.
        belongs_to: PathBuf,
        /// The image folder that was asked for.
        asked: PathBuf,
    },
    /// A file of the workspace does not make sense.
    #[error(
        "the workspace is damaged ({reason}); move it away and open the image folder again to build it anew: {}",
        path.display()
    )]
    Damaged {
        /// What is wrong.
        reason: String,
        /// The table or file.
        path: PathBuf,
    },
    /// Lance addresses tables by text.
    #[error("the workspace's path is not valid Unicode; choose another place for the workspace: {}", root.display())]
    PathNotUnicode {
        /// The workspace's folder.
        root: PathBuf,
    },
    /// A file that is to say which images are, or are to be, selected.
    #[error("this is no selection of images: {reason}: {}", path.display())]
    NoSelection {
        /// What is wrong with it.
        reason: String,
        /// The file.
        path: PathBuf,
    },
    /// Images must be appended in the order of their ids.
    #[error("image {found} was appended where image {expected} comes next: {}", path.display())]
    IdsDoNotContinue {
        /// The id that would continue the table.
        expected: u64,
        /// The id that came.
        found: u32,
        /// The table.
        path: PathBuf,
    },
    /// The rows do not fit the table.
    #[error("rows do not fit the table: {reason}: {}", path.display())]
    RowsDoNotFit {
        /// What does not fit.
        reason: String,
        /// The table.
        path: PathBuf,
    },
    /// The layer was never extracted.
    #[error("layer {layer} is not stored for this network; extract it first: {}", path.display())]
    LayerNotStored {
        /// The layer and its pooling.
        layer: String,
        /// The table.
        path: PathBuf,
    },
    /// The table is about another network, or another form of it.
    #[error(
        "the features stored for {network} were made by another network or with another preprocessing ({reason}); \
         move the table away to extract them anew: {}", path.display()
    )]
    OtherNetwork {
        /// The network's name.
        network: String,
        /// What differs.
        reason: String,
        /// The table.
        path: PathBuf,
    },
    /// The disk said no.
    #[error("{doing}: {source}: {}", path.display())]
    Io {
        /// What was being done.
        doing: &'static str,
        /// What the system said.
        source: io::Error,
        /// The file.
        path: PathBuf,
    },
    /// The table said no.
    #[error("{doing}: {reason}: {}", path.display())]
    Table {
        /// What was being done.
        doing: &'static str,
        /// What the table's library said.
        reason: String,
        /// The table.
        path: PathBuf,
    },
}

impl StoreError {
    /// Sorts an error of the file system by what the person can do about it.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the system's kinds of errors are many, and more may come")]
    pub(super) fn from_io(doing: &'static str, path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { path },
            io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly { path },
            io::ErrorKind::PermissionDenied => Self::NotAllowed { path },
            _ => Self::Io { doing, source, path },
        }
    }

    /// Sorts an error of the table's library. The system's error often lies several layers down in it.
    pub(super) fn from_lance(doing: &'static str, path: &Path, error: lance::Error) -> Self {
        let path = path.to_owned();
        let reason = without_location(&error.to_string());
        match io_kind(&error) {
            Some(io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) => Self::DiskFull { path },
            Some(io::ErrorKind::ReadOnlyFilesystem) => Self::ReadOnly { path },
            Some(io::ErrorKind::PermissionDenied) => Self::NotAllowed { path },
            _ if is_about_content(&error) || is_cut_short(&reason) => Self::Damaged { reason, path },
            // Another of the system's: it says nothing of what is in the table.
            Some(kind) if kind != io::ErrorKind::NotFound => {
                Self::Io { doing, source: io::Error::new(kind, reason), path }
            }
            _ => Self::Table { doing, reason, path },
        }
    }

    /// Sorts an error met while opening a table: what neither the system nor a later format explains is damage, and
    /// the library has many words for it.
    pub(super) fn from_opening(path: &Path, error: lance::Error) -> Self {
        let explained = io_kind(&error).is_some() || matches!(error, lance::Error::NotSupported { .. });
        let sorted = Self::from_lance("cannot open the table", path, error);
        if explained {
            return sorted;
        }
        let Self::Table { reason, path, .. } = sorted else { return sorted };
        Self::Damaged { reason, path }
    }
}

/// Whether the library says that a file is missing or makes no sense.
fn is_about_content(error: &lance::Error) -> bool {
    use lance::Error::{CorruptFile, DatasetNotFound, NotFound};
    matches!(error, CorruptFile { .. } | DatasetNotFound { .. } | NotFound { .. })
}

/// Whether a file ends before what is to be read of it. The library knows it by its words alone.
fn is_cut_short(reason: &str) -> bool {
    ["failed to fill whole buffer", "for object of size"].iter().any(|words| reason.contains(words))
}

/// The system's error under a library's error. Some layers keep only its text.
fn io_kind(error: &(dyn Error + 'static)) -> Option<io::ErrorKind> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(io) = error.downcast_ref::<io::Error>() {
            let inner = io.get_ref().and_then(|inner| io_kind(inner));
            if inner.is_some() || io.raw_os_error().is_some() {
                return inner.or(Some(io.kind()));
            }
        }
        next = error.source();
    }
    let text = error.to_string();
    [
        ("No space left on device", io::ErrorKind::StorageFull),
        ("Read-only file system", io::ErrorKind::ReadOnlyFilesystem),
        ("Permission denied", io::ErrorKind::PermissionDenied),
    ]
    .into_iter()
    .find_map(|(words, kind)| text.contains(words).then_some(kind))
}

/// The library ends its messages with a place in its own source; the person has no use for it.
fn without_location(message: &str) -> String {
    let mut kept = message.trim();
    while let Some((head, tail)) = kept.rsplit_once(", ") {
        let place = tail.contains(".rs:") && !tail.contains(' ');
        if !place {
            break;
        }
        kept = head;
    }
    kept.to_owned()
}
