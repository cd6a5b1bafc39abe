//! Half-precision rows as f32, block by block.

use half::f16;
use half::slice::HalfFloatSliceExt;

/// Sums run over this many lanes at once, so that the compiler can keep them in vector registers and the rounding
/// error of a long row stays that of a short one.
const LANES: usize = 16;

/// Widens `row` into `wide`, which has the same length.
pub fn widen(row: &[f16], wide: &mut [f32]) {
    row.convert_to_f32_slice(wide);
}

/// `a·b`.
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    sum_over(a, b, |x, y| x * y)
}

/// `|a - b|²`. Not taken from the norms: for near vectors the difference of large numbers would lose everything.
pub fn squared_distance(a: &[f32], b: &[f32]) -> f32 {
    sum_over(a, b, |x, y| (x - y) * (x - y))
}

#[inline(always)]
fn sum_over(a: &[f32], b: &[f32], term: impl Fn(f32, f32) -> f32) -> f32 {
    assert_eq!(a.len(), b.len(), "two vectors of one layer have the same number of channels");
    let mut lanes = [0.0f32; LANES];
    let (a_blocks, b_blocks) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest: f32 = a_blocks.remainder().iter().zip(b_blocks.remainder()).map(|(x, y)| term(*x, *y)).sum();
    for (a_block, b_block) in a_blocks.zip(b_blocks) {
        for lane in 0..LANES {
            lanes[lane] += term(a_block[lane], b_block[lane]);
        }
    }
    lanes.iter().sum::<f32>() + rest
}
