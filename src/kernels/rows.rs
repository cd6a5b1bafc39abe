//! Sums over rows of stored numbers: in f32 over halves, which cannot overflow it, in f64 over singles, whose squares
//! can.

#[cfg(target_arch = "aarch64")]
mod neon;
#[cfg(target_arch = "x86_64")]
mod x86;

use half::f16;
use half::slice::HalfFloatSliceExt;

use crate::Instructions;

/// Sums run over this many lanes at once, so that the compiler can keep them in vector registers and the rounding
/// error of a long row stays that of a short one.
const LANES: usize = 16;

/// Widens `row` into `wide`.
///
/// # Panics
/// When they are not of the same length.
pub fn widen(instructions: Instructions, row: &[f16], wide: &mut [f32]) {
    assert_eq!(row.len(), wide.len(), "as many numbers as there is place for");
    #[cfg(target_arch = "x86_64")]
    if instructions.have_avx2() {
        // SAFETY: the processor has what the function asks for.
        return unsafe { x86::widen(row, wide) };
    }
    #[cfg(target_arch = "aarch64")]
    if instructions.have_neon() {
        // SAFETY: the processor has what the function asks for.
        return unsafe { neon::widen(row, wide) };
    }
    let _ = instructions;
    row.convert_to_f32_slice(wide);
}

/// `a·b`, of halves and singles.
///
/// # Panics
/// When they are not of the same length.
pub fn dot_half(instructions: Instructions, a: &[f16], b: &[f32]) -> f32 {
    expect_same_length(a.len(), b.len());
    #[cfg(target_arch = "x86_64")]
    if instructions.have_avx2() {
        // SAFETY: the processor has what the function asks for.
        return unsafe { x86::dot(a, b) };
    }
    #[cfg(target_arch = "aarch64")]
    if instructions.have_neon() {
        // SAFETY: the processor has what the function asks for.
        return unsafe { neon::dot(a, b) };
    }
    in_pieces(instructions, a, b, dot)
}

/// `|a - b|²`, of halves and singles.
///
/// # Panics
/// When they are not of the same length.
pub fn squared_distance_half(instructions: Instructions, a: &[f16], b: &[f32]) -> f32 {
    expect_same_length(a.len(), b.len());
    #[cfg(target_arch = "x86_64")]
    if instructions.have_avx2() {
        // SAFETY: the processor has what the function asks for.
        return unsafe { x86::squared_distance(a, b) };
    }
    #[cfg(target_arch = "aarch64")]
    if instructions.have_neon() {
        // SAFETY: the processor has what the function asks for.
        return unsafe { neon::squared_distance(a, b) };
    }
    in_pieces(instructions, a, b, |a, b| sum_over(a, b, |x, y| (x - y) * (x - y)))
}

/// `a·b`, summed in f32.
///
/// # Panics
/// When they are not of the same length.
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    expect_same_length(a.len(), b.len());
    sum_over(a, b, |x, y| x * y)
}

/// `a·b`, summed in f64.
///
/// # Panics
/// When they are not of the same length.
pub fn dot_in_f64(a: &[f32], b: &[f32]) -> f64 {
    expect_same_length(a.len(), b.len());
    sum_over_in_f64(a, b, |x, y| x * y)
}

/// `|a - b|²`, summed in f64.
///
/// # Panics
/// When they are not of the same length.
pub fn squared_distance_in_f64(a: &[f32], b: &[f32]) -> f64 {
    expect_same_length(a.len(), b.len());
    sum_over_in_f64(a, b, |x, y| (x - y) * (x - y))
}

/// Adds each number of `row` to the sum at its place.
///
/// # Panics
/// When they are not of the same length.
pub fn add_to(instructions: Instructions, row: &[f32], sums: &mut [f64]) {
    assert_eq!(row.len(), sums.len(), "a sum for each number");
    #[cfg(target_arch = "x86_64")]
    if instructions.have_avx2() {
        // SAFETY: the processor has what the function asks for.
        return unsafe { x86::add_to(row, sums) };
    }
    let _ = instructions;
    sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += f64::from(*value));
}

fn expect_same_length(a: usize, b: usize) {
    assert_eq!(a, b, "two vectors of one layer have the same number of channels");
}

/// Widens a row piece by piece on the stack and adds up what `sum` makes of each.
fn in_pieces(instructions: Instructions, a: &[f16], b: &[f32], sum: impl Fn(&[f32], &[f32]) -> f32) -> f32 {
    let mut wide = [0.0f32; 512];
    a.chunks(wide.len())
        .zip(b.chunks(wide.len()))
        .map(|(a, b)| {
            let wide = &mut wide[..a.len()];
            widen(instructions, a, wide);
            sum(wide, b)
        })
        .sum()
}

#[inline(always)]
fn sum_over_in_f64(a: &[f32], b: &[f32], term: impl Fn(f64, f64) -> f64) -> f64 {
    let mut lanes = [0.0f64; LANES];
    let ((a_blocks, a_rest), (b_blocks, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    for (a_block, b_block) in a_blocks.iter().zip(b_blocks) {
        for lane in 0..LANES {
            lanes[lane] += term(f64::from(a_block[lane]), f64::from(b_block[lane]));
        }
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(x, y)| term(f64::from(*x), f64::from(*y))).sum();
    lanes.iter().sum::<f64>() + rest
}

#[inline(always)]
fn sum_over(a: &[f32], b: &[f32], term: impl Fn(f32, f32) -> f32) -> f32 {
    let mut lanes = [0.0f32; LANES];
    let ((a_blocks, a_rest), (b_blocks, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    for (a_block, b_block) in a_blocks.iter().zip(b_blocks) {
        for lane in 0..LANES {
            lanes[lane] += term(a_block[lane], b_block[lane]);
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(x, y)| term(*x, *y)).sum();
    lanes.iter().sum::<f32>() + rest
}
