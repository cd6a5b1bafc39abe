//! How far two answers of a network are from each other. The benches of the GPU use it, too.

/// The largest difference, as a share of the largest number of `b`; infinite where a number is none, or there are more or
/// fewer.
pub fn difference(a: &[f32], b: &[f32]) -> f32 {
    if a.len() != b.len() {
        return f32::INFINITY;
    }
    let largest = b.iter().fold(0.0f32, |most, value| most.max(value.abs()));
    let off = a
        .iter()
        .zip(b)
        .fold(0.0f32, |most, (a, b)| if (a - b).is_nan() { f32::INFINITY } else { most.max((a - b).abs()) });
    off / largest.max(f32::MIN_POSITIVE)
}
