//! A network at a glance: what it is, and what of it is here.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::domain::NetworkEnding;
use crate::network::Preprocessing;
use crate::network::zoo::{Entry, ZooFile};

/// A network we know by name.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct KnownNetwork {
    /// What a person calls it by.
    pub name: String,
    /// Its name in full.
    pub title: String,
    /// What it is and what it is good for.
    pub about: String,
    /// Who gives it away.
    pub publisher: String,
    /// On which terms.
    pub licence: String,
    /// Where one can read more.
    pub page: String,
    /// `caffe`, `onnx` or `pytorch`, by the file's ending.
    pub format: &'static str,
    /// How many classes it predicts, if that is known.
    pub classes: Option<usize>,
    /// Right first answers on ImageNet's validation pictures in per cent, as its publisher measured.
    pub top_1: Option<f32>,
    /// How pictures are prepared; if it is not known, as the reader of the file thinks.
    pub preprocessing: Option<Preprocessing>,
    /// Whether the person described it.
    pub is_own: bool,
    /// Whether it can be opened now.
    pub is_here: bool,
    /// The file to open.
    pub path: PathBuf,
    /// The files it consists of; none if it is a file of the person's.
    pub files: Vec<KnownFile>,
}

/// A file of a network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KnownFile {
    /// Its name.
    pub name: String,
    /// Where it is, or goes.
    pub path: PathBuf,
    /// Where it comes from.
    pub from: Vec<String>,
    /// Its size, if that is known.
    pub bytes: Option<u64>,
    /// Whether that is its exact size.
    pub bytes_are_exact: bool,
    /// By what it is recognised: `sha256 1378…`.
    pub checksum: Option<String>,
    /// Whether the network runs without it.
    pub is_optional: bool,
    /// Whether it lies there, in the right size as far as that is known. Its content is compared when it arrives, and on
    /// a fetch; what a person put there by hand is taken at its word until then.
    pub is_here: bool,
}

impl KnownNetwork {
    pub(super) fn new(entry: &Entry, is_own: bool, folder: &Path) -> Self {
        let home = folder.join(&entry.name);
        let files: Vec<KnownFile> = entry.files.iter().map(|file| KnownFile::new(file, &home)).collect();
        let path = match (&entry.path, files.first()) {
            (Some(path), _) => path.clone(),
            (None, Some(first)) => first.path.clone(),
            (None, None) => home,
        };
        Self {
            name: entry.name.clone(),
            title: if entry.title.is_empty() { entry.name.clone() } else { entry.title.clone() },
            about: entry.about.clone(),
            publisher: entry.publisher.clone(),
            licence: entry.licence.clone(),
            page: entry.page.clone(),
            format: format_of(&path),
            classes: entry.classes,
            top_1: entry.top_1,
            preprocessing: entry.preprocessing.clone(),
            is_own,
            is_here: path.is_file() && files.iter().all(|file| file.is_here || file.is_optional),
            path,
            files,
        }
    }

    /// Bytes to download in all, as far as they are known.
    pub fn bytes(&self) -> Option<u64> {
        self.files.iter().filter(|file| !file.is_optional).map(|file| file.bytes).sum()
    }
}

impl KnownFile {
    fn new(file: &ZooFile, home: &Path) -> Self {
        let path = home.join(&file.name);
        let has_size =
            |metadata: std::fs::Metadata| metadata.is_file() && file.bytes.is_none_or(|bytes| bytes == metadata.len());
        Self {
            name: file.name.clone(),
            from: file.from.clone(),
            bytes: file.about_bytes(),
            bytes_are_exact: file.bytes.is_some(),
            checksum: file.checksum().map(|checksum| checksum.to_string()),
            is_optional: file.optional,
            is_here: std::fs::metadata(&path).is_ok_and(has_size),
            path,
        }
    }
}

fn format_of(path: &Path) -> &'static str {
    match NetworkEnding::of(path) {
        Some(NetworkEnding::Onnx) => "onnx",
        Some(NetworkEnding::CaffeLayers | NetworkEnding::CaffeWeights) => "caffe",
        Some(NetworkEnding::Torch) | None => "pytorch",
    }
}
