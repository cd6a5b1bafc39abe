//! ONNX networks: every layer against onnxruntime, the ONNX project's own tests, and files that are damaged.

mod bad_files;
mod nodes;
mod parity;
mod reshaping;

use std::path::{Path, PathBuf};

use tiramisu::network::{Graph, NetworkChoice, NetworkError, load};

/// A file of `tests/golden/onnx`.
fn golden(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/onnx").join(file)
}

fn load_file(path: &Path) -> Result<Graph, NetworkError> {
    load(&NetworkChoice::from_file(path)?)
}

/// The small networks of `tests/golden/onnx`.
const SMALL: [&str; 11] = [
    "classic",
    "residual",
    "inception",
    "dense",
    "mobile",
    "shuffle",
    "convnext",
    "sequence",
    "transformer",
    "newest",
    "loud",
];
