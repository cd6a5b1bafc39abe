//! All of them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::Entry;
use crate::network::{
    NetworkError,
    plain_file::{self, Unread},
};

/// A description is never longer than this many bytes.
const LARGEST_FILE: u64 = 1 << 20;

/// The descriptions that are part of the program, by name.
const EMBEDDED: [&str; 28] = [
    include_str!("../../../assets/networks/alexnet-caffe.toml"),
    include_str!("../../../assets/networks/alexnet.toml"),
    include_str!("../../../assets/networks/caffenet.toml"),
    include_str!("../../../assets/networks/convnext-tiny.toml"),
    include_str!("../../../assets/networks/densenet121.toml"),
    include_str!("../../../assets/networks/efficientnet-b0.toml"),
    include_str!("../../../assets/networks/googlenet-caffe.toml"),
    include_str!("../../../assets/networks/googlenet-onnx.toml"),
    include_str!("../../../assets/networks/googlenet.toml"),
    include_str!("../../../assets/networks/inception-v3.toml"),
    include_str!("../../../assets/networks/mobilenet-v2-onnx.toml"),
    include_str!("../../../assets/networks/mobilenet-v2.toml"),
    include_str!("../../../assets/networks/mobilenet-v3-large.toml"),
    include_str!("../../../assets/networks/mobilenet-v3-small.toml"),
    include_str!("../../../assets/networks/regnet-y-1.6gf.toml"),
    include_str!("../../../assets/networks/regnet-y-400mf.toml"),
    include_str!("../../../assets/networks/resnet18-onnx.toml"),
    include_str!("../../../assets/networks/resnet18.toml"),
    include_str!("../../../assets/networks/resnet50-onnx.toml"),
    include_str!("../../../assets/networks/resnet50-v1.toml"),
    include_str!("../../../assets/networks/resnet50.toml"),
    include_str!("../../../assets/networks/squeezenet-1.0-caffe.toml"),
    include_str!("../../../assets/networks/squeezenet-1.0.toml"),
    include_str!("../../../assets/networks/squeezenet-1.1-caffe.toml"),
    include_str!("../../../assets/networks/squeezenet-1.1-onnx.toml"),
    include_str!("../../../assets/networks/squeezenet-1.1.toml"),
    include_str!("../../../assets/networks/vgg16-onnx.toml"),
    include_str!("../../../assets/networks/vgg16.toml"),
];

/// The networks that the program knows of itself.
pub fn embedded() -> Vec<Entry> {
    let read = |text: &&str| toml::from_str(text).expect("our own descriptions are read by a test");
    EMBEDDED.iter().map(read).collect()
}

/// The person's own: every `*.toml` in `folder`, by name, and what is wrong with those that cannot be used. A folder that
/// does not exist holds none.
pub fn read_own(folder: &Path) -> (Vec<Entry>, Vec<NetworkError>) {
    let files = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut paths: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|e| e == "toml")).collect();
    paths.sort();
    let (mut entries, mut problems) = (Vec::new(), Vec::new());
    for path in paths {
        match read(&path) {
            Ok(entry) if entries.iter().any(|other: &Entry| other.name == entry.name) => {
                let reason = format!("another description is called {}, too", entry.name);
                problems.push(NetworkError::Zoo { reason, path });
            }
            Ok(entry) => entries.push(entry),
            Err(problem) => problems.push(problem),
        }
    }
    (entries, problems)
}

fn read(path: &Path) -> Result<Entry, NetworkError> {
    let refuse = |reason: String| NetworkError::Zoo { reason, path: path.to_owned() };
    let bytes = plain_file::read(path, LARGEST_FILE).map_err(|error| match error {
        Unread::TooLong(_) => refuse("it is too long".to_owned()),
        Unread::Refused(source) => NetworkError::Unreadable { source, path: path.to_owned() },
    })?;
    let text = std::str::from_utf8(&bytes).map_err(|_| refuse("it is not text in UTF-8".to_owned()))?;
    let mut entry: Entry = toml::from_str(text).map_err(|error| refuse(error.message().to_owned()))?;
    entry.check().map_err(refuse)?;
    // Beside the description, wherever the program was started.
    if let (Some(own), Some(folder)) = (&entry.path, path.parent()) {
        entry.path = Some(folder.join(own));
    }
    Ok(entry)
}
