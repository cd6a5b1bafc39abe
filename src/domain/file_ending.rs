//! What a file is by the end of its name: the one place that knows.
//!
//! A name is a guess. What the file really is shows when it is read.

use std::path::Path;

/// Names of pictures end like this, in lower case and without the dot.
///
/// HEIC and AVIF cannot be read, but a folder of a phone's pictures is not to look empty: each says what to do.
pub const PICTURE_ENDINGS: [&str; 12] =
    ["jpg", "jpeg", "jpe", "png", "webp", "gif", "bmp", "tif", "tiff", "heic", "heif", "avif"];

/// Names of what cameras' sensors saw end like this, in lower case and without the dot. `raw` itself is not among them: it is also what
/// any program calls its bare numbers.
const RAW_ENDINGS: [&str; 28] = [
    "3fr", "arw", "cr2", "cr3", "crw", "dcr", "dng", "erf", "fff", "gpr", "iiq", "k25", "kdc", "mef", "mos", "mrw",
    "nef", "nrw", "orf", "pef", "raf", "rw2", "rwl", "sr2", "srf", "srw", "x3f", "ori",
];

/// How names of networks' files end, and what such a file holds.
const NETWORKS: [(&str, NetworkEnding); 6] = [
    ("prototxt", NetworkEnding::CaffeLayers),
    ("caffemodel", NetworkEnding::CaffeWeights),
    ("onnx", NetworkEnding::Onnx),
    ("pth", NetworkEnding::Torch),
    ("pt", NetworkEnding::Torch),
    ("safetensors", NetworkEnding::Torch),
];

/// Names of networks' files end like this, in lower case and without the dot.
pub const NETWORK_ENDINGS: [&str; NETWORKS.len()] = {
    let mut endings = [""; NETWORKS.len()];
    let mut place = 0;
    while place < endings.len() {
        endings[place] = NETWORKS[place].0;
        place += 1;
    }
    endings
};

/// What a network's file holds, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetworkEnding {
    /// The layers of a Caffe network.
    CaffeLayers,
    /// The weights of one.
    CaffeWeights,
    /// A whole network in ONNX's format.
    Onnx,
    /// Tensors of PyTorch's.
    Torch,
}

impl NetworkEnding {
    /// What `path` holds; `None` if its name is not that of a network's file.
    pub fn of(path: &Path) -> Option<Self> {
        let ending = ending_of(path);
        NETWORKS.iter().find(|(known, _)| *known == ending).map(|(_, holds)| *holds)
    }
}

/// Whether a file of this name is taken for a picture.
pub fn is_picture_name(path: &Path) -> bool {
    PICTURE_ENDINGS.contains(&ending_of(path).as_str())
}

/// Whether a file of this name is taken for a camera's raw file, which is not read.
pub fn is_raw_name(path: &Path) -> bool {
    RAW_ENDINGS.contains(&ending_of(path).as_str())
}

/// Whether a file of this name is taken for a network.
pub fn is_network_name(path: &Path) -> bool {
    NetworkEnding::of(path).is_some()
}

/// The endings of networks' files in a sentence: `.prototxt, .caffemodel ... or .safetensors`.
pub fn network_endings_in_words() -> String {
    either(&NETWORK_ENDINGS.map(|ending| format!(".{ending}")))
}

/// Some words of which one is meant: `a, b or c`.
pub(super) fn either(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [others @ .., last] => format!("{} or {last}", others.join(", ")),
    }
}

/// The end of a name in lower case, without the dot; empty if there is none.
pub fn ending_of(path: &Path) -> String {
    path.extension().unwrap_or_default().to_string_lossy().to_lowercase()
}
