//! ONNX networks: every layer against onnxruntime, the ONNX project's own tests, and files that are damaged.

mod bad_files;
mod nodes;
mod parity;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use safetensors::SafeTensors;
use tiramisu::network::{Graph, NetworkChoice, NetworkError, load};

/// A file of `tests/golden/onnx`.
fn golden(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/onnx").join(file)
}

fn load_file(path: &Path) -> Result<Graph, NetworkError> {
    load(&NetworkChoice::from_file(path)?)
}

/// The small networks of `tests/golden/onnx`.
const SMALL: [&str; 10] =
    ["classic", "residual", "inception", "dense", "mobile", "shuffle", "convnext", "sequence", "transformer", "newest"];

/// Named tensors of a file: shape and numbers.
fn read_tensors(path: &Path) -> BTreeMap<String, (Vec<usize>, Vec<f32>)> {
    let bytes = fs::read(path).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let number = |chunk: &[u8]| f32::from_le_bytes(chunk.try_into().unwrap());
    tensors
        .iter()
        .map(|(name, view)| {
            (name.to_owned(), (view.shape().to_vec(), view.data().chunks_exact(4).map(number).collect()))
        })
        .collect()
}
