//! A network at a glance: what it is, and what of it is here.

use std::path::Path;

use crate::domain::NetworkEnding;
use crate::engine::message::{KnownFile, KnownNetwork};
use crate::network::zoo::{Entry, ZooFile};

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
