//! An image of the collection, as it is known without decoding it again.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// The place of an image in its collection: dense, starting at 0, never reused.
///
/// It is also the row number in the `images` table, so everything that is per image can be a plain array.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ImageId(pub u32);

impl ImageId {
    /// The position in arrays that hold one entry per image.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Where an image lies, relative to the opened folder.
///
/// File names need not be UTF-8, but a table's text column must be. `text` is always readable (invalid bytes become
/// `U+FFFD`); `raw` keeps the exact bytes when, and only when, `text` had to give something up.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ImagePath {
    /// The readable path, with `/` between folders.
    pub text: String,
    /// The exact bytes of a path that is not UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<Vec<u8>>,
}

impl ImagePath {
    /// Takes a path relative to the opened folder.
    pub fn from_relative(path: &Path) -> Self {
        match path.to_str() {
            Some(text) => Self { text: text.replace(std::path::MAIN_SEPARATOR, "/"), raw: None },
            None => Self {
                text: path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/"),
                raw: Some(path.as_os_str().as_encoded_bytes().to_vec()),
            },
        }
    }

    /// The absolute path below `folder`.
    pub fn below(&self, folder: &Path) -> PathBuf {
        self.borrowed().below(folder)
    }

    /// The last component, for captions.
    pub fn file_name(&self) -> &str {
        self.borrowed().file_name()
    }

    /// The name of the folder the image lies in, which serves as its label; `None` at the top of the opened folder.
    pub fn parent_name(&self) -> Option<&str> {
        self.borrowed().parent_name()
    }

    /// The last component with the folder that it lies in: `butterfly/image_0001.jpg`.
    pub fn in_folder(&self) -> &str {
        self.borrowed().in_folder()
    }

    /// The same, without holding it.
    pub fn borrowed(&self) -> PathRef<'_> {
        PathRef { text: &self.text, raw: self.raw.as_deref() }
    }
}

/// An [`ImagePath`] that somebody else holds. They are in the same order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PathRef<'a> {
    /// The readable path, with `/` between folders.
    pub text: &'a str,
    /// The exact bytes of a path that is not UTF-8.
    pub raw: Option<&'a [u8]>,
}

impl<'a> PathRef<'a> {
    /// The absolute path below `folder`.
    pub fn below(self, folder: &Path) -> PathBuf {
        match self.raw {
            #[cfg(unix)]
            Some(bytes) => {
                use std::os::unix::ffi::OsStrExt;
                folder.join(std::ffi::OsStr::from_bytes(bytes))
            }
            _ => folder.join(self.text),
        }
    }

    /// The last component, for captions.
    pub fn file_name(self) -> &'a str {
        self.text.rsplit('/').next().unwrap_or(self.text)
    }

    /// The name of the folder the image lies in, which serves as its label; `None` at the top of the opened folder.
    pub fn parent_name(self) -> Option<&'a str> {
        let (parents, _) = self.text.rsplit_once('/')?;
        parents.rsplit('/').next()
    }

    /// The last component with the folder that it lies in: `butterfly/image_0001.jpg`. In many collections files of each folder are
    /// called alike, and are not told apart by their own names.
    pub fn in_folder(self) -> &'a str {
        let before = self.text.rsplit_once('/').and_then(|(parents, _)| Some(parents.rfind('/')? + 1));
        &self.text[before.unwrap_or(0)..]
    }

    /// The same, to be kept.
    pub fn to_path(self) -> ImagePath {
        ImagePath { text: self.text.to_owned(), raw: self.raw.map(<[u8]>::to_vec) }
    }
}

/// The problem of an image whose file was there once. Workspaces hold this sentence, and it is known by its words again.
const GONE: &str = "the file is not in the folder any more";
/// The same when layers were added meanwhile: it lacks those.
const GONE_AND_INCOMPLETE: &str = "the file is not in the folder any more, and was not when layers were added";

/// What is known of one image.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImageRecord {
    /// Its place in the collection.
    pub id: ImageId,
    /// Where it lies below the opened folder.
    pub path: ImagePath,
    /// The label that was imported, or else the name of the parent folder, if it has one below the opened folder.
    pub label: Option<String>,
    /// Width in pixels after the EXIF orientation is applied; 0 until it was decoded.
    pub width: u32,
    /// Height in pixels after the EXIF orientation is applied; 0 until it was decoded.
    pub height: u32,
    /// Size of the file in bytes.
    pub file_bytes: u64,
    /// Modification time in seconds since 1970.
    pub modified_unix_secs: i64,
    /// Why it could not be read, in words for the person; `None` for a good image.
    pub problem: Option<String>,
}

impl ImageRecord {
    /// As it is recorded: with the folder's label, whatever was imported. That is kept apart, and may be forgotten again.
    #[must_use]
    pub fn with_label_of_folder(self) -> Self {
        Self { label: self.path.parent_name().map(str::to_owned), ..self }
    }

    /// The file is not there any more; what was learned of it stays.
    pub fn set_gone(&mut self) {
        self.problem = Some(GONE.to_owned());
    }

    /// The file was not there when layers were added, so it lacks those.
    pub fn set_gone_and_incomplete(&mut self) {
        self.problem = Some(GONE_AND_INCOMPLETE.to_owned());
    }

    /// Whether the file was there once and is not any more.
    pub fn is_gone(&self) -> bool {
        self.borrowed().is_gone()
    }

    /// Whether the file is gone, and had every vector when it went.
    pub fn is_gone_and_whole(&self) -> bool {
        self.borrowed().is_gone_and_whole()
    }

    /// The same, without holding it.
    pub fn borrowed(&self) -> ImageRef<'_> {
        ImageRef {
            id: self.id,
            path: self.path.borrowed(),
            label: self.label.as_deref(),
            width: self.width,
            height: self.height,
            file_bytes: self.file_bytes,
            modified_unix_secs: self.modified_unix_secs,
            problem: self.problem.as_deref(),
        }
    }
}

/// An [`ImageRecord`] that somebody else holds: what [`ImageRecords`](super::ImageRecords) give of one image.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ImageRef<'a> {
    /// Its place in the collection.
    pub id: ImageId,
    /// Where it lies below the opened folder.
    pub path: PathRef<'a>,
    /// The label that was imported, or else the name of the parent folder, if it has one below the opened folder.
    pub label: Option<&'a str>,
    /// Width in pixels after the EXIF orientation is applied; 0 until it was decoded.
    pub width: u32,
    /// Height in pixels after the EXIF orientation is applied; 0 until it was decoded.
    pub height: u32,
    /// Size of the file in bytes.
    pub file_bytes: u64,
    /// Modification time in seconds since 1970.
    pub modified_unix_secs: i64,
    /// Why it could not be read, in words for the person; `None` for a good image.
    pub problem: Option<&'a str>,
}

impl ImageRef<'_> {
    /// Whether the file was there once and is not any more.
    pub fn is_gone(&self) -> bool {
        matches!(self.problem, Some(GONE | GONE_AND_INCOMPLETE))
    }

    /// Whether the file is gone, and had every vector when it went.
    pub fn is_gone_and_whole(&self) -> bool {
        self.problem == Some(GONE)
    }

    /// Width times height; 0 until it was decoded.
    pub fn pixels(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// The same, to be kept.
    pub fn to_record(self) -> ImageRecord {
        ImageRecord {
            id: self.id,
            path: self.path.to_path(),
            label: self.label.map(str::to_owned),
            width: self.width,
            height: self.height,
            file_bytes: self.file_bytes,
            modified_unix_secs: self.modified_unix_secs,
            problem: self.problem.map(str::to_owned),
        }
    }
}
