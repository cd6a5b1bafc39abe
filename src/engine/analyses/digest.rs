//! Whether vectors are those that something was made of.

use half::f16;
use sha2::{Digest, Sha256};

use crate::analysis::Cancelled;
use crate::domain::{ImageId, NumbersRef, Vectors, fits_half};

/// Rows between two looks at whether to stop.
const STRIDE: usize = 1024;

/// SHA-256 over images and their vectors, in hexadecimal; `Some(None)` when one of them has no vector, `None` when
/// cancelled.
pub fn of_images(vectors: &Vectors, images: &[ImageId], cancelled: Cancelled<'_>) -> Option<Option<String>> {
    let mut sum = Sha256::new();
    let mut bytes = Vec::with_capacity(vectors.matrix.columns() * 2 + 4);
    for (number, image) in images.iter().enumerate() {
        if number % STRIDE == 0 && cancelled() {
            return None;
        }
        let Some(row) = vectors.row_of(*image) else { return Some(None) };
        bytes.clear();
        bytes.extend(image.0.to_le_bytes());
        match vectors.matrix.row(row) {
            // As they lie there: what follows comes to the same, number by number.
            NumbersRef::Half(row) if row.iter().all(|half| half.is_finite()) => {
                bytes.extend(row.iter().flat_map(|half| half.to_le_bytes()));
            }
            row @ (NumbersRef::Half(_) | NumbersRef::Single(_)) => row.iter().for_each(|value| add(&mut bytes, value)),
        }
        sum.update(&bytes);
    }
    Some(Some(sum.finalize().iter().map(|byte| format!("{byte:02x}")).collect()))
}

/// What a half holds counts as one, whatever the layer is stored in: so vectors stay what they were when a later number
/// gives their layer single precision.
fn add(bytes: &mut Vec<u8>, value: f32) {
    let half = f16::from_f32(value);
    match fits_half(value) && half.to_f32().to_bits() == value.to_bits() {
        true => bytes.extend(half.to_le_bytes()),
        false => bytes.extend(value.to_le_bytes()),
    }
}
