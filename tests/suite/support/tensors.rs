//! Reference values in files of safetensors.

use std::{collections::BTreeMap, fs, path::Path};

use safetensors::SafeTensors;

/// Named tensors of a file: shape and numbers.
pub fn read_tensors(path: &Path) -> BTreeMap<String, (Vec<usize>, Vec<f32>)> {
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
