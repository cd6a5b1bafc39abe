//! What can go wrong with pictures on disk, in words for the person.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::UnreadKind;

/// Why a folder or a picture could not be read. The meaning comes first, the path last.
#[derive(Debug, Error)]
pub enum ImagesError {
    /// The folder to walk is not there.
    #[error("there is no such folder (moved, renamed, or on a drive that is not connected?): {}", path.display())]
    FolderMissing {
        /// The folder.
        path: PathBuf,
    },
    /// A file was given where a folder is needed.
    #[error("this is a file; open the folder it lies in: {}", path.display())]
    NotAFolder {
        /// The file.
        path: PathBuf,
    },
    /// The folder's entries could not be listed.
    #[error("the folder cannot be read ({reason}); check its permissions: {}", path.display())]
    FolderUnreadable {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The folder was there when the walk began and is not any more.
    #[error("the folder vanished while it was being read (moved, or its drive disconnected?): {}", path.display())]
    FolderVanished {
        /// The folder.
        path: PathBuf,
    },
    /// The picture is not there.
    #[error("the file is gone (moved or deleted since the folder was read?): {}", path.display())]
    FileMissing {
        /// The file.
        path: PathBuf,
    },
    /// A folder, pipe or device where a file is needed.
    #[error("this is not a file but a folder or a device: {}", path.display())]
    NotAFile {
        /// What was met instead.
        path: PathBuf,
    },
    /// The system refuses to hand the file out.
    #[error("the file cannot be read ({reason}); check its permissions and its drive: {}", path.display())]
    FileUnreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// Zero bytes.
    #[error("the file is empty (0 bytes); copy it again from where it came from: {}", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// The content is of no picture format.
    #[error(
        "this is not a picture: its content is none of JPEG, PNG, WebP, GIF, BMP or TIFF, whatever its name says: {}",
        path.display()
    )]
    NotAPicture {
        /// The file.
        path: PathBuf,
    },
    /// A picture of a kind that phones and cameras make and that we do not read.
    #[error("this is {kind}, which cannot be read; {}: {}", kind.remedy(), path.display())]
    Unread {
        /// The file.
        path: PathBuf,
        /// Which kind.
        kind: UnreadKind,
    },
    /// A picture of a kind that we do not read.
    #[error("this kind of picture is not supported ({reason}); save it as PNG or JPEG: {}", path.display())]
    Unsupported {
        /// The file.
        path: PathBuf,
        /// Which kind.
        reason: String,
    },
    /// The data stops in the middle.
    #[error("the file ends before the picture does (cut off while copying?); copy it again: {}", path.display())]
    CutOff {
        /// The file.
        path: PathBuf,
    },
    /// The data contradicts itself.
    #[error("the picture is damaged ({reason}); copy it again or save it anew: {}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What the decoder said.
        reason: String,
    },
    /// More pixels than we are willing to decode.
    #[error(
        "the picture says it has {width} x {height} pixels; at most {} million can be read, so scale it down first: {}",
        limit_pixels / 1_000_000,
        path.display()
    )]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Width in pixels, as the header has it.
        width: u32,
        /// Height in pixels, as the header has it.
        height: u32,
        /// The largest number of pixels that is decoded.
        limit_pixels: u64,
    },
    /// More bytes than we are willing to hold for one picture.
    #[error("the picture needs more than {} MB of memory; scale it down first: {}", limit_bytes >> 20, path.display())]
    TooHeavy {
        /// The file.
        path: PathBuf,
        /// The largest number of bytes that is held.
        limit_bytes: u64,
    },
    /// A sample picture could not be written.
    #[error("the sample collection cannot be written ({reason}); choose another folder or free space: {}", path.display())]
    NotWritten {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// What lies in the folder would be mixed with sample pictures.
    #[error("this lies in the folder already, and is no picture of this sample; choose a new or empty folder: {}", path.display())]
    Mixed {
        /// What lies there.
        path: PathBuf,
    },
    /// A file of another content lies where a sample picture belongs.
    #[error("another file of this name is already there; choose an empty folder: {}", path.display())]
    Occupied {
        /// The file.
        path: PathBuf,
    },
}

impl ImagesError {
    /// The file or folder it is about.
    pub fn path(&self) -> &Path {
        match self {
            Self::FolderMissing { path }
            | Self::NotAFolder { path }
            | Self::FolderUnreadable { path, .. }
            | Self::FolderVanished { path }
            | Self::FileMissing { path }
            | Self::NotAFile { path }
            | Self::FileUnreadable { path, .. }
            | Self::Empty { path }
            | Self::NotAPicture { path }
            | Self::Unread { path, .. }
            | Self::Unsupported { path, .. }
            | Self::CutOff { path }
            | Self::Damaged { path, .. }
            | Self::TooLarge { path, .. }
            | Self::TooHeavy { path, .. }
            | Self::NotWritten { path, .. }
            | Self::Mixed { path }
            | Self::Occupied { path } => path,
        }
    }

    /// The message without the path: what an image's `problem` holds, since its record already knows where it lies.
    pub fn reason(&self) -> String {
        let message = self.to_string();
        let path_at_end = format!(": {}", self.path().display());
        message.strip_suffix(&path_at_end).unwrap_or(&message).to_owned()
    }

    /// What reading `path` ran into.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the system's kinds of errors are many, and more may come")]
    pub(super) fn from_reading(error: &io::Error, path: &Path) -> Self {
        let path = path.to_owned();
        match error.kind() {
            io::ErrorKind::NotFound => Self::FileMissing { path },
            io::ErrorKind::UnexpectedEof => Self::CutOff { path },
            io::ErrorKind::PermissionDenied => Self::FileUnreadable { path, reason: "permission denied".to_owned() },
            _ => Self::FileUnreadable { path, reason: error.to_string() },
        }
    }
}
